import Kernels
import MachineCode
import Tensors
import Testing
import VectorKernels

@testable import Generators

/// Loops of machine code beside the kernels, on made-up runs of steps: more values than there are registers, values that are
/// overwritten, read again much later, or wanted after the loop.
struct StepTranslatorTests {
    static let length = 40
    /// Not equal bits for NaNs of different payload: they are one value.
    static func same(_ a: Float, _ b: Float) -> Bool { a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN) }

    /// Four areas of memory, one for each base, filled with values that operations can disagree about.
    struct Memory {
        static let places = 24
        let areas: [Buffer<Float>]
        let bases = Buffer<UnsafeMutablePointer<Float>>(count: 4)

        init(seed: UInt64) {
            var random = SplitMix(state: seed)
            let special: [Float] = [
                0, -0.0, 1, -1, 0.5, 1.5, 2.5, -2.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
                -.leastNormalMagnitude, 16_777_216, 3e38,
            ]
            areas = (0..<4).map { _ in
                let area = Buffer<Float>(count: Self.places * StepTranslatorTests.length)
                for index in 0..<area.count {
                    area[index] =
                        random.next() % 4 == 0
                        ? special[Int(random.next() % UInt64(special.count))]
                        : Float(random.next() % 2000) / 64 - 15
                }
                return area
            }
            for base in 0..<4 { bases[base] = areas[base].pointer }
        }

        func pointer(_ place: Place) -> UnsafeMutablePointer<Float> {
            areas[place.base.rawValue].pointer + (place.base == .input ? 0 : place.offset)
        }
    }

    struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }

    /// All ones or all zeros in each element, and nothing else is written there.
    static let masks = [20, 22, 23].map { Place(base: .register, offset: $0 * length) }

    static let translatable: [ElementwiseOperation] = [
        .add, .subtract, .multiply, .divide, .floorDivide, .modulo, .minimum, .maximum, .less, .lessEqual,
        .equal,
        .notEqual, .and, .or, .not, .select, .multiplyAdd, .negate, .absolute, .floor, .ceil, .round,
        .squareRoot,
    ]

    static func steps(seed: UInt64, count: Int, uniform: Set<Place>) -> [Step] {
        var random = SplitMix(state: seed)
        func place(_ base: Place.Base, _ index: UInt64) -> Place {
            Place(base: base, offset: Int(index) * length)
        }
        func source(_ random: inout SplitMix) -> Place {
            switch random.next() % 8 {
            case 0: place(.slot, random.next() % 8)
            case 1: place(.input, 0)
            case 2: place(.output, 0)
            default: place(.register, random.next() % 20)
            }
        }
        return (0..<count).map { _ in
            let operation = translatable[Int(random.next() % UInt64(translatable.count))]
            let (a, b, c) = (source(&random), source(&random), source(&random))
            var to = source(&random)
            while to.base == .input || uniform.contains(to) || masks.contains(to) { to = source(&random) }
            let hidden = masks[Int(random.next() % 3)]
            let others = (masks[Int(random.next() % 3)], masks[Int(random.next() % 3)])
            switch operation {
            case .select: return .elementwise(.select, hidden, b, c, to: to)
            case .and, .or, .not: return .elementwise(operation, others.0, others.1, others.0, to: hidden)
            case .less, .lessEqual, .equal, .notEqual: return .elementwise(operation, a, b, a, to: hidden)
            default: break
            }
            return .elementwise(operation, a, b, c, to: to)
        }
    }

    /// Runs steps with kernels, or as their translator says, and returns what `outputMask` steps read when they ran, and what is
    /// in slots and output at the end.
    static func run(_ steps: [Step], uniform: Set<Place>, _ kernels: NoiseKernels, translated: Bool) throws
        -> [Float]
    {
        let memory = Memory(seed: 99)
        for index in 0..<length {
            for (place, mask) in masks.enumerated() {
                memory.pointer(mask)[index] = Float(bitPattern: (index + place) % (place + 2) == 0 ? .max : 0)
            }
            for place in uniform { memory.pointer(place)[index] = memory.pointer(place)[0] }
        }
        var read: [Float] = []
        func run(_ step: Step) {
            switch step {
            case .elementwise(let operation, let a, let b, let c, let to):
                kernels.elementwise(
                    operation, memory.pointer(to), memory.pointer(a), memory.pointer(b), memory.pointer(c),
                    length)
            case .outputMask(let place): read += (0..<length).map { memory.pointer(place)[$0] }
            default: return
            }
        }
        if translated {
            let (actions, code) = try #require(StepTranslator(steps, uniform: uniform).make())
            for action in actions {
                switch action {
                case .step(let step): run(step)
                case .loop(let loop): loop(memory.bases.pointer, length * 4)
                }
            }
            withExtendedLifetime(code) {}
        } else {
            steps.forEach(run)
        }
        return read + memory.areas[1].values + memory.areas[3].values
    }

    @Test func `loops leave in memory what kernels leave there`() throws {
        guard let kernels = KernelSet.of(.avx2)?.noise else {
            print("skipped: this processor lacks AVX2")
            return
        }
        let uniform: Set<Place> = Set(
            [0, 1, 2, 3, 5, 8, 13, 19].map { Place(base: .register, offset: $0 * Self.length) })
        var lengths = Set<Int>()
        for seed in 0..<400 as Range<UInt64> {
            var steps = Self.steps(seed: seed, count: 1 + Int(seed % 60), uniform: uniform)
            // What is not elementwise parts the loops and reads what they leave in registers.
            if seed % 3 == 0 {
                steps.insert(
                    .outputMask(Place(base: .register, offset: 22 * Self.length)), at: steps.count / 2)
            }
            steps.append(.outputMask(Place(base: .register, offset: 9 * Self.length)))
            let expected = try Self.run(steps, uniform: uniform, kernels, translated: false)
            let found = try Self.run(steps, uniform: uniform, kernels, translated: true)
            lengths.insert(steps.count)
            let difference = zip(expected, found).enumerated().first { !Self.same($1.0, $1.1) }
            #expect(difference == nil, "seed \(seed): \(steps)")
        }
        #expect(lengths.count > 35)
    }

    @Test func `a difference is seen`() throws {
        guard let kernels = KernelSet.of(.avx2)?.noise else { return }
        let place = { (index: Int) in Place(base: .slot, offset: index * Self.length) }
        let add = Step.elementwise(.add, place(1), place(2), place(1), to: place(3))
        let subtract = Step.elementwise(.subtract, place(1), place(2), place(1), to: place(3))
        let (a, b) = (
            try Self.run([add], uniform: [], kernels, translated: true),
            try Self.run([subtract], uniform: [], kernels, translated: false)
        )
        #expect(!zip(a, b).allSatisfy(Self.same))
    }

    @Test func `a loop goes over as many vectors as it is told`() throws {
        guard KernelSet.of(.avx2) != nil else { return }
        let memory = Memory(seed: 4)
        let step = Step.elementwise(
            .negate, Place(base: .slot, offset: 0), Place(base: .slot, offset: 0),
            Place(base: .slot, offset: 0),
            to: Place(base: .output, offset: 0))
        let before = memory.areas[3].values
        let (actions, code) = try #require(StepTranslator([step], uniform: []).make())
        guard case .loop(let loop) = actions[0] else {
            Issue.record("a step stayed a step")
            return
        }
        loop(memory.bases.pointer, 64)
        withExtendedLifetime(code) {}
        for index in 0..<40 {
            let expected = index < 16 ? -memory.areas[1][index] : before[index]
            #expect(Self.same(memory.areas[3][index], expected), "\(index)")
        }
    }
}
