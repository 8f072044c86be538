import Tensors
import VectorKernels

/// An array that training changes, with what the optimiser keeps for each of its values.
package final class Weight {
    /// For instance `dense1.weight`.
    package let name: String
    /// `[rows, columns]`, or `[columns]`.
    package let shape: Shape
    let rows: Int
    let columns: Int
    /// From one row to the next in memory: the columns, padded with zeros to a multiple of 16.
    let stride: Int
    let values: Buffer<Float>
    /// What the optimiser keeps (see `WeightPanel`), laid out as `values`.
    let first: Buffer<Float>
    let second: Buffer<Float>

    init(name: String, shape: Shape) {
        precondition(shape.rank == 1 || shape.rank == 2, "a weight has one or two axes, \(name) has \(shape)")
        (self.name, self.shape) = (name, shape)
        rows = shape.rank == 2 ? shape[0] : 1
        columns = shape.sizes.last!
        stride = paddedTo16(columns)
        values = Buffer(count: rows * stride)
        first = Buffer(count: rows * stride)
        second = Buffer(count: rows * stride)
    }

    /// The values without padding, row-major.
    package var unpadded: [Float] {
        get {
            (0..<rows).flatMap { row in
                UnsafeBufferPointer(start: values.pointer + row * stride, count: columns)
            }
        }
        set {
            precondition(newValue.count == shape.count, "\(name) is \(shape), got \(newValue.count) values")
            for row in 0..<rows {
                for column in 0..<columns {
                    values.pointer[row * stride + column] = newValue[row * columns + column]
                }
            }
        }
    }

    /// All of it, still without a gradient.
    func panel(gradient: UnsafePointer<Float>) -> WeightPanel {
        WeightPanel(
            weights: values.pointer, first: first.pointer, second: second.pointer, stride: stride,
            gradient: gradient, gradientStride: stride, rows: rows, columns: stride)
    }
}

/// Rounds up to whole groups of 16, of which kernels take one or more at a time.
func paddedTo16(_ count: Int) -> Int { (count + 15) / 16 * 16 }
