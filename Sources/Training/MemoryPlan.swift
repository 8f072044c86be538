import Tensors

/// Memory whose place is known once a whole model has said what it needs when.
final class PlannedMemory {
    /// Set by `MemoryPlan.layOut`; of a model's input by each pass.
    fileprivate(set) var pointer: UnsafeMutablePointer<Float>!
    fileprivate var count: Int
    /// Where each thread has a part of its own for some samples: how many values that is.
    private(set) var countOfThread: Int?
    fileprivate var (first, last): (Moment, Moment)
    /// Where this is other memory under a name of its own.
    private var original: PlannedMemory?
    /// What is given a place.
    fileprivate var placed: PlannedMemory { original?.placed ?? self }

    fileprivate init(count: Int, _ first: Moment, _ last: Moment) {
        (self.count, self.first, self.last) = (count, first, last)
    }

    /// From now on this is the same memory as another.
    fileprivate func become(_ other: PlannedMemory) {
        precondition(original == nil, "memory becomes another only once")
        original = other
        (other.count, other.first) = (max(other.count, count), min(other.first, first))
        other.last = max(other.last, last)
    }

    /// Memory that somebody else keeps, set by `lend`.
    static func borrowed() -> PlannedMemory { PlannedMemory(count: 0, .forward(0), .forward(0)) }
    func lend(_ pointer: UnsafePointer<Float>) { self.pointer = UnsafeMutablePointer(mutating: pointer) }

    /// From now on, which is before memory is laid out, each thread has so many values of its own.
    func cut(countOfThread: Int, threads: Int) {
        self.countOfThread = MemoryPlan.rounded(countOfThread)
        count = threads * self.countOfThread!
    }

    /// The same memory for whole numbers.
    func words(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(pointer!).bindMemory(to: UInt32.self, capacity: count)
    }
}

/// When something happens in a step: layers run forward in their order, then backward in the opposite one.
enum Moment: Comparable {
    case forward(Int)
    case backward(Int)

    static func < (a: Moment, b: Moment) -> Bool {
        switch (a, b) {
        case (.forward(let a), .forward(let b)): a < b
        case (.backward(let a), .backward(let b)): a > b
        case (.forward, .backward): true
        case (.backward, .forward): false
        }
    }
}

extension Moment {
    /// The beginning or the end of what the last layers do together, from this one on, where it is a moment of theirs.
    fileprivate func joined(from layer: Int, isFirst: Bool) -> Moment {
        let (begin, end) = (Moment.forward(layer), Moment.backward(layer))
        return self < begin || self > end ? self : isFirst ? begin : end
    }

    /// The beginning or the end of what these layers do together, where it is a moment of theirs.
    fileprivate func joined(_ layers: ClosedRange<Int>, isFirst: Bool) -> Moment {
        switch self {
        case .forward(let layer) where layers.contains(layer):
            .forward(isFirst ? layers.lowerBound : layers.upperBound)
        case .backward(let layer) where layers.contains(layer):
            .backward(isFirst ? layers.upperBound : layers.lowerBound)
        default: self
        }
    }
}

/// Gives all values of a model's step their place in one block of memory: what is never needed at the same time shares
/// it.
final class MemoryPlan {
    /// The largest batch.
    let capacity: Int
    /// The number of the layer that is being made.
    private(set) var layer = 0
    /// What the positions of the outputs are that come next.
    var tokens: Tokens?
    /// Of the `visible_tokens` that came last.
    var visible: VisibleTokens?
    private var requests: [PlannedMemory] = []
    private var block: Buffer<Float>?

    init(capacity: Int) { self.capacity = capacity }

    /// Bytes of the whole block.
    private(set) var peak = 0

    /// Called before each layer is made, in their order.
    func beginLayer() { layer += 1 }

