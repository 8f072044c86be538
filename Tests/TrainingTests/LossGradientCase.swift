import Kernels
import Tensors
import Testing
import Workers

@testable import Training

/// A loss as a config asks for it, over six rows: two samples in three views.
struct LossGradientCase: CustomTestStringConvertible, Sendable {
    let config: LossConfig
    /// Whether labels are blended.
    var hasTargets = false
    var consistency: Double?

    fileprivate static let (rows, views, positions, channels) = (6, 3, 4, 5)

    var testDescription: String {
        "\(config.formula), \(config.target), over \(config.over)" + (hasTargets ? ", soft labels" : "")
            + (consistency.map { ", consistency \($0)" } ?? "")
    }

    /// Every formula with every target that it may have, every part of it and labels that are blended.
    static let all: [LossGradientCase] = {
        let weights = [0.5, 2, 0, 1.25, 3]
        let entropies: [LossConfig.Formula] = [
            .crossEntropy(), .crossEntropy(smoothing: 0.2), .crossEntropy(classWeights: weights),
            .crossEntropy(smoothing: 0.1, classWeights: weights),
        ]
        let comparisons: [LossConfig.Formula] = [
            .binaryCrossEntropy, .squared, .absolute, .huber(delta: 0.4), .cosine,
        ]
        var cases: [LossGradientCase] = []
        for formula in entropies + comparisons {
            for hasTargets in [false, true] {
                cases.append(
                    LossGradientCase(config: LossConfig(formula, target: .labels), hasTargets: hasTargets))
            }
        }
        for part in LossConfig.Part.allCases {
            for formula in comparisons {
                cases.append(LossGradientCase(config: LossConfig(formula, target: .clean, over: part)))
            }
            for formula in entropies.prefix(2) {
                cases.append(LossGradientCase(config: LossConfig(formula, target: .tokens, over: part)))
            }
        }
        for formula in [entropies[0], entropies[3]] {
            cases.append(
                LossGradientCase(config: LossConfig(formula, target: .labels), consistency: 1.5))
        }
        return cases
    }()

    /// Of one row's outputs.
    fileprivate var shape: Shape {
        config.target == .labels ? [Self.channels] : [Self.positions, Self.channels]
    }

    var outputs: [Float] { Fixture.floats(Self.rows * shape.count, seed: 71).map { $0 * 3 } }

    private var labels: [Int32] { (0..<Self.rows).map { Int32($0 * 3 % Self.channels) } }

    /// Shares of the classes, which add up to 1.
    private var shares: [Float] {
        let values = Fixture.floats(Self.rows * Self.channels, seed: 73).map { $0 + 1.1 }
        return values.indices.map { index in
            let first = index / Self.channels * Self.channels
            return values[index] / values[first..<first + Self.channels].reduce(0, +)
        }
    }

    /// Values between 0 and 1, or tokens.
    private var clean: [Float] {
        let samples = Self.rows / Self.views
        return config.target == .tokens
            ? (0..<samples * Self.positions).map { Float($0 * 3 % Self.channels) }
            : Fixture.floats(samples * shape.count, seed: 72).map { ($0 + 1) / 2 }
    }

    /// One for each value of a sample, or for each of its tokens.
    private var mask: [UInt8] {
        Fixture.floats(Self.rows * (config.target == .tokens ? Self.positions : shape.count), seed: 74)
            .map { $0 < 0.2 ? 1 : 0 }
    }

    private let lengths: [Int32] = [4, 2, 1, 3, 4, 4]

    init(config: LossConfig, hasTargets: Bool = false, consistency: Double? = nil) {
        (self.config, self.hasTargets, self.consistency) = (config, hasTargets, consistency)
    }

    func run(_ set: InstructionSet) -> (mean: Double, gradient: [Float]) {
        let engine = Engine(
            kernels: KernelSet.of(set)!, pool: WorkerPool(threads: 2), capacity: Self.rows, leaves: 1)
        let output = engine.memory.output(shape, wantsGradient: true)
        var train = TrainConfig(epochs: 1)
        (train.loss, train.consistency) = (ModelLoss(config), consistency)
        let loss = train.makeLoss(of: [output], engine: engine)
        engine.memory.layOut()
        write(to: output)
        let mean = withBatch { loss.evaluate($0, wantsGradient: true) }
        return (mean, gradient(of: output))
    }

