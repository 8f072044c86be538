import VectorKernels

/// Many values of one sample made one; which ones are the axes that the operand has and the result lacks.
package enum Reduction: Sendable, Hashable, BitwiseCopyable {
    case sum, mean, minimum, maximum

    /// What an accumulator holds before the first value.
    var start: Double {
        switch self {
        case .sum, .mean: 0
        case .minimum: .infinity
        case .maximum: -.infinity
        }
    }

    func combine(_ accumulator: Double, _ value: Double) -> Double {
        switch self {
        case .sum, .mean: accumulator + value
        case .minimum: value < accumulator ? value : accumulator
        case .maximum: value > accumulator ? value : accumulator
        }
    }

    /// Combines sixteen lanes by a fixed tree, lane i with lane i + 8, then i + 4, i + 2, i + 1.
    func combine(lanes: UnsafeMutablePointer<Double>) -> Double {
        for width in [8, 4, 2, 1] {
            for lane in 0..<width { lanes[lane] = combine(lanes[lane], lanes[lane + width]) }
        }
        return lanes[0]
    }

    /// The result, rounded once.
    func finish(_ accumulator: Double, count: Int) -> Float {
        self == .mean ? Float(accumulator / Double(count)) : Float(accumulator)
    }

    func kernel(_ kernels: NoiseKernels) -> ReductionKernel {
        switch self {
        case .sum, .mean: kernels.sum
        case .minimum: kernels.minimum
        case .maximum: kernels.maximum
        }
    }
}

/// A reduction over all of a sample's elements, through sixteen lanes.
struct TotalReduction: Sendable, BitwiseCopyable {
    var reduction: Reduction
    var accumulator: Int
    /// Where the one result goes.
    var slot: Int
}
