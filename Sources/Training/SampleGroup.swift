import Tensors
import Workers

/// A layer that can take a few samples of a batch after others, whatever the rest of the batch is: see `SampleGroup`.
protocol SampleLayer: Layer {
    /// Whether it can in this model.
    var takesSamples: Bool { get }
    var input: Activation { get }

    /// Makes ready what threads need for the batch.
    func beginForward(_ pass: Pass)
    /// What `forward` does, for some of the samples.
    func forward(_ share: SampleShare)

    func beginBackward(_ pass: Pass)
    /// Writes the gradient for the input of some of the samples, and what they add to the gradients of weights. These come
    /// leaf after leaf, of which a thread has whole ones.
    func backward(_ share: SampleShare)
    /// Brings the weights forward, when all samples are through.
    func endBackward(_ pass: Pass)
}

extension SampleLayer {
    func endBackward(_ pass: Pass) {}
}

/// Some of a batch's samples, with what a thread needs to work on them.
struct SampleShare {
    var samples: Range<Int>
    var thread: Int
    /// Backward: the leaf that they belong to, whether they are its first, and their number among all shares.
    var leaf = 0
    var beginsLeaf = false
    var piece = 0

    /// The samples' rows.
    func rows(_ positions: Int) -> Range<Int> {
        samples.lowerBound * positions..<samples.upperBound * positions
    }
}

/// How a batch is cut on its way back, by its size alone: into leaves, whose sums are combined by a binary tree, and these
/// into shares that fit a cache.
struct SampleGrid: Equatable {
    let leaves: Int
    let sharesOfLeaf: Int
    /// Samples of a share.
    let largestShare: Int

    var shares: Int { leaves * sharesOfLeaf }

    /// Rows of a share: of 256 channels they take a quarter of a mebibyte.
    private static let rows = 256

    /// Nil where samples are too few to be shared out.
    init?(_ activation: Activation, _ engine: Engine) {
        let capacity = engine.memory.capacity
        leaves = RowsGradientTask.leaves(
            samples: capacity, positions: activation.positions, atLeast: engine.leaves)
        if capacity * activation.positions < 2 * Self.rows || leaves > capacity { return nil }
        largestShare = max(1, Self.rows / activation.positions)
        sharesOfLeaf = ((capacity + leaves - 1) / leaves + largestShare - 1) / largestShare
    }

    /// Calls `body` for each share of a leaf; some are empty where the batch is small.
    func eachShare(ofLeaf leaf: Int, count: Int, thread: Int, _ body: (SampleShare) -> Void) {
        let begin = count * leaf / leaves
        let samples = count * (leaf + 1) / leaves - begin
        for index in 0..<sharesOfLeaf {
            let share = part(index, of: sharesOfLeaf, count: samples, unit: 1)
            body(
                SampleShare(
                    samples: begin + share.lowerBound..<begin + share.upperBound, thread: thread, leaf: leaf,
                    beginsLeaf: index == 0, piece: leaf * sharesOfLeaf + index))
        }
    }
}

/// Layers in a row, through which a thread takes a few samples at a time: what one layer writes, the next one finds in the
/// thread's cache. Gradients between them are kept for these samples only.
///
/// Bits are those of the layers one after the other, in fp32, and depend on no thread.
final class SampleGroup {
    let layers: Range<Int>
    private let members: [any SampleLayer]
    private let grid: SampleGrid
    private let pool: WorkerPool
    // Initialised only while the group runs.
    private let pass: UnsafeMutablePointer<Pass>
    private let forwardBody: (Int, Int) -> Void
    private let backwardBody: (Int, Int) -> Void
    /// Seconds that the first thread was in each layer, where somebody measures.
    private let times: UnsafeMutablePointer<Double>
    private let measures: UnsafeMutablePointer<Bool>

