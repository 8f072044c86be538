import Generators
import Tensors
import Testing
import VectorKernels

/// Programs against the reference on graphs that nobody thought of.
struct RandomGraphTests {
    static let shapes: [Shape] = [
        [3, 5, 2], [1, 7, 1], [2, 3, 4, 3], [37], [1], [16, 5], [33, 35, 1], [4, 64, 9],
        [0], [3, 0, 2], [0, 4],
    ]

    @Test(arguments: shapes.indices) func `random graphs have the reference's bits`(place: Int) {
        let shape = Self.shapes[place]
        // The larger a sample, the longer the reference takes.
        for seed in 0..<max(8, min(100, 20_000 / max(1, shape.count))) {
            var random = GraphMaker(shape: shape, seed: UInt64(place * 1000 + seed))
            let chain = random.chain(operations: 3 + seed % 40)
            let sample = random.sample(shape.count)
            guard let difference = random.difference(between: chain, on: sample) else { continue }
            Issue.record("shape \(shape), seed \(seed): \(difference)")
        }
    }
}

/// Makes graphs and samples from a seed.
private struct GraphMaker {
    private var address: DrawAddress
    private var drawn = 0
    private var graph: Graph
    private var numbers: [NodeID] = []
    private var masks: [NodeID] = []
    private let shape: Shape

    /// What breaks arithmetic that was not thought through.
    private static let odd: [Float] = [
        0, -0.0, 1, -1, 0.5, -2.5, .nan, -.nan, .infinity, -.infinity, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
        1e-30, 3e9,
        -7e18, 88.8, -104, 0.999_999_94, 16_777_215,
    ]

    init(shape: Shape, seed: UInt64) {
        address = DrawAddress(key: seed, epoch: 0, sample: 0)
        self.shape = shape
        graph = Graph(shape: shape)
        numbers = [graph.input]
        masks = [graph.mask(true), graph.mask(false, shape: graph.full)]
    }

    private mutating func below(_ count: Int) -> Int {
        drawn += 1
        return Int(address.bits(drawn)) % count
    }

    private mutating func oddValue() -> Float { Self.odd[below(Self.odd.count)] }

    mutating func sample(_ count: Int) -> [Float] {
        (0..<count).map { _ in below(3) == 0 ? oddValue() : Float(below(20_001) - 10_000) / 4096 }
    }

    /// A shape that broadcasts to the sample's.
    private mutating func part() -> Shape {
        switch below(4) {
        case 0: return graph.full
        case 1: return []
        default: return Shape(graph.full.sizes.map { below(2) == 0 ? 1 : $0 }).trimmed
        }
    }

    private mutating func places() -> [Int] { (0..<4).filter { _ in below(2) == 0 } }

    /// Mostly one of the latest nodes, so that graphs grow deep as well as wide.
    private mutating func number() -> NodeID {
        below(3) == 0
            ? numbers[below(numbers.count)] : numbers[numbers.count - 1 - below(min(4, numbers.count))]
    }

    private mutating func mask() -> NodeID { masks[masks.count - 1 - below(min(6, masks.count))] }

    mutating func chain(operations: Int) -> TracedChain {
        for _ in 0..<operations { addOperation() }
        // An output along all axes.
        let values = graph.elementwise(
            .add, number(), graph.elementwise(.multiply, graph.input, graph.constant(0.5)))
        let hidden = graph.elementwise(.and, mask(), graph.mask(true, shape: graph.full))
        return TracedChain(graph: graph, values: values, mask: below(2) == 0 ? hidden : nil)
    }

    private mutating func schedule() -> Schedule {
        let (from, length) = (Double(below(5)), 1 + below(4))
        let curves: [Schedule.Curve] = [
            .ramp(from: from, to: -2.25, length: length), .cosine(from: from, to: 7, length: length),
            .steps(from: from, [.init(time: 1, value: 0.75), .init(time: 3, value: -1)]),
        ]
        return Schedule(curves[below(3)], clock: below(2) == 0 ? .epochs : .steps)
    }

    private mutating func addOperation() {
        switch below(16) {
        case 12, 13, 14: addWholeOperation()
        case 0: numbers.append(graph.constant(oddValue()))
        case 1:
            numbers.append(
                graph.draw(below(2) == 0 ? .uniform : .normal, key: UInt64(below(3)), shape: part()))
        case 2:
            let place = below(graph.full.rank + 1)
            numbers.append(graph.index(place, count: graph.full.size(place)))
        case 3: numbers.append(graph.schedule(schedule()))
        case 4, 5:
            let reduction = [Reduction.sum, .mean, .minimum, .maximum][below(4)]
            numbers.append(graph.reduce(reduction, number(), over: places()))
        case 6: numbers.append(graph.elementwise(.select, mask(), number(), number()))
        default: addElementwise()
        }
    }