    /// The output of the layer that is being made: it may look at the values until it has run backward, and finds their
    /// gradient then.
    func output(_ shape: Shape, wantsGradient: Bool) -> Activation {
        let stride = paddedTo16(shape.sizes.last ?? 1)
        let count = capacity * shape.sizes.dropLast().reduce(1, *) * stride
        let values = reserve(rows(count, stride), .forward(layer), .backward(layer))
        let gradient =
            wantsGradient ? reserve(rows(count, stride), .backward(layer), .backward(layer)) : nil
        var output = Activation(shape: shape, stride: stride, values: values, gradient: gradient)
        output.tokens = tokens
        if tokens?.areVisibleOnly == true { output.visible = visible }
        return output
    }

    /// The same values with a gradient of their own, for one of several who use them.
    func fork(_ activation: Activation) -> Activation {
        let gradient = activation.gradient.map { reserve($0.count, .backward(layer), .backward(layer)) }
        var fork = Activation(
            shape: activation.shape, stride: activation.stride, values: activation.values, gradient: gradient)
        (fork.tokens, fork.visible) = (activation.tokens, activation.visible)
        return fork
    }

    /// The layer that is being made reads this, and writes its gradient when it runs backward.
    func use(_ activation: Activation) {
        guard let gradient = activation.gradient else { return }
        gradient.first = min(gradient.first, .backward(layer))
    }

    /// The input's gradient is what is found there, and needs no memory of its own: whoever is given a gradient only reads it.
    func share(_ gradient: PlannedMemory, with input: Activation) { input.gradient?.become(gradient) }

    /// Memory that the layer that is being made needs in these moments only.
    func scratch(_ count: Int, in phase: Phase) -> PlannedMemory {
        switch phase {
        case .forward: reserve(count, .forward(layer), .forward(layer))
        case .backward: reserve(count, .backward(layer), .backward(layer))
        case .forwardToBackward: reserve(count, .forward(layer), .backward(layer))
        }
    }

    enum Phase { case forward, backward, forwardToBackward }

    /// Products write whole groups of 16 rows.
    private func rows(_ count: Int, _ stride: Int) -> Int { paddedTo16(count / stride) * stride }

    private func reserve(_ count: Int, _ first: Moment, _ last: Moment) -> PlannedMemory {
        let memory = PlannedMemory(count: Self.rounded(count), first, last)
        requests.append(memory)
        return memory
    }

    /// To whole groups of 64, so that no two share a cache line.
    fileprivate static func rounded(_ count: Int) -> Int { (count + 63) / 64 * 64 }

    /// Layers with these numbers run at the same time.
    func join(_ layers: ClosedRange<Int>) {
        for request in requests {
            request.first = request.first.joined(layers, isFirst: true)
            request.last = request.last.joined(layers, isFirst: false)
        }
    }

    /// From a layer with this number on, all layers run forward and backward at the same time.
    func joinBothWays(from layer: Int) {
        for request in requests {
            request.first = request.first.joined(from: layer, isFirst: true)
            request.last = request.last.joined(from: layer, isFirst: false)
        }
    }

    /// Gives everything its place: the largest first, each at the lowest place where nobody is at the same time.
    func layOut() {
        precondition(block == nil, "memory is laid out once")
        var placed: [(memory: PlannedMemory, offset: Int)] = []
        for request in requests.filter({ $0.placed === $0 }).enumerated().sorted(by: {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        })
        .map(\.element) {
            var offset = 0
            let neighbours = placed.filter {
                $0.memory.first <= request.last && request.first <= $0.memory.last
            }
            for (memory, begin) in neighbours.sorted(by: { $0.offset < $1.offset })
            where begin < offset + request.count && offset < begin + memory.count {
                offset = begin + memory.count
            }
            placed.append((request, offset))
        }
        let total = placed.map { $0.offset + $0.memory.count }.max() ?? 0
        let block = Buffer<Float>(count: total)
        for (memory, offset) in placed { memory.pointer = block.pointer + offset }
        for memory in requests { memory.pointer = memory.placed.pointer }
        (self.block, peak) = (block, total * MemoryLayout<Float>.stride)
    }
}
