import Datasets
import Tensors
import Testing

@testable import Pipelines

struct SampleOrderTests {
    static func ids(_ order: SampleOrder, epoch: Int, count: Int) -> [UInt32] {
        let samples = SampleSet(TestDataset(count: count, shape: [1]))
        let epoch = order.epoch(epoch, of: samples)
        return (0..<epoch.count).map { UInt32(epoch[$0]) }
    }

    @Test(arguments: [0, 1, 2, 5, 64, 1001]) func `an order is a permutation`(count: Int) {
        let ids = Self.ids(SampleOrder(.shuffled, seed: 8), epoch: 3, count: count)
        #expect(ids.sorted() == (0..<count).map { UInt32($0) })
        #expect(Self.ids(SampleOrder(.sequential, seed: 8), epoch: 3, count: count) == ids.sorted())
    }

    @Test func `an order is a pure function of seed and epoch`() {
        func order(_ seed: UInt64, _ epoch: Int) -> [UInt32] {
            Self.ids(SampleOrder(.shuffled, seed: seed), epoch: epoch, count: 100)
        }
        let orders = [order(0, 0), order(0, 1), order(0, 2), order(1, 0), order(1 << 40, 0)]
        #expect(Set(orders).count == 5)
        #expect(orders == [order(0, 0), order(0, 1), order(0, 2), order(1, 0), order(1 << 40, 0)])
    }

    @Test func `the order of a seed and an epoch is fixed`() {
        let ids = Self.ids(SampleOrder(.shuffled, seed: 0), epoch: 0, count: 60_000)
        #expect(
            ids.prefix(8) == [58420, 32878, 28350, 53953, 52440, 33245, 34852, 30743],
            "the order of samples has changed; if this is meant, 'numericContract' must grow with it")
    }

    @Test func `every order is as likely as any other`() {
        // 24 orders of four samples over 4,800 epochs: a chi-square value with 23 degrees of freedom, which is below
        // 56 in 9,999 of 10,000 cases.
        var counts: [[UInt32]: Int] = [:]
        for epoch in 0..<4800 {
            counts[Self.ids(SampleOrder(.shuffled, seed: 1), epoch: epoch, count: 4), default: 0] += 1
        }
        #expect(counts.count == 24)
        #expect(chiSquare(counts.values.map { Double($0) }, expected: 200) < 56)
    }

    @Test func `every sample is as often at every place`() {
        // 49 pairs of sample and place: 36 degrees of freedom, below 77 in 9,999 of 10,000 cases.
        var counts = [Double](repeating: 0, count: 49)
        for epoch in 0..<3500 {
            let ids = Self.ids(SampleOrder(.shuffled, seed: 2), epoch: epoch, count: 7)
            for (place, id) in ids.enumerated() { counts[place * 7 + Int(id)] += 1 }
        }
        #expect(chiSquare(counts, expected: 500) < 77)
    }

    @Test(arguments: [1, 2, 3, 5, 64, 1000, 1025]) func `a shuffle without memory is a permutation`(
        count: Int
    ) {
        let shuffles = (0..<5).map { key in
            let permutation = Permutation(count: count, key: UInt64(key) << 40 | 7)
            return (0..<count).map { permutation[$0] }
        }
        for shuffle in shuffles { #expect(shuffle.sorted() == Array(0..<count)) }
        if count > 3 { #expect(Set(shuffles).count > 1) }
    }

    @Test func `a shuffle without memory puts every sample at every place`() {
        // 49 pairs of sample and place: 36 degrees of freedom, below 77 in 9,999 of 10,000 cases.
        var counts = [Double](repeating: 0, count: 49)
        for key in 0..<3500 {
            let permutation = Permutation(count: 7, key: UInt64(key) &* 0x9e37_79b9_7f4a_7c15)
            for place in 0..<7 { counts[place * 7 + permutation[place]] += 1 }
        }
        #expect(chiSquare(counts, expected: 500) < 77)
    }

    @Test func `more than a million samples are shuffled, too`() {
        let samples = SampleSet(ManySamples(count: 1 << 20 | 77))
        let order = SampleOrder(.shuffled, seed: 3)
        let (first, second) = (order.epoch(0, of: samples), order.epoch(1, of: samples))
        var seen = [Bool](repeating: false, count: samples.count)
        for position in 0..<samples.count { seen[Int(first[position])] = true }
        #expect(seen.allSatisfy { $0 })
        #expect((0..<100).count { first[$0] == second[$0] } < 5)
        #expect(first.position(of: first[70_000]) == 70_000)
    }

    @Test func `files come one after the other, and samples move inside of windows`() {
        let files = [30, 1, 44, 25]
        let samples = SampleSet(TestDataset(count: 100, shape: [1]))
        let order = SampleOrder(.windows(files: files, size: 20), seed: 6)
        func file(_ id: UInt64) -> Int { [30, 31, 75, 100].firstIndex { id < $0 }! }
        var starts: Set<Int> = []
        for epoch in 0..<20 {
            let ids = (0..<100).map { order.epoch(epoch, of: samples)[$0] }
            #expect(ids.sorted() == (0..<100).map { UInt64($0) })
            // At a window's end nothing of a later window was seen: what was read is a run of the files' order.
            for end in stride(from: 20, through: 100, by: 20) {
                let counts = Dictionary(grouping: ids[..<end], by: file).mapValues(\.count)
                #expect(counts.count { $0.value < files[$0.key] } <= 1)
            }
            #expect(ids != ids.sorted())
            starts.insert(file(ids[0]))
        }
        #expect(starts.count > 2)
    }

    @Test func `a balanced epoch has as many of each class, and other ones each time`() {
        // Labels are 7 · id mod 10 of 0 ..< 45: five samples of five classes, four of the others.
        var samples = SampleSet(TestDataset(count: 45, shape: [1]))
        samples.isBalanced = true
        let epochs = (0..<30).map { epoch -> [UInt64] in
            let order = SampleOrder(.shuffled, seed: 6).epoch(epoch, of: samples)
            return (0..<order.count).map { order[$0] }
        }
        for ids in epochs {
            #expect(Set(ids).count == 40)
            for label in 0..<10 { #expect(ids.count { samples.label(of: Int($0)) == label } == 4) }
        }
        #expect(Set(epochs.flatMap { $0 }).count == 45 && Set(epochs).count == 30)
        let pipeline = try? Fixture.pipeline([], TestDataset(count: 45, shape: [1]), samples: samples)
        #expect(pipeline?.samplesPerEpoch == 40 && pipeline?.batchesPerEpoch == 2)
    }
}

/// Samples that are only counted.
private struct ManySamples: Dataset {
    let count: Int
    let sampleShape: Shape = [1]
    let classes = 1
    let range: ClosedRange<Float> = 0...1
    func label(of id: Int) -> Int { 0 }
    func name(of id: Int) -> String { "" }
    func makeReader() -> any SampleReader { preconditionFailure("nobody reads these") }
}
