import Tensors
import Workers

/// A layer of which `LastLayers` may do the work, for some samples after others.
protocol LastLayer: Layer {
    var input: Activation { get }
    /// Whether it can in this model.
    var takesLastSamples: Bool { get }
    /// What `forward` and `backward` do for samples in steps of training; asked for once, when memory has its place.
    func makeSteps() -> SampleSteps
    /// Makes ready what threads need for a batch.
    func beginSamples(_ pass: Pass)
}

extension LastLayer {
    var takesLastSamples: Bool { true }
    func beginSamples(_ pass: Pass) {}
}

/// The last layers of a classifier and its loss, in steps of training: each thread takes some samples through all of them,
/// forward and back, in a single region. A second one changes their weights, for which all samples must be through.
///
/// Each by itself is so small that one thread is done with it sooner than others would begin. Bits are those of the layers one
/// after the other, but for the sign of a zero in a weight's gradient.
final class LastLayers: LossFunction {
    let layers: Range<Int>
    private let members: [any LastLayer]
    /// The layer before them, which is too large for this; where its output is a sum of leaves, these are added here, and what it
    /// wants of its gradient before its weights change is done here, too.
    private let before: Dense?
    /// Nil where somebody else looks at the outputs.
    private var loss: CrossEntropy?
    private let pool: WorkerPool
    /// Empty until the first batch.
    private var steps: [Step] = []
    private var region: SampleRegion?
    private let endRegion: Region<EndTask>
    /// Those of them that have weights, and memory for what changes these, which is there only meanwhile.
    private let dense: [Dense]
    private let updates: UnsafeMutablePointer<UpdateTask>
    private var times: LayerTimes?

    /// What happens to a sample, in its order.
    enum Step {
        case forward(layer: Int)
        case loss
        case backward(layer: Int)
    }

    /// Fewer samples are through before other threads would begin.
    private static let fewSamples = 16

    private init(
        _ layers: Range<Int>, _ members: [any LastLayer], before: Dense?, _ pool: WorkerPool
    ) {
        (self.layers, self.members, self.before, self.pool) = (layers, members, before, pool)
        endRegion = Region(pool)
        dense = members.compactMap { $0 as? Dense }
        updates = .allocate(capacity: dense.count)
    }

    deinit { updates.deallocate() }

    /// From now on this loss is computed here in steps of training; nil: none, and layers run on their own.
    func join(_ loss: CrossEntropy?) {
        (self.loss, region, steps) = (loss, nil, [])
    }

    /// Whether a pass runs these layers here.
    func takes(_ pass: Pass) -> Bool { loss != nil && pass.update != nil }

    /// Where the layers begin that `beginForward` takes.
    var firstLayer: Int { layers.lowerBound - (before == nil ? 0 : 1) }

    /// Brings a batch so far that the rest is done by samples, in `evaluate`.
    func beginForward(_ pass: Pass, times: LayerTimes?) {
        self.times = times
        if let before {
            before.multiplyParts(pass)
            times?.endForward(firstLayer)
        }
        // By index, as below: in builds without optimisation an iterator allocates.
        for place in members.indices { members[place].beginSamples(pass) }
    }

    func evaluate(_ batch: Batch, gradientScale: Double?) -> LossResult {
        guard let loss else { preconditionFailure("last layers are asked for a loss that they don't have") }
        guard let gradientScale else { return loss.evaluate(batch, gradientScale: nil) }
        loss.beginSamples(batch, gradientScale: gradientScale)
        let region = region ?? makeRegion(loss)
        region.run(
            samples: batch.count, isShared: batch.count >= Self.fewSamples, isMeasured: times != nil)
        times?.endSteps(steps, seconds: region.seconds)
        return loss.result(count: batch.count)
    }

    private func makeRegion(_ loss: CrossEntropy) -> SampleRegion {
        var tasks: [SampleStep] = []
        func append(_ step: Step, _ task: SampleStep) {
            steps.append(step)
            tasks.append(task)
        }
        if let before, let sum = before.makeLeafSumStep() { append(.forward(layer: firstLayer), sum) }
        let found = members.map { $0.makeSteps() }
        for (layer, ways) in zip(layers, found) { append(.forward(layer: layer), ways.forward) }
        append(.loss, loss.makeStep())
        for (layer, ways) in zip(layers, found).reversed() { append(.backward(layer: layer), ways.backward) }
        let region = SampleRegion(tasks, pool)
        self.region = region
        return region
    }