    fileprivate func write(to output: Activation) {
        for (index, value) in outputs.enumerated() {
            output.values.pointer[index / Self.channels * output.stride + index % Self.channels] = value
        }
    }

    fileprivate func gradient(of output: Activation) -> [Float] {
        outputs.indices.map {
            output.gradient!.pointer[$0 / Self.channels * output.stride + $0 % Self.channels]
        }
    }

    fileprivate func withBatch<Result>(_ body: (Batch) -> Result) -> Result {
        let samples = Samples(count: Self.rows, shape: shape, classes: Self.channels)
        let (labels, clean) = (Buffer(labels), Buffer(clean))
        let (mask, lengths, shares) = (Buffer(mask), Buffer(lengths), Buffer(shares))
        var batch = samples.batch(0..<Self.rows)
        batch.labels = UnsafePointer(labels.pointer)
        batch.views = Self.views
        if config.target != .labels { batch.clean = UnsafePointer(clean.pointer) }
        if config.over != .all { batch.mask = UnsafePointer(mask.pointer) }
        if config.target == .tokens { batch.lengths = UnsafePointer(lengths.pointer) }
        if hasTargets { batch.targets = UnsafePointer(shares.pointer) }
        defer { withExtendedLifetime((samples, labels, clean, mask, lengths, shares)) {} }
        return body(batch)
    }

    /// The mean loss by the formulas, in Double.
    func mean(_ x: [Double]) -> Double {
        var (sum, weight) = (0.0, 0.0)
        for row in 0..<Self.rows * (shape.count / Self.channels) {
            let part = rowLoss(row, Array(x[row * Self.channels..<(row + 1) * Self.channels]))
            (sum, weight) = (sum + part.loss, weight + part.weight)
        }
        return sum / weight + (consistency ?? 0) * divergence(x)
    }

    /// The target of each channel in a row, and which of them count.
    private func target(_ row: Int) -> (values: [Double], counts: [Bool]) {
        let channels = 0..<Self.channels
        func isWanted(_ index: Int) -> Bool {
            config.over == .all || (mask[index] == 1) == (config.over == .hidden)
        }
        switch config.target {
        case .labels:
            return (
                channels.map {
                    hasTargets ? Double(shares[row * Self.channels + $0]) : Int(labels[row]) == $0 ? 1 : 0
                }, channels.map { _ in true }
            )
        case .clean:
            let (sample, place) = (row / Self.positions / Self.views, row % Self.positions)
            return (
                channels.map { Double(clean[(sample * Self.positions + place) * Self.channels + $0]) },
                channels.map { isWanted(row * Self.channels + $0) }
            )
        case .tokens:
            let (sample, place) = (row / Self.positions, row % Self.positions)
            let token = Int(clean[sample / Self.views * Self.positions + place])
            let counts = place < Int(lengths[sample]) && isWanted(row)
            return (channels.map { $0 == token ? 1 : 0 }, channels.map { _ in counts })
        }
    }

    private func rowLoss(_ row: Int, _ x: [Double]) -> (loss: Double, weight: Double) {
        let (t, counts) = target(row)
        let counted = x.indices.filter { counts[$0] }
        guard !counted.isEmpty else { return (0, 0) }
        func sum(_ element: (Int) -> Double) -> Double { counted.reduce(0) { $0 + element($1) } }
        let count = Double(counted.count)
        switch config.formula {
        case .crossEntropy(let smoothing, let classWeights):
            let logarithms = softmax(x[...]).map(\.logarithm)
            func weight(_ k: Int) -> Double { classWeights.isEmpty ? 1 : classWeights[k] }
            let loss = sum { k in
                -weight(k) * ((1 - smoothing) * t[k] + smoothing / Double(x.count)) * logarithms[k]
            }
            return (loss, sum { weight($0) * t[$0] })
        case .binaryCrossEntropy:
            // ln σ(x) = −softplus(−x) by way of a softmax over x and 0.
            return (
                sum { k in
                    let shares = softmax([x[k], 0])
                    return -t[k] * shares[0].logarithm - (1 - t[k]) * shares[1].logarithm
                }, count
            )
        case .squared: return (sum { (x[$0] - t[$0]) * (x[$0] - t[$0]) }, count)
        case .absolute: return (sum { abs(x[$0] - t[$0]) }, count)
        case .huber(let delta):
            return (
                sum { k in
                    let error = abs(x[k] - t[k])
                    return error < delta ? error * error / 2 : delta * (error - delta / 2)
                }, count
            )
        case .cosine:
            let norms = (sum { x[$0] * x[$0] } * sum { t[$0] * t[$0] }).squareRoot()
            return (1 - sum { x[$0] * t[$0] } / norms, 1)
        }
    }

