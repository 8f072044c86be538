import Datasets
import Tensors

/// In which order epochs go through the samples: a pure function of the seed and the epoch.
package struct SampleOrder: Sendable {
    package enum Kind: Sendable, Equatable {
        /// As they are.
        case sequential
        /// Every order equally likely; of more than 2²⁰ samples a shuffle that takes no memory.
        case shuffled
        /// Files of so many samples each in any order, and inside of every window of so many samples any order: files are read
        /// one after the other, and a sample meets only those near it.
        case windows(files: [Int], size: Int)
    }

    package var kind: Kind
    package var seed: UInt64

    package init(_ kind: Kind, seed: UInt64) { (self.kind, self.seed) = (kind, seed) }

    /// The order in which a model learns from samples: shuffled, as far as the data lets it be.
    package static func training(_ samples: SampleSet, seed: UInt64) -> SampleOrder {
        guard let reading = samples.dataset.reading else { return SampleOrder(.shuffled, seed: seed) }
        let files = reading.counts(of: samples.ids)
        return SampleOrder(.windows(files: files, size: reading.window), seed: seed)
    }

    /// The order of an epoch.
    package func epoch(_ epoch: Int, of samples: SampleSet) -> EpochOrder {
        let ids = samples.ids
        if samples.isBalanced, kind != .sequential {
            return EpochOrder(.listed(balanced(epoch, samples)), of: ids)
        }
        switch kind {
        case .sequential: return EpochOrder(.sequential, of: ids)
        case .shuffled where ids.count <= Self.listLimit:
            return EpochOrder(.listed(shuffled(epoch, (0..<ids.count).map { UInt32($0) })), of: ids)
        case .shuffled:
            return EpochOrder(.permuted(Permutation(count: ids.count, key: key(epoch))), of: ids)
        case .windows(let files, let size):
            precondition(files.reduce(0, +) == ids.count, "files of \(files) samples make no \(ids.count)")
            return EpochOrder(.windows(windows(epoch, files, size)), of: ids)
        }
    }

    /// How many samples an epoch has.
    func samplesPerEpoch(_ samples: SampleSet) -> Int {
        guard samples.isBalanced, kind != .sequential else { return samples.count }
        let counts = samples.classCounts().filter { $0 > 0 }
        return (counts.min() ?? 0) * counts.count
    }

    /// The optimiser's step, counted from 0 over all epochs, at which a sample comes if all can be read; nil if the epoch does
    /// not have it.
    package func step(of id: UInt64, epoch: Int, in samples: SampleSet, batchSize: Int) -> Int? {
        let order = self.epoch(epoch, of: samples)
        let batches = (order.count + batchSize - 1) / batchSize
        return order.position(of: id).map { epoch * batches + $0 / batchSize }
    }

    /// An order of more samples is computed place by place.
    private static let listLimit = 1 << 20

    /// Fisher & Yates's shuffle from the end, with 32-bit words of Philox in order; word · n / 2³² picks among n, which
    /// favours none by more than n / 2³².
    private func shuffled(_ epoch: Int, _ places: [UInt32], draw: String = "shuffle") -> [UInt32] {
        var places = places
        guard places.count > 1 else { return places }
        let key = DrawAddress.key(seed: seed, path: "order", draw: draw)
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        for (drawn, last) in stride(from: places.count - 1, to: 0, by: -1).enumerated() {
            if drawn & 3 == 0 {
                words = philox4x32(
                    counter: (UInt32(drawn >> 2), UInt32(epoch), 0, 0),
                    key: (UInt32(truncatingIfNeeded: key), UInt32(key >> 32)))
            }
            places.swapAt(last, Int((UInt64(words.0) * UInt64(last + 1)) >> 32))
            words = (words.1, words.2, words.3, 0)
        }
        return places
    }

    /// A part of each class as large as the rarest class, another one each epoch, all shuffled.
    private func balanced(_ epoch: Int, _ samples: SampleSet) -> [UInt32] {
        var byClass = [[UInt32]](repeating: [], count: samples.dataset.classes)
        for place in 0..<samples.count {
            byClass[samples.label(of: Int(samples.ids[place]))].append(UInt32(place))
        }
        let least = byClass.lazy.map(\.count).filter { $0 > 0 }.min() ?? 0
        let parts = byClass.enumerated().map { index, places in
            shuffled(epoch, places, draw: "class \(index)").prefix(least)
        }
        return shuffled(epoch, parts.flatMap { $0 })
    }

    private func windows(_ epoch: Int, _ files: [Int], _ size: Int) -> ShuffledFiles {
        var starts = [0]
        for count in files { starts.append(starts.last! + count) }
        var ends: [Int] = []
        let order = shuffled(epoch, (0..<files.count).map { UInt32($0) }, draw: "files").map { Int($0) }
        for file in order { ends.append((ends.last ?? 0) + files[file]) }
        return ShuffledFiles(
            starts: order.map { starts[$0] }, ends: ends, window: size, key: key(epoch))
    }

    private func key(_ epoch: Int) -> UInt64 {
        DrawAddress.key(seed: seed, path: "order", draw: "epoch \(epoch)")
    }
}

/// The samples of one epoch by their positions in it, 0 ..< count.
package struct EpochOrder {
    enum Form {
        case sequential
        case listed([UInt32])
        case permuted(Permutation)
        case windows(ShuffledFiles)
    }

    private let form: Form
    private let ids: SampleIDs
    package let count: Int

    init(_ form: Form, of ids: SampleIDs) {
        (self.form, self.ids) = (form, ids)
        if case .listed(let places) = form { count = places.count } else { count = ids.count }
    }

    /// The id of the sample at a position.
    package subscript(position: Int) -> UInt64 {
        switch form {
        case .sequential: ids[position]
        case .listed(let places): ids[Int(places[position])]
        case .permuted(let permutation): ids[permutation[position]]
        case .windows(let files): ids[files[position]]
        }
    }

    /// Where a sample comes; nil if it does not.
    package func position(of id: UInt64) -> Int? { (0..<count).first { self[$0] == id } }
}

/// Files in a shuffled order, and their samples shuffled inside of windows.
struct ShuffledFiles {
    /// In the epoch's order of the files: the place of each one's first sample, and the position behind its last.
    let starts: [Int]
    let ends: [Int]
    let window: Int
    let key: UInt64

    subscript(position: Int) -> Int {
        let first = position - position % window
        let size = min(window, ends[ends.count - 1] - first)
        let shuffled = first + Permutation(count: size, key: key &+ UInt64(first))[position - first]
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= shuffled { low = middle + 1 } else { high = middle }
        }
        return starts[low] + shuffled - (low > 0 ? ends[low - 1] : 0)
    }
}
