import Generators
import Kernels
import LuaRuntime
import Reports
import Tensors

/// Runs a plugin on samples made for that, and says what it found.
struct PluginTrial {
    private typealias Finding = PluginCheck.Finding
    private let plugin: Plugin
    private let runtime: Runtime
    private let range: ClosedRange<Float>
    /// Parameters that have no default, with a value that they may have.
    private let assumed: [String: ParameterSetting]

    init(_ plugin: Plugin, runtime: Runtime) {
        (self.plugin, self.runtime) = (plugin, runtime)
        // Sound has both signs, and so have most numbers; pictures go from 0 to 1.
        range = plugin.axes.hasSuffix("C") || plugin.axes == "N..." ? 0...1 : -1...1
        var assumed: [String: ParameterSetting] = [:]
        for parameter in plugin.parameters where parameter.defaultValue == nil && !parameter.isOptional {
            assumed[parameter.name] = .value(parameter.anyValue)
        }
        self.assumed = assumed
    }

    /// Shapes of samples to try, by how many axes the plugin names.
    private var shapes: [Shape] {
        switch plugin.axes.hasSuffix("...") ? 0 : plugin.axes.count - 1 {
        case 0: [[28, 28, 1], [64], [7, 5, 3]]
        case 1: [[128], [1000], [37]]
        case 2: [[32, 32], [60, 48], [17, 23]]
        case 3: [[28, 28, 1], [32, 32, 3], [33, 20, 2]]
        default: [Shape(Array(repeating: 8, count: plugin.axes.count - 1))]
        }
    }

    private func item(_ settings: [String: ParameterSetting] = [:], severity: Int? = nil) -> ChainItem {
        var item = ChainItem(
            plugin: plugin, name: plugin.name, settings: assumed.merging(settings) { _, own in own })
        item.severity = severity
        return item
    }

    private func trace(_ item: ChainItem, _ shape: Shape, seed: UInt64 = 1) throws(LuaError) -> TracedChain {
        try Chain([item]).trace(seed: seed, shape: shape, range: range)
    }

    /// - Throws: `LuaError` where the plugin cannot be traced for any shape.
    func findings() throws -> [PluginCheck.Finding] {
        let (chains, refusals) = try traceAll()
        let first = chains[0]
        let run = try TrialRun(
            first, plugin, runtime, range, count: max(24, min(256, 300_000 / max(1, first.graph.shape.count)))
        )
        var findings = [
            Finding(
                name: "traced twice", state: .passed,
                detail: "on \(chains.map { "\($0.graph.shape)" }.joined(separator: ", "))")
        ]
        findings += refusals.map { Finding(name: "refuses", state: .note, detail: $0) }
        if !assumed.isEmpty {
            let values = assumed.keys.sorted().map { "\($0) = \(assumed[$0]!.text)" }
            findings.append(Finding(name: "assumed", state: .note, detail: values.joined(separator: ", ")))
        }
        findings += try chains.map { try equalBits($0) }.mergedByName()
        findings += unread()
        findings += [
            try run.finite(), try change(chains, run), run.insideRange(), run.repeatable(), draws(first),
        ]
        if let padding = try TrialRun(first, plugin, runtime, range, count: 24, hasPadding: true).padding() {
            findings.append(padding)
        }
        findings += try [
            identity(first.graph.shape), varying(first.graph.shape), severities(first.graph.shape),
        ]
        .compactMap { $0 }
        findings += try expectations(first.graph.shape)
        findings.append(try speed(first))
        return findings
    }

    /// Traces for every shape; one that works is enough.
    private func traceAll() throws(LuaError) -> ([TracedChain], refusals: [String]) {
        var (chains, refusals, first) = ([TracedChain](), [String](), LuaError?.none)
        for shape in shapes {
            do throws(LuaError) {
                chains.append(try trace(item(), shape))
            } catch {
                // A script may refuse sizes by `error`, or an operation for it; any other mistake is one on every shape.
                guard case .script = error.kind, error.code == nil || error.code == "M12" else { throw error }
                refusals.append("\(shape): \(error.what)")
                first = first ?? error
            }
        }
        if let first, chains.isEmpty { throw first }
        return (chains, refusals)
    }

    /// Parameters that a config may set to no effect.
    private func unread() -> [PluginCheck.Finding] {
        plugin.unreadParameters.map {
            Finding(
                name: "unread", state: .failed,
                detail:
                    "\(plugin.file):\($0.line): '\($0.name)' is declared and never read; p.\($0.name) reads it"
            )
        }
    }

