import Kernels
import Tensors
import Testing
import Training
import VectorKernels
import Workers

/// Values and batches that tests share: always the same, all different.
enum Fixture {
    /// In −1 ..< 1.
    static func floats(_ count: Int, seed: UInt64) -> [Float] {
        let key = DrawAddress.key(seed: seed, path: "test", draw: "floats")
        return (0..<count).map { index in
            let bits = DrawAddress(key: key, epoch: 0, sample: 0).bits(index)
            return Float(bits >> 8) * 0x1p-23 - 1
        }
    }

    static func buffer(_ count: Int, seed: UInt64) -> Buffer<Float> { Buffer(floats(count, seed: seed)) }

    /// The best kernels of this processor.
    static var kernels: KernelSet { KernelSet.of(InstructionSet.supported.max()!)! }

    static func model(
        _ layers: [LayerConfig], input: Shape, classes: Int, capacity: Int = 32, leaves: Int = 1,
        threads: Int = 1, precision: Precision = .fp32, freeze: [String] = [],
        kernels: KernelSet = Fixture.kernels,
        targets: [(head: String?, target: ModelPlan.Target)] = [(nil, .classes)]
    ) throws -> Model {
        Model(
            try ModelPlan(layers, input: input, classes: classes, targets: targets), seed: 7,
            capacity: capacity, leaves: leaves, precision: precision, freeze: freeze.map { NamePattern($0) },
            kernels: kernels,
            pool: WorkerPool(threads: threads))
    }
}

/// The nearest number of 8 significant bits, halves to even.
func bf16(_ value: Float) -> Float {
    let bits = value.bitPattern
    return Float(bitPattern: (bits + 0x7fff + bits >> 16 & 1) & 0xffff_0000)
}

extension Trainer {
    /// With this optimiser, and everything else as it is by default.
    convenience init(_ model: Model, optimizer: Optimizer) {
        var config = TrainConfig(epochs: 1)
        config.optimizer = optimizer
        self.init(model, config, stepsPerEpoch: 1)
    }
}

/// Samples in memory, of which batches are views. Sample i has id i + 1000.
struct Samples {
    let shape: Shape
    let values: Buffer<Float>
    let labels: Buffer<Int32>
    let ids: Buffer<UInt64>

    init(count: Int, shape: Shape, classes: Int, seed: UInt64 = 5) {
        self.shape = shape
        values = Fixture.buffer(count * shape.count, seed: seed)
        labels = Buffer((0..<count).map { Int32($0 * 7 % classes) })
        ids = Buffer((0..<count).map { UInt64($0 + 1000) })
    }

    func batch(_ samples: Range<Int>, epoch: Int = 0) -> Batch {
        Batch(
            count: samples.count, shape: shape, values: values.pointer + samples.lowerBound * shape.count,
            labels: labels.pointer + samples.lowerBound, ids: ids.pointer + samples.lowerBound, epoch: epoch)
    }
}

/// Expects equal counts and |found − wanted| ≤ tolerance · (1 + |wanted|) everywhere.
func expectClose(
    _ found: [Float], _ wanted: [Double], tolerance: Double = 1e-5, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let place = comment.map { " (\($0))" } ?? ""
    guard found.count == wanted.count else {
        Issue.record(
            "\(found.count) values instead of \(wanted.count)\(place)", sourceLocation: sourceLocation)
        return
    }
    let wrong = zip(found, wanted).enumerated().first { _, pair in
        !(abs(Double(pair.0) - pair.1) <= tolerance * (1 + abs(pair.1)))
    }
    if let (index, (found, wanted)) = wrong {
        Issue.record(
            "[\(index)] is \(found) instead of \(wanted)\(place)", sourceLocation: sourceLocation)
    }
}

@Test func `expectClose can fail`() {
    expectClose([2, -3], [2.000001, -3])
    withKnownIssue { expectClose([2.1], [2]) }
    withKnownIssue { expectClose([.nan], [1]) }
    withKnownIssue { expectClose([1], [.nan]) }
    withKnownIssue { expectClose([1, 2], [1]) }
}