    private init(_ layers: Range<Int>, _ members: [any SampleLayer], _ grid: SampleGrid, _ pool: WorkerPool) {
        (self.layers, self.members, self.grid, self.pool) = (layers, members, grid, pool)
        let pass = UnsafeMutablePointer<Pass>.allocate(capacity: 1)
        let times = UnsafeMutablePointer<Double>.allocate(capacity: members.count)
        let measures = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        measures.initialize(to: false)
        (self.pass, self.times, self.measures) = (pass, times, measures)
        func measured(_ index: Int, _ thread: Int, _ body: () -> Void) {
            guard thread == 0, measures.pointee else { return body() }
            let begin = ContinuousClock.now
            body()
            times[index] += (ContinuousClock.now - begin) / .seconds(1)
        }
        forwardBody = { thread, threads in
            withoutDenormals {
                let mine = part(thread, of: threads, count: pass.pointee.count, unit: 1)
                let shares = (mine.count + grid.largestShare - 1) / grid.largestShare
                for index in 0..<shares {
                    let share = part(index, of: shares, count: mine.count, unit: 1)
                    let samples = mine.lowerBound + share.lowerBound..<mine.lowerBound + share.upperBound
                    for (place, member) in members.enumerated() {
                        measured(place, thread) {
                            member.forward(SampleShare(samples: samples, thread: thread))
                        }
                    }
                }
            }
        }
        backwardBody = { thread, threads in
            withoutDenormals {
                for leaf in part(thread, of: threads, count: grid.leaves, unit: 1) {
                    grid.eachShare(ofLeaf: leaf, count: pass.pointee.count, thread: thread) { share in
                        for place in stride(from: members.count - 1, through: 0, by: -1) {
                            measured(place, thread) { members[place].backward(share) }
                        }
                    }
                }
            }
        }
    }

    deinit {
        pass.deallocate()
        times.deallocate()
        measures.deallocate()
    }

    func forward(_ pass: Pass, times: LayerTimes?) {
        for member in members { member.beginForward(pass) }
        run(pass, forwardBody, isMeasured: times != nil)
        times?.endForward(layers, shares: self.times)
    }

    func backward(_ pass: Pass, times: LayerTimes?) {
        for member in members { member.beginBackward(pass) }
        run(pass, backwardBody, isMeasured: times != nil)
        for member in members { member.endBackward(pass) }
        times?.endBackward(layers, shares: self.times)
    }

    private func run(_ pass: Pass, _ body: @escaping (Int, Int) -> Void, isMeasured: Bool) {
        self.pass.initialize(to: pass)
        measures.pointee = isMeasured
        times.update(repeating: 0, count: members.count)
        pool.run(body)
        self.pass.deinitialize(count: 1)
    }
}

extension SampleGroup {
    /// The groups that a model's first layers make, whose memory is planned anew. The last layer is none of them: it may come to
    /// look at some rows only.
    static func groups(_ layers: ArraySlice<PlacedLayer>, _ engine: Engine) -> [SampleGroup] {
        var groups: [SampleGroup] = []
        var first = 0
        while first < layers.count {
            guard let layer = member(layers[first]), let grid = SampleGrid(layer.input, engine) else {
                first += 1
                continue
            }
            var members = [layer]
            while first + members.count < layers.count,
                let next = member(layers[first + members.count]), next.follows(members.last!, grid, engine)
            {
                members.append(next)
            }
            let range = first..<first + members.count
            if members.count > 1 {
                for member in members.dropLast() {
                    member.output.keepGradients(samples: grid.largestShare, threads: engine.pool.threads)
                }
                engine.memory.join(layers[range.lowerBound].number...layers[range.upperBound - 1].number)
                groups.append(SampleGroup(range, members, grid, engine.pool))
            }
            first = range.upperBound
        }
        return groups
    }

    /// Nil where the layer runs on its own.
    private static func member(_ placed: PlacedLayer) -> (any SampleLayer)? {
        guard let layer = placed.layer as? any SampleLayer, layer.takesSamples,
            layer.input.gradient != nil
        else { return nil }
        return layer
    }
}

extension SampleLayer {
    fileprivate func follows(_ last: any SampleLayer, _ grid: SampleGrid, _ engine: Engine) -> Bool {
        input.values === last.output.values && input.gradient === last.output.gradient
            && SampleGrid(input, engine) == grid
    }
}

extension Activation {
    /// From now on the gradient of a few samples is kept for each thread.
    fileprivate func keepGradients(samples: Int, threads: Int) {
        gradient!.cut(countOfThread: paddedTo16(samples * positions) * stride, threads: threads)
    }

    /// Where the gradient of the batch's first sample lies, or would, if all were kept.
    func gradient(_ share: SampleShare) -> UnsafeMutablePointer<Float>? {
        guard let gradient else { return nil }
        guard let count = gradient.countOfThread else { return gradient.pointer }
        return gradient.pointer + (share.thread * count - share.samples.lowerBound * sampleStride)
    }
}
