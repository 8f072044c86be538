import Generators
import Kernels
import LuaRuntime
import Tensors
import VectorKernels

/// One plugin of `PluginMaker`'s, put through all that Mottle does with a plugin.
package struct FuzzCase {
    package enum End: String, CaseIterable, Sendable {
        case refusedAtLoad, refusedAtTrace, tooLarge, failedAtRun, ran, ranWithScripts
    }
    package let seed: UInt64
    package let plugin: PluginMaker
    package private(set) var end: End?
    package private(set) var error: LuaError?
    /// What the program does whose bits were compared, such as `gather`.
    package private(set) var operations: Set<String> = []
    /// What is wrong with Mottle: the program's bits are not the reference's, or an error says nothing.
    package private(set) var fault: String?

    /// What a case may take, so that many can be tried; the hosts' own limits are far above.
    private static let elementLimit = 60_000

    package init(seed: UInt64) {
        self.seed = seed
        plugin = PluginMaker(seed: seed)
    }

    package mutating func run() {
        var limits = LuaLimits()
        limits.instructions = 200_000  // an endless loop is one at any number
        do {
            end = .refusedAtLoad
            let made = try Plugin(source: plugin.source, file: "made.lua", limits: limits)
            end = .refusedAtTrace
            try run(made)
        } catch let error as LuaError {
            note(error)
        } catch let failure as ScriptFailure {
            note(failure.error)
        } catch {
            fault = "an unknown error: \(error)"
        }
    }

    private mutating func note(_ error: LuaError) {
        self.error = error
        if error.what.isEmpty { fault = "an error without a text" }
        if error.kind == .script && error.line == 0 { fault = "no line for: \(error.what)" }
    }

    private mutating func run(_ made: Plugin) throws {
        var (dice, item) = (Dice(seed ^ 0xfeed), ChainItem(plugin: made, name: "made"))
        let settings: [ParameterSetting] = [
            .value(.number(0)), .value(.number(3)), .uniform(0, 2), .normal(mean: 1, deviation: 2),
            .choice([0, 1, 5]),
            .ramp(from: 0, to: 4, epochs: 3), .drawn(.logUniform(0.5, 4)),
            .drawn(.truncatedNormal(mean: 0, deviation: 1, low: 0.5, high: 3)),
            .drawn(.beta(a: 2, b: 0.5, low: 0, high: 2)), .value(.boolean(true)), .value(.choice("u")),
            .value(.numbers([0, 1])),
        ]
        for parameter in made.parameters {
            let isMissing = parameter.defaultValue == nil && !parameter.isOptional
            for setting in isMissing ? settings.shuffled(using: &dice) : [dice.pick(settings)]
            where isMissing || dice.one(in: 2) {
                if item.set(parameter.name, to: setting) == nil { break }
            }
        }
        if dice.one(in: 8) { _ = item.set("severity", to: .value(.number(3))) }
        if dice.one(in: 6) { item.probability = 0.5 }
        item.fill = dice.pick([.zero, .constant(0.5), .mean, .noise])
        // The host asks for what is missing before it traces.
        guard item.missing == nil else { return end = .refusedAtLoad }
        let shape = Shape(plugin.shape)
        let chain = try Chain([item]).trace(seed: seed, shape: shape, range: -1...2)
        let context = TraceContext(seed: seed, path: "chain/made", range: -1...2)
        _ = try made.expectation(item.completeSettings, value: 0.5, shape: shape, context: context)
        let program = Program(chain)
        let elements = chain.graph.nodes.reduce(0) { $0 + $1.shape.count }
        guard elements <= Self.elementLimit else { return end = .tooLarge }
        end = .failedAtRun
        let samples = OddSamples(shape: shape, areIDs: program.takesIDs)
        let kernels = dice.pick(InstructionSet.supported.compactMap(KernelSet.of))
        for id in [1, 3] as [UInt64] {
            let found = try Self.run(program, samples, id, kernels)
            guard chain.graph.scripts.isEmpty else { continue }
            let expected = ReferenceExecutor(chain, source: samples).run(
                samples.values(id), length: samples.length, id: id, epoch: 2)
            if let difference = Self.difference(found, expected) {
                fault = "\(kernels.instructionSet), sample \(id): \(difference)"
            }
        }
        end = chain.graph.scripts.isEmpty ? .ran : .ranWithScripts
        operations = Set(chain.graph.nodes.map { Self.name($0.operation) })
    }

    private static func name(_ operation: Operation) -> String {
        switch operation {
        case .elementwise(let elementwise): "\(elementwise)"
        case .whole(.scan(let scan, _)): "cum\(scan)"
        case .whole(let whole): String("\(whole)".prefix { $0 != "(" })
        case .reduce(let reduction): "\(reduction) of all"
        default: String("\(operation)".prefix { $0 != "(" })
        }
    }

    private static func run(
        _ program: Program, _ samples: OddSamples, _ id: UInt64, _ kernels: KernelSet
    ) throws -> ReferenceExecutor.Result {
        let workspace = Workspace(program, kernels: kernels.noise, source: samples)
        let (input, output) = (Buffer(samples.values(id)), Buffer<Float>(count: program.shape.count))
        let mask = Buffer<UInt8>(count: program.shape.count)
        try withExtendedLifetime(input) {
            try workspace.run(
                CleanSample(.floats(input.pointer), length: samples.length), id: id, epoch: 2,
                values: output.pointer,
                mask: mask.pointer)
        }
        let extras = program.extras.indices.map { place in
            let values = Buffer<Float>(count: program.extras[place].shape.count)
            workspace.copyExtra(place, to: values.pointer)
            return values.values
        }
        return .init(values: output.values, mask: program.writesMask ? mask.values : nil, extras: extras)
    }

    private static func difference(_ found: ReferenceExecutor.Result, _ expected: ReferenceExecutor.Result)
        -> String?
    {
        func first(_ a: [Float], _ b: [Float]) -> String? {
            guard a.count == b.count else { return "\(a.count) values, expected \(b.count)" }
            return a.indices.first { a[$0].bitPattern != b[$0].bitPattern && !(a[$0].isNaN && b[$0].isNaN) }
                .map { "element \($0) is \(a[$0]), expected \(b[$0])" }
        }
        if let text = first(found.values, expected.values) { return text }
        if found.mask != expected.mask { return "the masks differ" }
        for (place, extra) in expected.extras.enumerated() {
            if let text = first(found.extras[place], extra) { return "extra \(place): \(text)" }
        }
        return nil
    }
}

/// Samples with values that arithmetic must have been thought through for.
private final class OddSamples: SampleSource {
    private let shape: Shape
    /// Whether the values are token ids.
    private let areIDs: Bool
    let ids = SampleIDs(0..<4)
    var length: Int? { shape.size(0) > 2 ? shape.size(0) - 1 : nil }

    init(shape: Shape, areIDs: Bool) { (self.shape, self.areIDs) = (shape, areIDs) }

    func values(_ id: UInt64) -> [Float] {
        let odd: [Float] = [0, -0.0, 1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, 3e38, -7]
        var dice = Dice(id &+ 77)
        return (0..<shape.count).map { _ in
            if areIDs { return dice.one(in: 9) ? dice.pick([0, 16_777_215]) : Float(dice.below(3000)) }
            return dice.one(in: 9) ? dice.pick(odd) : Float(dice.below(4000) - 1000) / 1000
        }
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
        for (place, value) in values(id).enumerated() { scratch[place] = value }
        return CleanSample(.floats(scratch), length: length)
    }

    func label(_ id: UInt64) -> Int { 0 }
}
