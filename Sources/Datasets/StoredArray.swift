import Tensors

/// An array as it lies in a file: rows along its first axis, decoded one by one as they are asked for.
package struct StoredArray: Sendable {
    /// What errors call it: its file, and its name where the file has several arrays.
    package let name: String
    package let shape: Shape
    package let type: ElementType
    /// From one index to the next along each axis, in bytes.
    private let strides: [Int]
    private let isBigEndian: Bool
    private let bytes: ByteStorage
    /// Of the first number in `bytes`.
    private let offset: Int
    /// The axes of a row, those merged that lie behind one another without a gap; never empty.
    private let runs: [(count: Int, stride: Int)]

    /// - Parameters:
    ///   - offset: of the first number in `bytes`, all of which the caller has found to be there.
    ///   - strides: nil for row-major order without gaps.
    init(
        name: String, shape: Shape, type: ElementType, isBigEndian: Bool = false, bytes: ByteStorage,
        offset: Int, strides: [Int]? = nil
    ) {
        let strides = strides ?? Self.strides(of: shape, type, isFortran: false)
        var runs = [(count: 1, stride: type.size)]
        for (count, stride) in zip(shape.sizes, strides).dropFirst().reversed() where count != 1 {
            if runs[0].count == 1 {
                runs[0] = (count, stride)
            } else if stride == runs[0].stride * runs[0].count {
                runs[0].count *= count
            } else {
                runs.insert((count, stride), at: 0)
            }
        }
        (self.name, self.shape, self.type, self.isBigEndian) = (name, shape, type, isBigEndian)
        (self.strides, self.bytes, self.runs) = (strides, bytes, runs)
        self.offset = offset
    }

    /// Row-major strides, or those of Fortran, whose first axis is the innermost.
    static func strides(of shape: Shape, _ type: ElementType, isFortran: Bool) -> [Int] {
        var strides = [Int](repeating: 0, count: shape.rank)
        var next = type.size
        for axis in isFortran ? Array(0..<shape.rank) : (0..<shape.rank).reversed() {
            strides[axis] = next
            next *= max(1, shape[axis])
        }
        return strides
    }

    /// From one row to the next, in bytes.
    var rowStride: Int { strides.first ?? 0 }

    /// Whether its file is too large to stay in memory.
    var isLarge: Bool { bytes.isLarge }

    /// Asks for a row that is wanted soon.
    func fetch(_ row: Int) {
        bytes.fetch(offset + row * rowStride, count: rowStride)
    }

    /// Gives what is in memory of its file back to the system.
    func forget() { bytes.forget() }

    /// How many numbers a row has.
    package var rowCount: Int { runs.reduce(1) { $0 * $1.count } }

    private func address(of row: Int) -> UnsafePointer<UInt8> {
        UnsafePointer(bytes.pointer) + offset + row * rowStride
    }

    /// Writes one row as floats.
    ///
    /// - Parameter range: uint8 is spread over it, 0 its low and 255 its high end; nil takes bytes as they are. Other
    ///   numbers are taken as they are.
    /// - Throws: `DatasetError` for a whole number that a float does not hold.
    package func read(
        _ row: Int, bytesOver range: ClosedRange<Float>?, into out: UnsafeMutablePointer<Float>
    ) throws(DatasetError) {
        let (scale, low) = range.map(Self.byteScale) ?? (1, 0)
        let source = UnsafeRawPointer(address(of: row))
        let last = runs[runs.count - 1]
        guard last.count > 0 else { return }
        for run in 0..<rowCount / last.count {
            var (rest, offset) = (run, 0)
            for axis in runs.dropLast().reversed() {
                offset += rest % axis.count * axis.stride
                rest /= axis.count
            }
            let wrong = type.decode(
                source + offset, stride: last.stride, count: last.count, isBigEndian: isBigEndian,
                scale: scale, low: low, to: out + run * last.count)
            if let wrong {
                let number = source + offset + wrong * last.stride
                let text = type.wholeNumber(number, isBigEndian: isBigEndian).map { "\($0)" } ?? "over 2^63"
                throw .numberTooLarge(file: name, row: row, number: text)
            }
        }
    }

    /// What a uint8 b stands for where bytes are spread over a range: b · scale + low.
    package static func byteScale(_ range: ClosedRange<Float>) -> (scale: Double, low: Double) {
        let low = Double(range.lowerBound)
        return ((Double(range.upperBound) - low) / 255, low)
    }

    /// A row's numbers where they are bytes without gaps.
    package func bytes(of row: Int) -> UnsafePointer<UInt8>? {
        byteRows.map { $0.first + row * $0.stride }
    }

    /// Where rows lie whose numbers are bytes without gaps: the first one, and from one to the next.
    var byteRows: (first: UnsafePointer<UInt8>, stride: Int)? {
        guard type == .uint8, runs.count == 1, runs[0].stride == 1 || runs[0].count == 1 else { return nil }
        return (address(of: 0), rowStride)
    }

    /// A number of an array with one axis, exactly; nil if it is no whole number that an Int holds.
    func wholeNumber(_ row: Int) -> Int? {
        type.wholeNumber(address(of: row), isBigEndian: isBigEndian)
    }

    /// All numbers as floats, in memory of their own; bytes as they are.
    package func floats() throws(DatasetError) -> Buffer<Float> {
        let floats = Buffer<Float>(count: shape.count)
        for row in 0..<(shape.sizes.first ?? 1) {
            try read(row, bytesOver: nil, into: floats.pointer + row * rowCount)
        }
        return floats
    }
}

extension Shape {
    /// How many bytes an array takes; nil for sizes that no memory has, also behind an empty axis.
    func byteCount(_ type: ElementType) -> Int? {
        var (extent, isEmpty) = (type.size, false)
        for size in sizes {
            let (product, overflow) = extent.multipliedReportingOverflow(by: max(1, size))
            guard size >= 0, !overflow else { return nil }
            extent = product
            if size == 0 { isEmpty = true }
        }
        return isEmpty ? 0 : extent
    }
}
