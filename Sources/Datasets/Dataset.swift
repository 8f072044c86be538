import Kernels
import Tensors

/// Clean samples that are reached by id, 0 ..< count; what the noise and the training are fed from.
///
/// A sample is the same whenever it is read, and any number of threads may read at the same time, each with a reader of its
/// own.
package protocol Dataset: Sendable {
    /// How many samples there are, fewer than 2³².
    var count: Int { get }
    /// The shape of one sample, innermost axis last: `[28, 28, 1]` for a grey image.
    var sampleShape: Shape { get }
    /// How many classes the labels tell apart.
    var classes: Int { get }
    /// What the classes are called, where that is known.
    var classNames: [String]? { get }
    /// The values that a sample may hold; strengths with the unit `range` are shares of it.
    var range: ClosedRange<Float> { get }
    /// How many token ids there are, 0 ..< vocabularySize; nil where samples are values.
    var vocabularySize: Int? { get }

    /// Values a second of a sound; nil where samples are none.
    var sampleRate: Int? { get }

    /// The sounds of which samples are features; nil where samples are what the files hold.
    var sounds: UnderlyingSounds? { get }

    /// In which order samples are best read; nil where any is as good.
    var reading: ReadingOrder? { get }

    /// The class of a sample, 0 ..< classes.
    func label(of id: Int) -> Int

    /// What a person finds a sample by: its file, and its place in it where a file holds several.
    func name(of id: Int) -> String

    /// What reads samples for one thread.
    func makeReader() -> any SampleReader
}

extension Dataset {
    package var classNames: [String]? { nil }
    package var vocabularySize: Int? { nil }
    package var sampleRate: Int? { nil }
    package var sounds: UnderlyingSounds? { nil }
    package var reading: ReadingOrder? { nil }

    /// What a class is called, for a person.
    package func className(_ label: Int) -> String { classNames?[label] ?? "class \(label)" }
}

/// The same samples as sounds, and what features are made of them.
package struct UnderlyingSounds: Sendable {
    package let dataset: any Dataset
    package let features: MelSettings

    package init(dataset: any Dataset, features: MelSettings) {
        (self.dataset, self.features) = (dataset, features)
    }
}

/// How a data set wants to be read that lies in large files: one after the other.
package struct ReadingOrder: Equatable, Sendable {
    /// How many samples each file has, in the order of their ids.
    package var files: [Int]
    /// How many samples are shuffled among each other.
    package var window: Int

    /// How many of some samples each file has.
    package func counts(of ids: SampleIDs) -> [Int] {
        var (counts, first, place) = ([Int](), UInt64(0), 0)
        for count in files {
            let end = first + UInt64(count)
            let start = place
            // The place of the first id behind the file, by halving.
            var high = ids.count
            while place < high {
                let middle = (place + high) / 2
                if ids[middle] < end { place = middle + 1 } else { high = middle }
            }
            counts.append(place - start)
            first = end
        }
        return counts
    }
}

/// Reads the samples of a data set for one thread, with memory of its own.
package protocol SampleReader: AnyObject {
    /// A sample's values, and what is known of them.
    ///
    /// - Parameter scratch: room for a sample's values, which the result may use, also as bytes. What the result points to
    ///   elsewhere is the data set's own, except `words`, which may be gone when the next sample is read.
    /// - Throws: a ``DataError`` for a sample that cannot be read.
    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample

    /// Hears which sample is wanted next.
    func prefetch(_ id: Int)
}

extension SampleReader {
    package func prefetch(_ id: Int) {}
}

/// Why data cannot be read: something that a person can mend in the files. Its description names the file.
package protocol DataError: Error, CustomStringConvertible {}

/// What a model learns from and what it is judged by, as files have them.
package struct DatasetHalves: Sendable {
    package var train: any Dataset
    /// Nil where the files are all of one kind and the config says how to split them.
    package var test: (any Dataset)?

    package init(train: any Dataset, test: (any Dataset)?) { (self.train, self.test) = (train, test) }
}
