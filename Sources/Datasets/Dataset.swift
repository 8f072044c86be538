import Tensors

/// Clean samples that are reached by id, 0 ..< count; what the noise and the training are fed from.
///
/// A sample is the same whenever it is read, and any number of threads may read at the same time. A kind of data that
/// lives in memory as bytes answers `bytes(of:)` too, from which a pipeline decodes many samples at once.
package protocol Dataset: Sendable {
    /// How many samples there are.
    var count: Int { get }
    /// The shape of one sample, innermost axis last: `[28, 28, 1]` for a grey image.
    var sampleShape: Shape { get }
    /// How many classes the labels tell apart.
    var classes: Int { get }
    /// The values that a sample may hold; strengths with the unit `range` are shares of it.
    var range: ClosedRange<Float> { get }

    /// The class of a sample, 0 ..< classes.
    func label(of id: Int) -> Int

    /// Writes the `sampleShape.count` values of a sample to `values`.
    func read(_ id: Int, into values: UnsafeMutablePointer<Float>) throws

    /// The sample's values as bytes that are spread over the range, 0 its low and 255 its high end, or nil when it is not
    /// kept so. Valid as long as the data set lives.
    func bytes(of id: Int) -> UnsafePointer<UInt8>?
}

extension Dataset {
    package func bytes(of id: Int) -> UnsafePointer<UInt8>? { nil }
}

/// What a model learns from and what it is judged by.
package struct DatasetSplits: Sendable {
    package let train: any Dataset
    package let test: any Dataset

    package init(train: any Dataset, test: any Dataset) {
        (self.train, self.test) = (train, test)
    }
}