    /// Something must be changed or hidden in samples of one of the shapes, or in ones that leave the range, as what comes
    /// before in a chain can make them; unless the defaults are the identity.
    private func change(_ chains: [TracedChain], _ first: TrialRun) throws -> PluginCheck.Finding {
        var share = first.changedShare
        for chain in chains.dropFirst() where share == 0 {
            share = try TrialRun(chain, plugin, runtime, range, count: 24).changedShare
        }
        var place = ""
        if share == 0 {
            let span = range.upperBound - range.lowerBound
            let wide = range.lowerBound - span...range.upperBound + span
            share = try TrialRun(chains[0], plugin, runtime, wide, count: 24).changedShare
            place = ", of samples that leave the range"
        }
        if share == 0 {
            return Finding(
                name: "changes", state: isIdentity ? .note : .failed,
                detail: isIdentity
                    ? "nothing: its defaults are its identity"
                    : "nothing at its defaults; if they mean that, identity = { … } says so")
        }
        return Finding(
            name: "changes", state: .note,
            detail: "\(formatted((share * 10_000).rounded() / 100)) % of the values at its defaults\(place)")
    }

    /// Whether the parameters that the identity names have its values without being set.
    private var isIdentity: Bool {
        let settings = item().completeSettings
        return plugin.identity?.allSatisfy { settings[$0.key] == .value($0.value) } ?? false
    }

    private func equalBits(_ chain: TracedChain) throws -> PluginCheck.Finding {
        let name = "equal bits"
        guard chain.graph.scripts.isEmpty else {
            return Finding(
                name: name, state: .skipped, detail: "Lua runs for each sample; there is one executor")
        }
        let samples = SyntheticSamples(
            shape: chain.graph.shape, range: range, isText: plugin.kind == .tokens, count: 5, hasPadding: true
        )
        let reference = ReferenceExecutor(chain, source: samples)
        for id in [UInt64(0), 3] {
            let expected = reference.run(
                samples.clean(id), length: samples.length(id), words: samples.wordNumbers, id: id, epoch: 2)
            for kernels in InstructionSet.supported.compactMap(KernelSet.of) {
                let found = try TrialSample(Program(chain), kernels, samples).run(id, epoch: 2)
                if !found.hasBits(of: expected) {
                    return Finding(
                        name: name, state: .failed,
                        detail:
                            "the program on \(kernels.instructionSet) differs from the scalar reference on "
                            + "\(chain.graph.shape); please report it")
                }
            }
        }
        let sets = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
        return Finding(name: name, state: .passed, detail: "\(sets) and the scalar reference")
    }

    /// Every draw has a key of its own, and every sample and epoch its own numbers.
    private func draws(_ chain: TracedChain) -> PluginCheck.Finding {
        guard chain.graph.scripts.isEmpty else {
            return Finding(
                name: "draws", state: .passed,
                detail: "Lua draws by address, in the order of its calls; samples and epochs share none")
        }
        let keys = chain.graph.drawKeys
        var seen: Set<[UInt32]> = []
        for key in Set(keys) {
            for (epoch, id) in [(0, 0), (0, 1), (1, 0), (1, 1), (7, 48_211)] as [(UInt32, UInt64)] {
                let address = DrawAddress(key: key, epoch: epoch, sample: id)
                seen.insert((0..<4).map { address.bits($0 * 16) })
            }
        }
        let isDistinct = Set(keys).count == keys.count && seen.count == 5 * keys.count
        let detail = keys.isEmpty ? "none" : "\(keys.count), none shared by samples or epochs"
        return Finding(
            name: "draws", state: isDistinct ? .passed : .failed,
            detail: isDistinct ? detail : "two draws have the same address; give each a name of its own")
    }

    private func identity(_ shape: Shape) throws -> PluginCheck.Finding? {
        guard let identity = plugin.identity else { return nil }
        let settings = identity.mapValues { ParameterSetting.value($0) }
        let chain = try trace(item(settings), shape)
        let run = try TrialRun(chain, plugin, runtime, range, count: 8)
        let text = identity.keys.sorted().map { "\($0) = \(identity[$0]!)" }.joined(separator: ", ")
        return Finding(
            name: "identity", state: run.isIdentity ? .passed : .failed,
            detail: run.isIdentity ? "\(text) gives the input back" : "\(text) changes the input")
    }

