import Generators
import Kernels
import Reports
import Tensors

/// Makes single samples with a chain, and tells what was drawn for them.
final class SampleMaker {
    /// A sample before and after the chain.
    struct MadeSample {
        var id: UInt64
        var label: Int
        var clean: [Float]
        var values: [Float]
        /// What `values` are features of, where the chain changes sounds first.
        var sound: [Float]?
        /// 1 hidden; nil for a chain without masks.
        var mask: [UInt8]?
        /// How many places along the first axis are real; nil for all.
        var length: Int?
        /// What was drawn, of the generators that were applied, by `generator.parameter`.
        var drawn: [(name: String, value: Float)]
        /// Names of the entries that only some samples get: those that this one got, and the others.
        var (applied, left): ([String], [String])
    }

    private let workspace: Workspace
    private let source: any SampleSource
    /// Makes the sounds of which the chain begins with features; nil where it begins with samples as they are.
    private let sounds: SampleMaker?
    private let program: Program
    private let parameters: [DrawnParameter]
    /// The place of the first parameter among the extra outputs; behind each stands whether it was applied.
    private let firstDrawn: Int
    /// Entries that only some samples get, with the place of the first one's condition among the extra outputs.
    private let conditional: [String]
    private let firstCondition: Int
    /// Single numbers that generators give beside the samples, such as a partner, by their places.
    private let numbers: [(place: Int, name: String)]
    private let (scratch, values): (Buffer<Float>, Buffer<Float>)
    private let mask: Buffer<UInt8>
    private let single = Buffer<Float>(count: 1)

    init(_ chain: TracedChain, kernels: KernelSet, source: any SampleSource) {
        (parameters, firstDrawn, self.source) = (chain.parameters, chain.extras.count, source)
        if let sound = chain.sound, let source = source.sounds {
            sounds = SampleMaker(sound.traced, kernels: kernels, source: source)
        } else {
            sounds = nil
        }
        var chain = chain
        chain.extras += parameters.flatMap { parameter in
            let applied = parameter.applied.map { [ExtraOutput(name: "\(parameter.name) applied", node: $0)] }
            return [ExtraOutput(name: parameter.name, node: parameter.node)] + (applied ?? [])
        }
        let conditions = chain.states.compactMap { state in state.applied.map { (state.name, $0) } }
        (conditional, firstCondition) = (conditions.map(\.0), chain.extras.count)
        numbers = chain.extras[..<firstDrawn].enumerated().compactMap { place, extra in
            chain.graph.nodes[extra.node].shape == [] && chain.graph.nodes[extra.node].type == .number
                ? (place, extra.name) : nil
        }
        chain.extras += conditions.map { ExtraOutput(name: "\($0.0) applied", node: $0.1) }
        program = Program(chain)
        workspace = Workspace(program, kernels: kernels.noise, source: source)
        let count = program.shape.count
        (scratch, values, mask) = (Buffer(count: count), Buffer(count: count), Buffer(count: count))
    }

    func make(_ id: UInt64, epoch: Int, step: Int) throws -> MadeSample {
        let untouched = try source.sample(id, scratch: scratch.pointer)
        let (clean, length) = ((0..<scratch.count).map { untouched.values[$0] }, untouched.length)
        let sound = try sounds?.make(id, epoch: epoch, step: step)
        let sample = try workspace.sample(id, epoch: epoch, step: step, scratch: scratch.pointer)
        try workspace.run(
            sample, id: id, epoch: epoch, step: step, values: values.pointer, mask: mask.pointer)
        return MadeSample(
            id: id, label: source.label(id), clean: clean, values: values.values, sound: sound?.values,
            mask: program.writesMask ? mask.values : nil, length: length,
            drawn: (sound?.drawn ?? []) + drawn + numbers.map { ($0.name, extra($0.place)) },
            applied: (sound?.applied ?? [])
                + conditional.enumerated().filter { extra(firstCondition + $0.offset) == 1 }.map(\.element),
            left: (sound?.left ?? [])
                + conditional.enumerated().filter { extra(firstCondition + $0.offset) != 1 }.map(\.element))
    }

    /// One of the single numbers beside the sample that was made last.
    private func extra(_ place: Int) -> Float {
        workspace.copyExtra(place, to: single.pointer)
        return single.values[0]
    }

    /// Of the sample that was made last.
    private var drawn: [(name: String, value: Float)] {
        var (place, drawn) = (firstDrawn, [(name: String, value: Float)]())
        for parameter in parameters {
            let number = extra(place)
            let isApplied = parameter.applied == nil || extra(place + 1) == 1
            if isApplied { drawn.append((parameter.name, number)) }
            place += parameter.applied == nil ? 1 : 2
        }
        return drawn
    }
}