    /// The mean over all rows of KL(view ‖ mean of the views).
    private func divergence(_ x: [Double]) -> Double {
        let shares = (0..<Self.rows).map { softmax(x[$0 * Self.channels..<($0 + 1) * Self.channels]) }
        var sum = 0.0
        for (row, share) in shares.enumerated() {
            let first = row / Self.views * Self.views
            for k in share.indices {
                let mean = shares[first..<first + Self.views].reduce(0) { $0 + $1[k] } / Double(Self.views)
                sum += share[k] * (share[k].logarithm - mean.logarithm)
            }
        }
        return sum / Double(Self.rows)
    }
}

/// Losses of several heads, weighted and added up, over the batch of the last one: it has all that the others want.
struct HeadsGradientCase: CustomTestStringConvertible, Sendable {
    let heads: [(loss: LossGradientCase, weight: Double)]

    var testDescription: String {
        heads.map { "\($0.weight) × (\($0.loss.testDescription))" }.joined(separator: " + ")
    }

    static let all: [HeadsGradientCase] = [
        HeadsGradientCase(heads: [
            (LossGradientCase(config: .crossEntropy), 0.7),
            (LossGradientCase(config: LossConfig(.squared, target: .clean, over: .hidden)), 2.5),
        ]),
        // The views' divergence counts as a part of the loss whose outputs it compares.
        HeadsGradientCase(heads: [
            (LossGradientCase(config: LossConfig(.absolute, target: .clean, over: .visible)), 0.3),
            (
                LossGradientCase(
                    config: LossConfig(
                        .crossEntropy(smoothing: 0.1, classWeights: [0.5, 2, 0, 1.25, 3]), target: .labels),
                    consistency: 1.5), 1.75
            ),
            (LossGradientCase(config: LossConfig(.binaryCrossEntropy, target: .labels)), 0),
            (LossGradientCase(config: LossConfig(.huber(delta: 0.4), target: .clean, over: .visible)), 4),
        ]),
        HeadsGradientCase(heads: [
            (LossGradientCase(config: LossConfig(.cosine, target: .labels)), 3),
            (
                LossGradientCase(
                    config: LossConfig(.crossEntropy(smoothing: 0.2), target: .tokens, over: .hidden)), 0.4
            ),
        ]),
    ]

    /// - Returns: the weighted sum, and the gradient for the outputs of each head.
    func run(_ set: InstructionSet) -> (mean: Double, gradients: [[Float]]) {
        let engine = Engine(
            kernels: KernelSet.of(set)!, pool: WorkerPool(threads: 2), capacity: LossGradientCase.rows,
            leaves: 1)
        let outputs = heads.map { engine.memory.output($0.loss.shape, wantsGradient: true) }
        var train = TrainConfig(epochs: 1)
        train.loss = ModelLoss(
            heads: heads.enumerated().map { .init("head\($0)", $1.loss.config, weight: $1.weight) })
        train.consistency = heads.lazy.compactMap(\.loss.consistency).first
        let loss = train.makeLoss(of: outputs, engine: engine)
        engine.memory.layOut()
        for (head, output) in zip(heads, outputs) { head.loss.write(to: output) }
        let mean = heads.last!.loss.withBatch { loss.evaluate($0, wantsGradient: true) }
        return (mean, zip(heads, outputs).map { $0.loss.gradient(of: $1) })
    }
}
