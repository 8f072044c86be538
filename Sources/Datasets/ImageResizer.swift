import Glibc
import Tensors

/// Brings images to one size, row by row as they are decoded; for one thread.
///
/// Rows are made narrower or wider first and rounded to bytes, then added up to rows of the new image. Sums are whole
/// numbers, so their order and the processor's vectors change nothing.
final class ImageResizer {
    /// Gives the next rows of the old image: where they go, how far from one to the next, how many.
    typealias RowReader = (UnsafeMutablePointer<UInt8>, Int, Int) throws(ImageError) -> Void

    private let target: ImageSize
    private let channels: Int
    private let fit: ImageFit

    // For old images of `source`, which is often the size of the next image, too.
    private var source = ImageSize(height: 0, width: 0)
    private var placement: ImagePlacement
    private var horizontal: ResizeWeights
    private var vertical: ResizeWeights

    /// Rows of the old image, so many at a time as a vector of bytes has lanes.
    private var rows = Buffer<UInt8>(count: 0)
    /// The same, with the bytes of one column behind one another.
    private var columns = Buffer<SIMD16<UInt8>>(count: 0)
    /// The same in the new width.
    private var newColumns = Buffer<SIMD16<UInt8>>(count: 0)
    private var newRows = Buffer<UInt8>(count: 0)

    init(to target: ImageSize, channels: Int, fit: ImageFit) {
        (self.target, self.channels, self.fit) = (target, channels, fit)
        placement = ImagePlacement(target, in: target, fit)
        horizontal = ResizeWeights(target.width, low: 0, high: Float(target.width), to: target.width)
        vertical = ResizeWeights(target.height, low: 0, high: Float(target.height), to: target.height)
    }

    /// Writes an image's bytes in the new size, [height, width, channels], to the start of `scratch`.
    ///
    /// - Parameter scratch: room for as many Floats, in which sums of rows stand until they are rounded.
    func resize(
        _ source: ImageSize, to scratch: UnsafeMutablePointer<Float>, reading: RowReader
    ) throws(ImageError) {
        if source != self.source { prepare(source) }
        let count = 16
        let stride = rowStride(source.width)
        var sums = RowSums(vertical, count: placement.size.width * channels, in: scratch)
        for first in Swift.stride(from: 0, to: source.height, by: count) {
            let block = first..<min(first + count, source.height)
            try reading(rows.pointer, stride, block.count)
            guard block.overlaps(vertical.used) else { continue }
            let (row, newStride) = scaledHorizontally(stride)
            for place in block { sums.add(row + (place - first) * newStride, at: place) }
        }
        spread(UnsafeMutableRawPointer(scratch))
    }

    private func prepare(_ source: ImageSize) {
        self.source = source
        placement = ImagePlacement(source, in: target, fit)
        horizontal = ResizeWeights(
            source.width, low: placement.left, high: placement.right, to: placement.size.width)
        vertical = ResizeWeights(
            source.height, low: placement.top, high: placement.bottom, to: placement.size.height)
        let (stride, newStride) = (rowStride(source.width), rowStride(placement.size.width))
        if rows.count < 16 * stride { (rows, columns) = (Buffer(count: 16 * stride), Buffer(count: stride)) }
        if newRows.count < 16 * newStride {
            (newRows, newColumns) = (Buffer(count: 16 * newStride), Buffer(count: newStride))
        }
    }

    /// Bytes from one row to the next: whole vectors, and one more, for those that start in the middle of a row.
    private func rowStride(_ width: Int) -> Int { (width * channels + 15) / 16 * 16 + 16 }

    /// The rows in their new width, and how far one is from the next.
    private func scaledHorizontally(_ stride: Int) -> (UnsafePointer<UInt8>, Int) {
        let width = placement.size.width
        guard
            width != source.width || horizontal.used != 0..<width
                || placement.right - placement.left != Float(width)
        else {
            return (UnsafePointer(rows.pointer), stride)
        }
        let used = horizontal.used
        transposeRows(
            rows.pointer + used.lowerBound * channels, stride: stride, to: columns.pointer,
            columns: used.count * channels)
        scaleColumns(columns.pointer, channels: channels, horizontal, to: newColumns.pointer)
        let newStride = rowStride(width)
        transposeColumns(
            newColumns.pointer, columns: width * channels, to: newRows.pointer, stride: newStride)
        return (UnsafePointer(newRows.pointer), newStride)
    }

    /// Moves the new image from the start of the memory to its place, and makes what is around it black.
    private func spread(_ bytes: UnsafeMutableRawPointer) {
        let size = placement.size
        guard size != target else { return }
        let (row, newRow) = (size.width * channels, target.width * channels)
        let (left, right) = (
            placement.columns * channels, (target.width - placement.columns - size.width) * channels
        )
        // From the last row: each goes behind those that have not gone yet.
        for y in (0..<size.height).reversed() {
            let place = bytes + (placement.rows + y) * newRow
            memmove(place + left, bytes + y * row, row)
            memset(place, 0, left)
            memset(place + left + row, 0, right)
        }
        memset(bytes, 0, placement.rows * newRow)
        let end = placement.rows + size.height
        memset(bytes + end * newRow, 0, (target.height - end) * newRow)
    }
}

/// Rows of a new image in the making: sums of old rows, each weighted, then rounded to bytes.
///
/// Sums of row y stand in 4 bytes an element from element y · count on, what becomes of them in 1 byte; rows are finished in
/// order, so that bytes only go where sums are done.
private struct RowSums {
    private let vertical: ResizeWeights
    private let count: Int
    private let sums: UnsafeMutablePointer<Int32>
    private let bytes: UnsafeMutablePointer<UInt8>
    /// The first row that is not finished.
    private var first = 0

    init(_ vertical: ResizeWeights, count: Int, in memory: UnsafeMutablePointer<Float>) {
        (self.vertical, self.count) = (vertical, count)
        let memory = UnsafeMutableRawPointer(memory)
        sums = memory.assumingMemoryBound(to: Int32.self)
        bytes = memory.assumingMemoryBound(to: UInt8.self)
    }

    /// Takes the old image's row number `place`; rows come in order.
    mutating func add(_ row: UnsafePointer<UInt8>, at place: Int) {
        var new = first
        while new < vertical.count, vertical.start(new) <= place {
            let start = vertical.start(new)
            addRow(
                row, weight: vertical.weights.pointer[new * vertical.stride + place - start],
                to: sums + new * count, count: count, isFirst: place == start)
            if place + 1 == vertical.end(new) {
                roundRow(sums + new * count, to: bytes + new * count, count: count)
                first = new + 1
            }
            new += 1
        }
    }
}