    /// One that needs whole values; its result is brought back to a shape that the sample's broadcasts with.
    private mutating func addWholeOperation() {
        let value = number()
        let shape = graph.nodes[value].shape
        let axis = below(max(1, shape.rank))
        let size = shape.size(axis)
        switch below(11) {
        case 9: numbers.append(graph.add(.whole(.order(axis: axis)), [value], shape: shape, type: .number))
        case 10:
            // Along the last axis, as rng:permutation makes them: one for all runs, or one for each.
            let last = graph.full.rank - 1
            guard last >= 0 else { return }
            let run = below(2) == 0 ? Shape.along(last, graph.full.size(last)) : graph.full
            numbers.append(
                graph.add(
                    .whole(.permutation(key: UInt64(below(9)), axis: last)), shape: run, type: .number))
        case 0: numbers.append(graph.scan([.sum, .minimum, .maximum][below(3)], value, along: axis))
        case 1:
            // Positions that vary along the axis only, along others, or along all.
            let positions = graph.elementwise(.multiply, number(), graph.constant(Float(1 + below(9))))
            let common = Shape.broadcast([graph.nodes[positions].shape, shape.with(1, at: axis), graph.full])
            guard common == graph.full else { return }
            numbers.append(graph.gather(value, at: [(axis, positions)]))
        case 2:
            let other = (axis + 1) % max(2, shape.rank)
            let positions = [(axis, number()), (other, number())].map { (axis: $0.0, node: $0.1) }
            numbers.append(graph.gather(value, at: positions, border: [.edge, .wrap, .reflect][below(3)]))
        case 3:
            let index = graph.elementwise(
                .subtract, graph.index(axis, count: size), graph.constant(Float(below(7) - 3)))
            let border: [Border] = [.edge, .wrap, .reflect, .value(graph.constant(oddValue()))]
            numbers.append(graph.gather(value, at: [(axis, index)], border: border[below(4)]))
        case 4:
            let taps = 1 + 2 * below(3)
            let kernel = graph.table((0..<taps).map { _ in oddValue() }, shape: .along(axis, taps))
            let padded = graph.padded(value, along: axis, low: taps / 2, high: taps / 2, border: .wrap)
            numbers.append(graph.correlate(padded, kernel: kernel, along: [axis]))
        case 5:
            guard graph.nodes[value].shape.count < 500 else { return }
            let parts = graph.fourier(real: value, imaginary: nil, along: axis, inverse: below(2) == 0)
            numbers += [parts.real, parts.imaginary]
        case 6:
            let counts = graph.reduce(.maximum, number(), over: Array(0..<8))
            masks.append(graph.add(.whole(.top), [value, counts], shape: shape, type: .mask))
        case 7:
            guard graph.full.rank > 0 else { return }
            let counts = graph.constant(oddValue(), shape: [])
            let run = Shape.along(graph.full.rank - 1, graph.full.size(graph.full.rank - 1))
            masks.append(
                graph.add(
                    .whole(.choose(key: UInt64(below(9)), axis: graph.full.rank - 1)), [counts], shape: run,
                    type: .mask))
        default:
            let flat = graph.reshape(value, to: [shape.count])
            numbers.append(graph.reshape(graph.scan(.sum, flat, along: 0), to: shape))
        }
    }

    private mutating func addElementwise() {
        let operation = ElementwiseOperation.allCases[below(ElementwiseOperation.allCases.count)]
        switch operation {
        case .and, .or: masks.append(graph.elementwise(operation, mask(), mask()))
        case .not: masks.append(graph.elementwise(operation, mask()))
        case .less, .lessEqual, .equal, .notEqual:
            masks.append(graph.elementwise(operation, number(), number()))
        case .select: masks.append(graph.elementwise(.select, mask(), mask(), mask()))
        default:
            if operation.operandCount == 3 {
                return numbers.append(graph.elementwise(operation, number(), number(), number()))
            }
            numbers.append(
                operation.operandCount == 1
                    ? graph.elementwise(operation, number())
                    : graph.elementwise(operation, number(), number()))
        }
    }

    /// Says where the program and the reference differ, nil if nowhere.
    func difference(between chain: TracedChain, on sample: [Float]) -> String? {
        let expected = ReferenceExecutor(chain).run(sample, id: 5, epoch: 1)
        for kernels in Fixture.kernelSets {
            let found = Fixture.run(chain, sample, id: 5, epoch: 1, kernels: kernels)
            if let text = firstDifference(found.values, expected.values) {
                return "\(kernels.instructionSet): \(text)"
            }
            if found.mask != expected.mask { return "\(kernels.instructionSet): the masks differ" }
        }
        return nil
    }
}

extension GraphMaker: RandomNumberGenerator {
    mutating func next() -> UInt64 { UInt64(below(1 << 30)) << 34 | UInt64(below(1 << 30)) << 4 }
}
