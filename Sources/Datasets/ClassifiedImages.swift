import CSystem
import Tensors

/// Images with a class each, decoded from files when they are asked for.
package final class ClassifiedImages: Dataset {
    package let count: Int
    package let sampleShape: Shape
    package let classes: Int
    package let classNames: [String]?
    package let range: ClosedRange<Float>

    private let images: JoinedArrays
    private let labels: JoinedArrays

    /// - Parameters:
    ///   - classes: how many there are; nil takes CIFAR's, or the largest label plus one.
    ///   - range: the values that samples may hold; nil takes what follows from the type of the numbers.
    /// - Throws: ``DatasetError`` that names the file.
    package convenience init(
        _ half: ClassifiedFiles.Half, classes: Int? = nil, classNames: [String]? = nil,
        range: ClosedRange<Float>? = nil
    ) throws(DatasetError) {
        switch half {
        case .files(let images, let labels):
            try self.init(
                [StoredArray(images, holding: .images)], [StoredArray(labels, holding: .labels)],
                classes: classes, classNames: classNames, range: range)
        case .members(let file, let images, let labels):
            let archive = try ArrayArchive(file)
            try self.init(
                [archive.array(images)], [archive.array(labels)], classes: classes, classNames: classNames,
                range: range)
        case .cifar(let kind, let files):
            var (images, labels): ([StoredArray], [StoredArray]) = ([], [])
            for file in files {
                let arrays = try kind.arrays(file)
                images.append(arrays.images)
                labels.append(arrays.labels)
            }
            try self.init(
                images, labels, classes: classes ?? kind.classes, classNames: kind.classNames, range: range)
        }
    }

    /// - Parameters:
    ///   - imageParts: of one type and one sample's shape, at least one.
    ///   - labelParts: as many labels as images.
    private init(
        _ imageParts: [StoredArray], _ labelParts: [StoredArray], classes: Int?, classNames: [String]?,
        range: ClosedRange<Float>?
    ) throws(DatasetError) {
        let (first, firstLabels) = (imageParts[0], labelParts[0])
        guard first.shape.rank >= 2 else { throw .imageShape(file: first.name, shape: first.shape) }
        guard firstLabels.shape.rank == 1 else {
            throw .labelShape(file: firstLabels.name, shape: firstLabels.shape)
        }
        for array in imageParts + labelParts where array.shape.sizes.contains(0) {
            throw .empty(file: array.name, shape: array.shape)
        }
        (images, labels) = (JoinedArrays(imageParts), JoinedArrays(labelParts))
        count = images.count
        guard labels.count == count else {
            throw .countsDisagree(
                images: first.name, imageCount: count, labels: firstLabels.name, labelCount: labels.count)
        }
        guard count <= UInt32.max else { throw .tooManySamples(file: first.name, count: count) }
        guard let range = range ?? first.type.range else {
            throw .rangeUnknown(file: first.name, type: first.type)
        }
        self.range = range
        let sizes = Array(first.shape.sizes.dropFirst())
        sampleShape = Shape(sizes.count == 2 ? sizes + [1] : sizes)
        let largest = try labels.largestLabel()
        self.classes = classes ?? largest + 1
        self.classNames = classNames
        try labels.checkLabels(self.classes)
        labels.forget()
    }

    package func label(of id: Int) -> Int {
        let label = labels.wholeNumber(id) ?? -1
        precondition(label >= 0 && label < classes, "the file of labels was changed while it was read")
        return label
    }

    package func name(of id: Int) -> String { images.name(of: id) }

    package func makeReader() -> any SampleReader { ArrayReader(images, labels, range) }
}

/// Reads rows of arrays; all threads share what is mapped into memory.
private final class ArrayReader: SampleReader {
    private let arrays: JoinedArrays
    private let labels: JoinedArrays
    private let range: ClosedRange<Float>
    private let (scale, low): (Double, Double)
    /// What reading a row brings into memory, and how much may have been brought before it is given back.
    private let rowBytes: Int
    private static let keptBytes = 1 << 22
    private var touchedBytes = 0

    init(_ arrays: JoinedArrays, _ labels: JoinedArrays, _ range: ClosedRange<Float>) {
        (self.arrays, self.labels, self.range) = (arrays, labels, range)
        // Linux maps sixteen pages around the one that is asked for.
        rowBytes = arrays.isLarge ? max(1 << 16, 8 * arrays.rowCount) : 0
        (scale, low) = StoredArray.byteScale(range)
    }

    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws(DatasetError) -> CleanSample {
        touchedBytes += rowBytes
        if touchedBytes > Self.keptBytes {
            arrays.forget()
            labels.forget()
            touchedBytes = 0
        }
        if let bytes = arrays.bytes(of: id) { return CleanSample(.bytes(bytes, scale: scale, low: low)) }
        try arrays.read(id, bytesOver: range, into: scratch)
        return CleanSample(.floats(scratch))
    }

