import Pipelines
import Tensors
import Testing

struct SampleOrderTests {
    static func ids(_ order: SampleOrder, epoch: Int, count: Int) -> [UInt32] {
        let ids = Buffer<UInt32>(count: count)
        order.write(epoch: epoch, count: count, to: ids.pointer)
        return ids.values
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
}
