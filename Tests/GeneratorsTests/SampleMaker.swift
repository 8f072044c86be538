import Generators
import Kernels
import Tensors
import Testing

/// A compiled chain that makes one sample after the other in the same memory, as a worker does.
final class SampleMaker {
    private let program: Program
    private let workspace: Workspace
    private let samples: OtherSamples?
    private let clean: Buffer<Float>

    /// - Parameter samples: what is put through the chain; without them every sample is `Fixture.sample`.
    init(_ chain: TracedChain, samples: OtherSamples? = nil, kernels: KernelSet = .current) {
        (program, self.samples) = (Program(chain), samples)
        workspace = Workspace(program, kernels: kernels.noise, source: samples)
        clean = Buffer(Fixture.sample(chain.graph.shape))
    }

    func make(_ id: UInt64, epoch: Int = 2, step: Int = 0) throws -> ReferenceExecutor.Result {
        let count = program.shape.count
        let (values, mask) = (Buffer<Float>(count: count), Buffer<UInt8>(count: count))
        let sample = samples?.sample(id, scratch: values.pointer) ?? CleanSample(.floats(clean.pointer))
        try workspace.run(
            sample, id: id, epoch: epoch, step: step, values: values.pointer, mask: mask.pointer)
        let extras = program.extras.indices.map { place in
            let values = Buffer<Float>(count: program.extras[place].shape.count)
            workspace.copyExtra(place, to: values.pointer)
            return values.values
        }
        return .init(values: values.values, mask: program.writesMask ? mask.values : nil, extras: extras)
    }

    /// The shares of five classes in the label of the sample that was made last.
    func target(label: Int) -> [Float] {
        let target = Buffer<Float>(count: 5)
        workspace.writeTarget(label: label, classes: 5, to: target.pointer)
        return target.values
    }
}

extension Fixture {
    static func trace(
        entries: [ChainEntry], shape: Shape, seed: UInt64 = 5, range: ClosedRange<Float> = 0...1,
        phase: ChainPhase = .train
    ) throws -> TracedChain {
        try Chain(entries: entries, phase: phase).trace(seed: seed, shape: shape, range: range)
    }

    /// A generator that does what `body` says.
    static func entry(
        _ name: String, _ body: String, probability: Double = 1, phase: ChainPhase? = nil,
        axes: String = "N..."
    ) throws -> ChainEntry {
        var item = ChainItem(plugin: try noise(body, axes: axes), name: name, probability: probability)
        item.phase = phase
        return .generator(item)
    }

    /// Adds a power of ten of its own to every value: what is added says which entries a sample got, and in which order.
    static func digit(_ place: Int, name: String? = nil) throws -> ChainEntry {
        try entry(name ?? "digit\(place)", "return x * 10 + \(place + 1)")
    }
}

extension ChainEntry {
    static func group(
        _ kind: ChainGroup.Kind, _ entries: [ChainEntry], name: String, probability: Double = 1,
        phase: ChainPhase? = nil
    ) -> ChainEntry {
        .group(ChainGroup(kind, turns: [entries], name: name, probability: probability, phase: phase))
    }
}

/// Σ (count − expected)² / expected.
func chiSquare(_ counts: [Int], expected: [Double]) -> Double {
    zip(counts, expected).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) / $1.1 }
}

@Test func `chiSquare sums what is not expected`() {
    #expect(chiSquare([12, 8, 10], expected: [10, 10, 20]) == 0.4 + 0.4 + 5)
}