    /// A shuffled sample is somewhere in the data set: it comes while the one before it is made.
    func prefetch(_ id: Int) {
        if rowBytes > 0 {
            arrays.fetch(id)
        } else if let bytes = arrays.bytes(of: id) {
            mottle_prefetch(bytes, arrays.rowCount)
            if let label = labels.bytes(of: id) { mottle_prefetch(label, 1) }
        }
    }
}

/// Arrays one behind another, as rows of a single one.
///
/// Safety of `@unchecked Sendable`: `byteRows` points into the sole part, whose bytes nobody changes.
private struct JoinedArrays: @unchecked Sendable {
    let count: Int
    private let parts: [StoredArray]
    /// Of each part, the place of its first row.
    private let starts: [Int]
    /// Where the rows lie of a sole part that holds bytes: found without asking it, for each sample is asked for.
    private let byteRows: (first: UnsafePointer<UInt8>, stride: Int)?

    init(_ parts: [StoredArray]) {
        var (starts, count): ([Int], Int) = ([], 0)
        for part in parts {
            starts.append(count)
            count += part.shape[0]
        }
        (self.parts, self.starts, self.count) = (parts, starts, count)
        rowCount = parts[0].rowCount
        byteRows = parts.count == 1 ? parts[0].byteRows : nil
    }

    private func part(of row: Int) -> Int {
        precondition(row >= 0 && row < count, "sample \(row) is outside a data set of \(count)")
        var part = parts.count - 1
        while starts[part] > row { part -= 1 }
        return part
    }

    /// How many numbers a row has.
    let rowCount: Int

    var isLarge: Bool { parts.contains { $0.isLarge } }

    func fetch(_ row: Int) {
        let part = part(of: row)
        parts[part].fetch(row - starts[part])
    }

    func forget() {
        for part in parts { part.forget() }
    }

    func name(of row: Int) -> String {
        let part = part(of: row)
        return "\(parts[part].name), row \(row - starts[part])"
    }

    func bytes(of row: Int) -> UnsafePointer<UInt8>? {
        if let byteRows {
            precondition(row >= 0 && row < count, "sample \(row) is outside a data set of \(count)")
            return byteRows.first + row * byteRows.stride
        }
        let part = part(of: row)
        return parts[part].bytes(of: row - starts[part])
    }

    func read(
        _ row: Int, bytesOver range: ClosedRange<Float>, into values: UnsafeMutablePointer<Float>
    ) throws(DatasetError) {
        let part = part(of: row)
        try parts[part].read(row - starts[part], bytesOver: range, into: values)
    }

    func wholeNumber(_ row: Int) -> Int? {
        if byteRows != nil { return bytes(of: row).map { Int($0.pointee) } }
        let part = part(of: row)
        return parts[part].wholeNumber(row - starts[part])
    }

    /// The largest of all labels.
    func largestLabel() throws(DatasetError) -> Int {
        var largest = 0
        try forEachRow { part, row throws(DatasetError) in
            guard let label = part.wholeNumber(row) else {
                throw .labelNotWhole(file: part.name, index: row, type: part.type)
            }
            guard label <= Datasets.largestLabel else {
                throw .labelTooLarge(file: part.name, index: row, label: label)
            }
            largest = max(largest, label)
        }
        return largest
    }

    func checkLabels(_ classes: Int) throws(DatasetError) {
        try forEachRow { part, row throws(DatasetError) in
            guard let label = part.wholeNumber(row), label >= 0, label < classes else {
                throw .labelOutside(
                    file: part.name, index: row, label: part.wholeNumber(row) ?? -1, classes: classes)
            }
        }
    }

    /// Goes through all rows, and keeps no more of the files in memory than is looked at.
    private func forEachRow(
        _ body: (StoredArray, _ row: Int) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        for part in parts {
            var touchedBytes = 0
            for row in 0..<part.shape[0] {
                try body(part, row)
                touchedBytes += part.rowStride
                if touchedBytes > 1 << 22 {
                    part.forget()
                    touchedBytes = 0
                }
            }
        }
    }
}
