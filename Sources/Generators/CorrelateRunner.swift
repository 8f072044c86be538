import Tensors
import VectorKernels

/// Sums over a sliding window: for each row of results, along the axes from the last sliding one on, all taps at once.
final class CorrelateRunner: WholeRunner {
    private let source: UnsafePointer<Float>
    private let weights: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let kernel: CorrelationKernel
    /// Where in the source each tap of a window lies, and each row of results starts.
    private let (taps, rows): (Buffer<Int>, Buffer<Int>)
    private let rowLength: Int

    init(
        _ axes: [Int], _ source: UnsafePointer<Float>, _ shape: Shape, _ weights: UnsafePointer<Float>,
        _ kernelShape: Shape, _ result: UnsafeMutablePointer<Float>, _ resultShape: Shape,
        _ kernels: NoiseKernels
    ) {
        (self.source, self.weights, self.result, kernel) = (source, weights, result, kernels.correlate)
        let last = axes.max() ?? 0
        let strides = shape.strides(rank: max(shape.rank, last + 1))
        func offsets(_ shape: Shape, rank: Int) -> [Int] {
            (0..<shape.sizes.prefix(rank).reduce(1, *)).map { element in
                var (rest, offset) = (element, 0)
                for place in (0..<min(rank, shape.rank)).reversed() {
                    offset += rest % shape[place] * strides[place]
                    rest /= shape[place]
                }
                return offset
            }
        }
        taps = Buffer(offsets(kernelShape, rank: kernelShape.rank))
        rows = Buffer(offsets(resultShape, rank: last))
        rowLength = resultShape.sizes.dropFirst(last).reduce(1, *)
    }

    func run(id: UInt64, epoch: UInt32) {
        // A kernel may write past its row's end, into the next row, which comes later.
        for row in 0..<rows.count {
            kernel(
                result + row * rowLength, source + rows.pointer[row], taps.pointer, weights, taps.count,
                rowLength)
        }
    }
}
