import Kernels
import Tensors

/// Discrete Fourier transforms of all runs along an axis, in Double.
final class FourierRunner: WholeRunner {
    private let (real, imaginary): (UnsafePointer<Float>, UnsafePointer<Float>?)
    private let result: UnsafeMutablePointer<Float>
    private let extent: (outer: Int, size: Int, inner: Int)
    private let isInverse: Bool
    private let plan: FourierPlan
    private let (a, b, scratch): (Buffer<Double>, Buffer<Double>, Buffer<Double>)

    init(
        _ axis: Int, inverse: Bool, _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?,
        _ shape: Shape, _ result: UnsafeMutablePointer<Float>
    ) {
        (self.real, self.imaginary, self.result, isInverse) = (real, imaginary, result, inverse)
        extent = shape.split(at: axis)
        plan = FourierPlan(count: max(1, extent.size))
        (a, b) = (Buffer(count: max(1, extent.size)), Buffer(count: max(1, extent.size)))
        scratch = Buffer(count: plan.scratchCount)
    }

    func run(id: UInt64, epoch: UInt32) {
        let (size, inner, a, b) = (extent.size, extent.inner, a.pointer, b.pointer)
        guard size > 0 else { return }
        for outer in 0..<extent.outer {
            for run in 0..<inner {
                let first = outer * size * inner + run
                for place in 0..<size {
                    a[place] = Double(real[first + place * inner])
                    b[place] = imaginary.map { Double($0[first + place * inner]) } ?? 0
                }
                plan.transform(real: a, imaginary: b, inverse: isInverse, scratch: scratch.pointer)
                for place in 0..<size {
                    result[2 * (first + place * inner)] = Float(a[place])
                    result[2 * (first + place * inner) + 1] = Float(b[place])
                }
            }
        }
    }
}