    /// Every number that need not be plain may differ from sample to sample.
    private func varying(_ shape: Shape) throws -> PluginCheck.Finding? {
        var names: [String] = []
        for parameter in plugin.parameters where parameter.mayVary {
            guard case .value(.number(let value))? = item().completeSettings[parameter.name] else { continue }
            let other =
                [parameter.maximum ?? value + 1, parameter.minimum ?? value].first { $0 != value } ?? value
            let near =
                parameter.kind == .integer ? (other > value ? value + 1 : value - 1) : (value * 3 + other) / 4
            let setting = ParameterSetting.uniform(
                .constant(min(value, near)), .constant(max(value, near)))
            guard parameter.problem(with: setting) == nil else { continue }
            do throws(LuaError) {
                _ = try trace(item([parameter.name: setting]), shape)
            } catch {
                return Finding(
                    name: "parameters", state: .failed,
                    detail:
                        "'\(parameter.name)' as a distribution: \(error.file):\(error.line): \(error.what)"
                        + "; if it must be one number for all samples, declare plain = true")
            }
            names.append(parameter.name)
        }
        guard !names.isEmpty else { return nil }
        return Finding(
            name: "parameters", state: .passed,
            detail: "\(names.joined(separator: ", ")) may differ from sample to sample")
    }

    private func severities(_ shape: Shape) throws -> PluginCheck.Finding? {
        guard !plugin.severities.isEmpty else { return nil }
        var changes: [Double] = []
        for level in 1...5 {
            let run = try TrialRun(try trace(item(severity: level), shape), plugin, runtime, range, count: 16)
            guard try run.finite().state == .passed else {
                return Finding(
                    name: "severities", state: .failed,
                    detail: "level \(level) gives values that are not finite")
            }
            changes.append(run.meanChange)
        }
        let shown = changes.map { formatted(($0 * 10_000).rounded() / 10_000) }.joined(separator: ", ")
        return Finding(name: "severities", state: .passed, detail: "mean change \(shown)")
    }

    private func expectations(_ shape: Shape) throws -> [PluginCheck.Finding] {
        let isText = plugin.kind == .tokens
        let value =
            isText
            ? Float(SyntheticSamples.vocabulary / 2)
            : range.lowerBound + 0.4 * (range.upperBound - range.lowerBound)
        let context = TraceContext(seed: 1, path: "chain/\(plugin.name)", range: range)
        guard
            let expected = try plugin.expectation(
                item().completeSettings, value: Double(value), shape: shape, context: context)
        else { return [] }
        let count = max(200, min(2000, 1_600_000 / max(1, shape.count)))
        let run = try TrialRun(
            try trace(item(), shape), plugin, runtime, range, count: count, constant: value)
        return expected.sorted { $0.key < $1.key }.map { run.compare($0, with: $1, in: expected) }
    }

    private func speed(_ chain: TracedChain) throws -> PluginCheck.Finding {
        let large = shapes.last.flatMap { try? trace(item(), $0) } ?? chain
        if !chain.graph.scripts.isEmpty { return try scriptSpeed(chain) }
        let chains = chain.graph.shape == large.graph.shape ? [chain] : [chain, large]
        let times = try chains.map { chain in
            let nanoseconds = try ChainExplanation(chain, runtime: runtime).perValue
            return "\(formatted((nanoseconds * 100).rounded() / 100)) on \(chain.graph.shape)"
        }
        return Finding(name: "ns a value", state: .note, detail: times.joined(separator: ", "))
    }

    /// What Lua takes for each value, beside a traced generator that draws, compares and chooses for every value.
    private func scriptSpeed(_ chain: TracedChain) throws -> PluginCheck.Finding {
        let traced = try Plugin(
            source: """
                mottle.noise { name = "traced", apply = function(x, p, rng)
                  return mottle.where(rng:uniform(x):lt(0.1), x.high, x) end }
                """, file: "traced.lua")
        let other = try Chain([ChainItem(plugin: traced, name: "traced")]).trace(
            seed: 1, shape: chain.graph.shape, range: range)
        let times = try [chain, other].map { try ChainExplanation($0, runtime: runtime).perValue }
        let shown = times.map { formatted(($0 * 100).rounded() / 100) }
        return Finding(
            name: "ns a value", state: .note,
            detail:
                "\(shown[0]) on \(chain.graph.shape); a traced generator that draws, compares and chooses takes \(shown[1])"
        )
    }
}

extension [PluginCheck.Finding] {
    /// One finding of several with the same name: the first that failed, otherwise the first.
    fileprivate func mergedByName() -> [PluginCheck.Finding] {
        (first { $0.state == .failed } ?? first).map { [$0] } ?? []
    }
}

extension ParameterDeclaration {
    /// A value that the parameter may have.
    fileprivate var anyValue: ParameterValue {
        switch kind {
        case .boolean: .boolean(false)
        case .choice(let names): .choice(names[0])
        case .interval: .numbers([minimum ?? 0, maximum ?? 1])
        case .list: .numbers([])
        case .integer where name == "vocab": .number(Double(SyntheticSamples.vocabulary))
        case .number, .integer: .number(minimum ?? min(1, maximum ?? 1))
        }
    }

    /// Whether a config may give a distribution.
    fileprivate var mayVary: Bool { !isPlain && (kind == .number || kind == .integer) }
}
