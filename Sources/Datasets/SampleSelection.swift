import Tensors

/// Which samples of the data take part, and how.
package struct SampleSelection: Equatable, Sendable {
    /// A part of the samples to learn from; the samples to test with are always all there.
    package enum Subset: Equatable, Sendable {
        /// The first so many.
        case first(Int)
        /// A share of them; a smaller share is a part of a larger one.
        case fraction(Double)
        /// So many of each class, or all that a class has; fewer are a part of more.
        case perClass(Int)
    }

    /// The share of the samples to learn from, where the files hold one set for both; the others are for the test.
    package var trainShare: Double?
    package var subset: Subset?
    package var isBalanced = false
    /// The share of the samples to learn from whose label is a wrong one.
    package var labelNoise = 0.0
    package var skipsUnreadable = false

    package init() {}

    /// - Parameter seed: of the run; it decides on label noise alone. Which samples take part depends on their ids only, so
    ///   that runs with other seeds are judged by the same samples.
    func splits(of halves: DatasetHalves, seed: UInt64) throws(SelectionError) -> DatasetSplits {
        var (train, test) = try halved(halves)
        if let subset { train = SampleSet(train.dataset, ids: try Self.ids(subset, of: train)) }
        if labelNoise > 0 { train.labelNoise = LabelNoise(share: labelNoise, seed: seed) }
        train.isBalanced = isBalanced
        (train.skipsUnreadable, test.skipsUnreadable) = (skipsUnreadable, skipsUnreadable)
        return DatasetSplits(train: train, test: test)
    }

    private func halved(_ halves: DatasetHalves) throws(SelectionError) -> (SampleSet, SampleSet) {
        if let test = halves.test {
            guard trainShare == nil else { throw .splitAndTest }
            return (SampleSet(halves.train), SampleSet(test))
        }
        guard let trainShare else { throw .noTest }
        let hash = SampleHash(draw: "split")
        var (train, test): ([UInt32], [UInt32]) = ([], [])
        for id in 0..<UInt32(halves.train.count) {
            if Double(hash.bits(of: id)) * 0x1p-32 < trainShare { train.append(id) } else { test.append(id) }
        }
        guard !train.isEmpty, !test.isEmpty else {
            throw .emptyHalf(share: trainShare, count: halves.train.count, isTrain: train.isEmpty)
        }
        return (
            SampleSet(halves.train, ids: SampleIDs(train)), SampleSet(halves.train, ids: SampleIDs(test))
        )
    }

    private static func ids(_ subset: Subset, of samples: SampleSet) throws(SelectionError) -> SampleIDs {
        let all = (0..<samples.count).map { UInt32(samples.ids[$0]) }
        switch subset {
        case .first(let count):
            guard count <= all.count else { throw .tooFew(wanted: count, found: all.count) }
            return SampleIDs(Array(all.prefix(count)))
        case .fraction(let share):
            let count = Int((share * Double(all.count)).rounded())
            guard count > 0 else { throw .nothingLeft(share: share, count: all.count) }
            return SampleIDs(SampleHash(draw: "subset").least(count, of: all))
        case .perClass(let count):
            var byClass = [[UInt32]](repeating: [], count: samples.dataset.classes)
            for id in all { byClass[samples.dataset.label(of: Int(id))].append(id) }
            let hash = SampleHash(draw: "subset")
            return SampleIDs(byClass.flatMap { hash.least(count, of: $0) }.sorted())
        }
    }
}

extension SampleSet {
    /// Keeps a share of the samples back, with their own labels; which ones depends on their ids alone.
    package func holdingOut(_ share: Double) throws(SelectionError) -> (rest: SampleSet, heldOut: SampleSet) {
        let hash = SampleHash(draw: "validation")
        var (rest, heldOut): ([UInt32], [UInt32]) = ([], [])
        for place in 0..<count {
            let id = UInt32(ids[place])
            if Double(hash.bits(of: id)) * 0x1p-32 < share { heldOut.append(id) } else { rest.append(id) }
        }
        guard !rest.isEmpty, !heldOut.isEmpty else {
            throw .emptyHoldOut(share: share, count: count, isRest: rest.isEmpty)
        }
        var (learned, judged) = (self, SampleSet(dataset, ids: SampleIDs(heldOut)))
        learned.ids = SampleIDs(rest)
        judged.skipsUnreadable = skipsUnreadable
        return (learned, judged)
    }
}

/// Random numbers of samples that depend on their ids alone.
private struct SampleHash {
    private let key: UInt64

    init(draw: String) { key = DrawAddress.key(seed: 0, path: "data", draw: draw) }

    func bits(of id: UInt32) -> UInt32 { DrawAddress(key: key, epoch: 0, sample: UInt64(id)).bits(0) }

    /// The ids with the `count` least numbers, or all, in ascending order of id.
    func least(_ count: Int, of ids: [UInt32]) -> [UInt32] {
        ids.map { (bits(of: $0), $0) }.sorted { $0 < $1 }.prefix(count).map(\.1).sorted()
    }
}

/// Why samples cannot be chosen as the config says.
package enum SelectionError: DataError, Equatable {
    case noTest
    case splitAndTest
    case emptyHalf(share: Double, count: Int, isTrain: Bool)
    case tooFew(wanted: Int, found: Int)
    case nothingLeft(share: Double, count: Int)
    case emptyHoldOut(share: Double, count: Int, isRest: Bool)

    package var description: String {
        switch self {
        case .noTest:
            "the data names no samples to test with; name them as 'test', or split what is there: split: { train: 0.9 }"
        case .splitAndTest:
            "the data names samples to test with, so there is nothing to split; leave out 'split' or 'test'"
        case .emptyHalf(let share, let count, let isTrain):
            "split: { train: \(share) } leaves none of the \(count) samples to \(isTrain ? "learn from" : "test with")"
        case .tooFew(let wanted, let found):
            "subset: { first: \(wanted) } wants more samples than the \(found) that there are"
        case .nothingLeft(let share, let count):
            "subset: { fraction: \(share) } leaves none of the \(count) samples"
        case .emptyHoldOut(let share, let count, let isRest):
            "hold_out: \(share) of \(count) samples leaves none to \(isRest ? "learn from" : "validate with")"
        }
    }
}
