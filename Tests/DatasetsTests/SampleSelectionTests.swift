import Tensors
import Testing

@testable import Datasets

/// Samples of which only the labels count: id · id mod 7.
private struct Numbers: Dataset {
    var count = 2000
    let sampleShape: Shape = [1]
    let classes = 7
    let range: ClosedRange<Float> = 0...1
    func label(of id: Int) -> Int { id * id % 7 }
    func name(of id: Int) -> String { "number \(id)" }
    func makeReader() -> any SampleReader { fatalError("nobody reads these") }
}

@Suite struct SampleSelectionTests {
    private func splits(
        count: Int = 2000, hasTest: Bool = true, seed: UInt64 = 3, _ change: (inout SampleSelection) -> Void
    ) throws -> DatasetSplits {
        var selection = SampleSelection()
        change(&selection)
        let numbers = Numbers(count: count)
        return try selection.splits(
            of: DatasetHalves(train: numbers, test: hasTest ? Numbers(count: 50) : nil), seed: seed)
    }

    private func ids(_ samples: SampleSet) -> [UInt64] { (0..<samples.count).map { samples.ids[$0] } }

    @Test func `a split gives each sample to one half by its id alone`() throws {
        let whole = try splits(hasTest: false) { $0.trainShare = 0.8 }
        let (train, test) = (ids(whole.train), ids(whole.test))
        #expect((train + test).sorted() == (0..<2000).map { UInt64($0) })
        #expect(train == train.sorted() && test == test.sorted())
        #expect((1530...1670).contains(train.count))  // four standard deviations
        // More data moves nobody, and neither does another seed.
        let more = try splits(count: 3000, hasTest: false, seed: 9) { $0.trainShare = 0.8 }
        #expect(ids(more.train).filter { $0 < 2000 } == train)
        let larger = try splits(hasTest: false) { $0.trainShare = 0.9 }
        #expect(Set(ids(larger.train)).isSuperset(of: train))
    }

    @Test func `subsets hold what they say, and smaller ones are in larger ones`() throws {
        #expect(ids(try splits { $0.subset = .first(30) }.train) == (0..<30).map { UInt64($0) })
        let (tenth, fifth) = (
            ids(try splits { $0.subset = .fraction(0.1) }.train),
            ids(try splits { $0.subset = .fraction(0.2) }.train)
        )
        #expect(tenth.count == 200 && fifth.count == 400 && Set(fifth).isSuperset(of: tenth))
        #expect(fifth == fifth.sorted() && fifth.last! > 1900)
        let few = try splits { $0.subset = .perClass(5) }
        #expect(few.train.classCounts() == [5, 5, 5, 0, 5, 0, 0])
        #expect(Set(ids(try splits { $0.subset = .perClass(9) }.train)).isSuperset(of: ids(few.train)))
        #expect(few.test.count == 50)
    }

    @Test func `so many labels are wrong as label noise says, always the same ones`() throws {
        let clean = try splits { _ in }.train
        let noisy = try splits { $0.labelNoise = 0.3 }.train
        let again = try splits { $0.labelNoise = 0.3 }
        let other = try splits(seed: 4) { $0.labelNoise = 0.3 }.train
        let wrong = (0..<2000).filter { clean.label(of: $0) != noisy.label(of: $0) }
        #expect((518...682).contains(wrong.count))
        #expect((0..<2000).allSatisfy { noisy.label(of: $0) == again.train.label(of: $0) })
        #expect((0..<2000).contains { noisy.label(of: $0) != other.label(of: $0) })
        #expect((0..<50).allSatisfy { again.test.label(of: $0) == $0 * $0 % 7 })
        // Every other class is as likely: steps of 1 … 6.
        var steps = [Int](repeating: 0, count: 7)
        for id in wrong { steps[(noisy.label(of: id) - clean.label(of: id) + 7) % 7] += 1 }
        #expect(steps[0] == 0 && steps[1...].allSatisfy { (60...140).contains($0) })
    }

    @Test func `choices that leave nothing are told`() {
        func text(hasTest: Bool = true, _ change: (inout SampleSelection) -> Void) -> String? {
            #expect(throws: SelectionError.self) { try splits(count: 20, hasTest: hasTest, change) }?
                .description
        }
        #expect(
            text(hasTest: false) { _ in }
                == "the data names no samples to test with; name them as 'test', or split what is there: split: { train: 0.9 }"
        )
        #expect(
            text { $0.trainShare = 0.5 }
                == "the data names samples to test with, so there is nothing to split; leave out 'split' or 'test'"
        )
        #expect(
            text(hasTest: false) { $0.trainShare = 1 }
                == "split: { train: 1.0 } leaves none of the 20 samples to test with")
        #expect(
            text { $0.subset = .first(21) }
                == "subset: { first: 21 } wants more samples than the 20 that there are")
        #expect(
            text { $0.subset = .fraction(0.01) } == "subset: { fraction: 0.01 } leaves none of the 20 samples"
        )
    }

    @Test func `ids know their places`() {
        let some = SampleIDs([2, 3, 7, 11])
        #expect((0..<4).map { some[$0] } == [2, 3, 7, 11] && some.count == 4)
        #expect([0, 2, 3, 4, 7, 11, 12].map { some.place(of: $0) } == [nil, 0, 1, nil, 2, 3, nil])
        let range = SampleIDs(5..<9)
        #expect((0..<4).map { range[$0] } == [5, 6, 7, 8])
        #expect([4, 5, 8, 9].map { range.place(of: $0) } == [nil, 0, 3, nil])
    }
}
