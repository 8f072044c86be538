import Datasets
import Tensors

/// Clean samples with a class each, which a ``Pipeline`` reads by id, 0 ..< count.
public struct Samples: Sendable {
    let dataset: any Dataset

    public var count: Int { dataset.count }
    /// The shape of one sample, innermost axis last.
    public var shape: [Int] { dataset.sampleShape.sizes }
    /// How many classes the labels tell apart.
    public var classes: Int { dataset.classes }
    /// The values that a sample may hold.
    public var range: ClosedRange<Float> { dataset.range }

    /// Samples in memory, copied.
    ///
    /// - Parameters:
    ///   - values: row-major, `labels.count` samples of `shape`.
    ///   - labels: a class for each sample, at least 0.
    ///   - range: the values that a sample may hold, which is not checked.
    /// - Throws: a ``MottleError`` of the kind `argument` if the numbers of values and labels disagree.
    public init(
        _ values: [Float], shape: [Int], labels: [Int], range: ClosedRange<Float> = 0...1
    ) throws(MottleError) {
        dataset = try ArrayDataset(.floats(Buffer(values)), count: values.count, shape, labels, range)
    }

    /// Samples of bytes in memory, copied; a byte b stands for the value b / 255.
    ///
    /// - Throws: a ``MottleError`` of the kind `argument` if the numbers of bytes and labels disagree.
    public init(bytes: [UInt8], shape: [Int], labels: [Int]) throws(MottleError) {
        dataset = try ArrayDataset(.bytes(Buffer(bytes)), count: bytes.count, shape, labels, 0...1)
    }

    /// Images and labels from IDX files, gzipped or not, or NPY files: [N, height, width] or [N, height, width, channels]
    /// bytes, which stand for b / 255, and N labels.
    ///
    /// - Throws: a ``MottleError`` of the kind `data` that names the file.
    public init(images: String, labels: String) throws(MottleError) {
        do {
            dataset = try ClassifiedImages(.files(images: images, labels: labels))
        } catch {
            throw MottleError(error)
        }
    }

    /// Fashion-MNIST from Debian's package `dataset-fashion-mnist`: 60,000 images to learn from, 10,000 to test with.
    ///
    /// - Throws: a ``MottleError`` of the kind `data`.
    public static func fashionMNIST() throws(MottleError) -> (train: Samples, test: Samples) {
        do {
            let splits = try DatasetSource(.fashionMNIST).load()
            return (Samples(dataset: splits.train.dataset), Samples(dataset: splits.test.dataset))
        } catch {
            throw MottleError(.data, "\(error)")
        }
    }

    private init(dataset: any Dataset) { self.dataset = dataset }
}

/// Samples in memory; nothing is written after it is made.
private final class ArrayDataset: Dataset {
    enum Values {
        case floats(Buffer<Float>)
        case bytes(Buffer<UInt8>)
    }
    let count: Int
    let sampleShape: Shape
    let classes: Int
    let range: ClosedRange<Float>
    private let values: Values
    private let labels: [Int]

    init(
        _ values: Values, count: Int, _ shape: [Int], _ labels: [Int], _ range: ClosedRange<Float>
    ) throws(MottleError) {
        sampleShape = Shape(shape)
        guard shape.allSatisfy({ $0 > 0 }), labels.count * sampleShape.count == count else {
            throw MottleError(
                .argument,
                "\(labels.count) samples of \(sampleShape) wanted, one for each label, got \(count) values")
        }
        guard labels.allSatisfy({ Int32(exactly: $0) ?? -1 >= 0 }) else {
            throw MottleError(
                .argument, "labels must be 0 or more, got \(labels.first { Int32(exactly: $0) ?? -1 < 0 }!)")
        }
        (self.values, self.labels, self.range) = (values, labels, range)
        (self.count, classes) = (labels.count, (labels.max() ?? 0) + 1)
    }

    func label(of id: Int) -> Int { labels[id] }

    func name(of id: Int) -> String { "sample \(id)" }

    func makeReader() -> any SampleReader { Reader(values, size: sampleShape.count) }

    private final class Reader: SampleReader {
        private let values: Values
        private let size: Int

        init(_ values: Values, size: Int) { (self.values, self.size) = (values, size) }

        func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
            switch values {
            case .floats(let floats): CleanSample(.floats(floats.pointer + id * size))
            case .bytes(let bytes): CleanSample(.bytes(bytes.pointer + id * size, scale: 1 / 255, low: 0))
            }
        }
    }
}
