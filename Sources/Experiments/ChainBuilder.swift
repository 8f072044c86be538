import Datasets
import Generators
import LuaRuntime
import Tensors

/// Loads the plugins that a chain's entries name and checks what the config says of them.
struct ChainBuilder {
    let library: PluginLibrary
    /// The folder from which relative plugin paths start.
    let base: String

    /// - Throws: `ConfigError` for what the config says wrong, `PluginError.broken` for a broken plugin.
    func chain(_ entries: [ChainEntryConfig], phase: ChainPhase) throws -> Chain {
        var (names, count) = (ChainNames(), 0)
        let chain = Chain(
            entries: try entries.map { try entry($0, &names, &count, isAgain: false) }, phase: phase)
        if let problem = chain.problem { throw error(problem, in: entries) }
        return chain
    }

    /// Traces a chain for samples of a data set.
    ///
    /// - Throws: also `ConfigError` where generators of tokens meet values, or others meet token ids.
    func trace(
        _ chain: Chain, _ entries: [ChainEntryConfig], seed: UInt64, view: Int = 1, data: any Dataset
    ) throws -> TracedChain {
        if let problem = chain.problem(onIDs: data.vocabularySize != nil) {
            throw error(problem, in: entries)
        }
        func trace(_ chain: Chain, for data: any Dataset) throws -> TracedChain {
            try self.trace(
                chain, entries, seed: seed, view: view, shape: data.sampleShape, range: data.range)
        }
        guard let sounds = data.sounds,
            let parts = chain.split(sound: sounds.dataset.sampleShape, features: data.sampleShape)
        else { return try trace(chain, for: data) }
        if let problem = parts.sound.problem(
            withSound: sounds.dataset.sampleShape, features: data.sampleShape)
        {
            throw error(problem, in: entries)
        }
        let sound = try trace(parts.sound, for: sounds.dataset)
        if let problem = sound.mixingProblem(in: parts.sound) { throw error(problem, in: entries) }
        var traced = try trace(parts.features, for: data)
        traced.sound = SoundChain(sound, features: sounds.features)
        return traced
    }

    /// Traces a chain for samples of one shape and range.
    ///
    /// - Throws: `ConfigError` where a generator does not take such samples, `PluginError.broken` for what a script does
    ///   wrong while it is traced.
    func trace(
        _ chain: Chain, _ entries: [ChainEntryConfig], seed: UInt64, view: Int = 1, shape: Shape,
        range: ClosedRange<Float>
    ) throws -> TracedChain {
        if let problem = chain.problem(withSampleShape: shape) { throw error(problem, in: entries) }
        do throws(LuaError) {
            return try chain.trace(seed: seed, view: view, shape: shape, range: range)
        } catch {
            throw PluginError.broken(error)
        }
    }

    /// The item's plugin; an unknown name is the config's mistake, a broken file the plugin's.
    func plugin(_ item: ChainItemConfig) throws -> Plugin {
        do {
            return try library.plugin(item.reference, base: base)
        } catch {
            if case .broken(let script) = error {
                throw PluginError.broken(script.used(in: item.place.description))
            }
            throw ConfigError(item.place, error.description)
        }
    }

    private func entry(
        _ config: ChainEntryConfig, _ names: inout ChainNames, _ count: inout Int, isAgain: Bool
    ) throws -> ChainEntry {
        let origin = config.place.description
        switch config.action {
        case .generator(let item):
            count += 1
            guard count <= Chain.placeLimit else {
                throw ConfigError(
                    config.place,
                    "a chain may have \(Chain.placeLimit) generators, repeated ones counted each time")
            }
            let plugin = try plugin(item)
            let name = try name(config, plugin.name, &names, isAgain)
            return .generator(try self.item(item, config, plugin, name))
        case .group(let group, let members):
            let name = try name(config, group.key, &names, isAgain)
            var turns = [try members.map { try entry($0, &names, &count, isAgain: isAgain) }]
            if case .repeated(let times) = group {
                for _ in 1..<times {
                    turns.append(try members.map { try entry($0, &names, &count, isAgain: true) })
                }
            }
            return .group(
                ChainGroup(
                    group.kind(members), turns: turns, name: name, probability: config.probability,
                    phase: config.phase, origin: origin))
        case .adjustment(let kind):
            let name = try name(config, config.key, &names, isAgain)
            return .adjustment(
                ChainAdjustment(
                    kind, name: name, probability: config.probability, phase: config.phase, origin: origin))
        }
    }

    private func name(
        _ config: ChainEntryConfig, _ usual: String, _ names: inout ChainNames, _ isAgain: Bool
    ) throws(ConfigError) -> String {
        guard let name = names.next(plugin: usual, own: config.name, isAgain: isAgain) else {
            throw ConfigError(config.place, ChainItem.problem(withUsedName: config.name!))
        }
        return name
    }

    private func item(
        _ config: ChainItemConfig, _ entry: ChainEntryConfig, _ plugin: Plugin, _ name: String
    ) throws(ConfigError) -> ChainItem {
        if let place = config.fillPlace, let problem = ChainItem.problem(withFillOf: plugin) {
            throw ConfigError(place, problem)
        }
        if let place = config.matchPlace, let problem = config.match?.problem(beside: plugin) {
            throw ConfigError(place, problem)
        }
        var item = ChainItem(
            plugin: plugin, name: name, probability: entry.probability, fill: config.fill ?? .zero,
            origin: config.place.description)
        (item.phase, item.match) = (entry.phase, config.match)
        for parameter in config.parameters { try set(parameter, of: &item) }
        if let problem = item.missing { throw ConfigError(config.place, problem) }
        return item
    }

    private func set(_ parameter: ConfigEntry, of item: inout ChainItem) throws(ConfigError) {
        let setting = try ParameterSetting(parameter.value)
        if let problem = item.set(parameter.key, to: setting) {
            let isKnown = item.plugin.parameters.contains { $0.name == parameter.key }
            throw ConfigError(isKnown ? parameter.value.place : parameter.place, problem)
        }
    }

    /// The problem at the place of the entry that it names.
    private func error(_ problem: ChainProblem, in entries: [ChainEntryConfig]) -> ConfigError {
        let places = entries.flatMap(\.places)
        let place = places.first { $0.description == problem.origin } ?? places.first ?? .program
        return ConfigError(place, problem.text)
    }
}

extension ChainEntryConfig {
    /// Its own place and those of all entries in it.
    fileprivate var places: [ConfigPlace] {
        guard case .group(_, let members) = action else { return [place] }
        return [place] + members.flatMap(\.places)
    }
}

extension ChainEntryConfig.Group {
    fileprivate func kind(_ members: [ChainEntryConfig]) -> ChainGroup.Kind {
        switch self {
        case .oneOf: .oneOf(weights: members.map(\.weight))
        case .someOf(let count): .someOf(count: count)
        case .sequence: .sequence
        case .shuffleOrder: .shuffleOrder
        case .repeated: .repeated
        }
    }
}