    /// Changes the layers' weights. What that takes, with the lists for the layer before them, counts as the last one's.
    func endBackward(_ pass: Pass, times: LayerTimes?) {
        for place in dense.indices {
            (updates + place).initialize(to: dense[place].makeUpdateTask(pass, nil))
        }
        let task = EndTask(updates: updates, count: dense.count, lists: before?.beginLists(pass))
        endRegion.run(task, multiplications: pass.count < Self.fewSamples ? 0 : .max)
        updates.deinitialize(count: dense.count)
        times?.endBackward(layers.upperBound - 1)
    }
}

/// Changes the weights of some layers, and makes the lists that another one wants.
private struct EndTask: ParallelTask {
    let updates: UnsafePointer<UpdateTask>
    let count: Int
    let lists: ListTask?

    func work(thread: Int, threads: Int) {
        for place in 0..<count { updates[place].work(thread: thread, threads: threads) }
        lists?.work(thread: thread, threads: threads)
    }
}

/// Runs steps one after the other, each thread for some samples of a batch.
private final class SampleRegion {
    /// That the first thread was in each step, in the last round, where somebody measured.
    let seconds: UnsafeMutablePointer<Double>
    private let steps: UnsafeMutablePointer<SampleStep>
    private let count: Int
    private let round: UnsafeMutablePointer<Round>
    private let body: (Int, Int) -> Void
    private let pool: WorkerPool

    private struct Round {
        var samples: Int
        var isMeasured: Bool
    }

    /// Samples of a share: of 128 channels, what all layers make of them fits a cache of the second level many times.
    private static let largestShare = 32

    init(_ tasks: [SampleStep], _ pool: WorkerPool) {
        let count = tasks.count
        let steps = UnsafeMutablePointer<SampleStep>.allocate(capacity: count)
        let seconds = UnsafeMutablePointer<Double>.allocate(capacity: count)
        let round = UnsafeMutablePointer<Round>.allocate(capacity: 1)
        for (place, task) in tasks.enumerated() { (steps + place).initialize(to: task) }
        seconds.initialize(repeating: 0, count: count)
        round.initialize(to: Round(samples: 0, isMeasured: false))
        (self.steps, self.count, self.seconds, self.round, self.pool) = (steps, count, seconds, round, pool)
        body = { thread, threads in
            withoutDenormals {
                let mine = part(thread, of: threads, count: round.pointee.samples, unit: 1)
                for begin in stride(from: mine.lowerBound, to: mine.upperBound, by: Self.largestShare) {
                    let samples = begin..<min(begin + Self.largestShare, mine.upperBound)
                    let share = SampleShare(samples: samples, thread: thread)
                    if round.pointee.isMeasured && thread == 0 {
                        for place in 0..<count {
                            let start = ContinuousClock.now
                            steps[place].work(share)
                            seconds[place] += (ContinuousClock.now - start) / .seconds(1)
                        }
                    } else {
                        for place in 0..<count { steps[place].work(share) }
                    }
                }
            }
        }
    }

    deinit {
        for place in 0..<count { steps[place].deallocate() }
        steps.deallocate()
        seconds.deallocate()
        round.deallocate()
    }

    func run(samples: Int, isShared: Bool, isMeasured: Bool) {
        round.pointee = Round(samples: samples, isMeasured: isMeasured)
        if isMeasured { seconds.update(repeating: 0, count: count) }
        if isShared { pool.run(body) } else { body(0, 1) }
    }
}

extension LastLayers {
    /// The layers at a model's end that are small enough, whose memory is planned anew; nil where the last one is not.
    static func find(_ layers: [PlacedLayer], _ engine: Engine) -> LastLayers? {
        guard layers.last?.layer is Dense else { return nil }
        var members: [any LastLayer] = []
        var begin = layers.count
        while begin > 0, let member = member(layers[begin - 1]),
            members.first?.follows(member) ?? true
        {
            members.insert(member, at: 0)
            begin -= 1
        }
        guard let first = members.first else { return nil }
        var before = begin > 0 ? layers[begin - 1].layer as? Dense : nil
        if let dense = before, !(dense.sharesWeight && dense.output.positions == 1 && first.follows(dense)) {
            before = nil
        }
        engine.memory.joinBothWays(from: layers[begin - (before == nil ? 0 : 1)].number)
        return LastLayers(begin..<layers.count, members, before: before, engine.pool)
    }

    private static func member(_ placed: PlacedLayer) -> (any LastLayer)? {
        guard let layer = placed.layer as? any LastLayer, layer.takesLastSamples,
            layer.input.gradient != nil, layer.input.positions == 1
        else { return nil }
        return layer
    }
}

extension LastLayer {
    fileprivate func follows(_ before: any Layer) -> Bool {
        input.values === before.output.values && input.gradient === before.output.gradient
    }
}
