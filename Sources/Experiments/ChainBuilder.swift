import Datasets
import Generators
import LuaRuntime
import Tensors

/// Loads the plugins that a chain's items name and checks what the config says of them.
struct ChainBuilder {
    let library: PluginLibrary
    /// The folder from which relative plugin paths start.
    let base: String

    /// - Parameter path: the first part of the generators' paths, `chain` or `evaluate`.
    /// - Throws: `ConfigError` for what the config says wrong, `PluginError.broken` for a broken plugin.
    func chain(_ items: [ChainItemConfig], path: String) throws -> Chain {
        var names = ChainNames()
        var result: [ChainItem] = []
        for item in items {
            let plugin = try plugin(item)
            guard let name = names.next(plugin: plugin.name, own: item.name) else {
                throw ConfigError(item.place, ChainItem.problem(withUsedName: item.name!))
            }
            if let place = item.fillPlace, let problem = ChainItem.problem(withFillOf: plugin) {
                throw ConfigError(place, problem)
            }
            var chainItem = ChainItem(
                plugin: plugin, name: name, probability: item.probability, fill: item.fill ?? .zero,
                origin: item.place.description)
            for parameter in item.parameters { try set(parameter, of: &chainItem) }
            if let problem = chainItem.missing { throw ConfigError(item.place, problem) }
            result.append(chainItem)
        }
        if let problem = ChainItem.problem(inChainOf: result) {
            throw ConfigError(items[problem.place].place, problem.text)
        }
        return Chain(result, path: path)
    }

    /// Traces a chain for samples of a data set.
    ///
    /// - Throws: also `ConfigError` where generators of tokens meet values, or others meet token ids.
    func trace(
        _ chain: Chain, _ items: [ChainItemConfig], seed: UInt64, data: any Dataset
    ) throws -> TracedChain {
        if let problem = ChainItem.problem(inChainOf: chain.items, onIDs: data.vocabularySize != nil) {
            throw ConfigError(items[problem.place].place, problem.text)
        }
        return try trace(chain, items, seed: seed, shape: data.sampleShape, range: data.range)
    }

    /// Traces a chain for samples of one shape and range.
    ///
    /// - Throws: `ConfigError` where a generator does not take such samples, `PluginError.broken` for what a script does
    ///   wrong while it is traced.
    func trace(
        _ chain: Chain, _ items: [ChainItemConfig], seed: UInt64, shape: Shape, range: ClosedRange<Float>
    ) throws -> TracedChain {
        for (config, item) in zip(items, chain.items) {
            if let problem = item.plugin.problem(withSampleShape: shape) {
                throw ConfigError(config.place, problem)
            }
        }
        do throws(LuaError) {
            return try chain.trace(seed: seed, shape: shape, range: range)
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

    private func set(_ parameter: ConfigEntry, of item: inout ChainItem) throws(ConfigError) {
        let setting = try ParameterSetting(parameter.value)
        if let problem = item.set(parameter.key, to: setting) {
            let isKnown = item.plugin.parameters.contains { $0.name == parameter.key }
            throw ConfigError(isKnown ? parameter.value.place : parameter.place, problem)
        }
    }
}
