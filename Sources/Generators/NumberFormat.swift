import Tensors

/// Types of numbers that a chain can round its values to. Values stay Floats in memory.
package enum NumberFormat: String, CaseIterable, Sendable {
    case float32, float16
    /// The 256 values that bytes spread over the data's range can be.
    case uint8
}

/// How values are rounded, to the nearest, ties to even.
package enum Rounding: Sendable, Hashable {
    /// IEEE 754's binary16; beyond 65,504 infinite.
    case half
    /// Value = byte · scale + low; what lies outside becomes the nearest byte's, NaN stays.
    case bytes(scale: Double, low: Double)

    /// Nil for what every Float is already.
    init?(_ format: NumberFormat, range: ClosedRange<Float>) {
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
        switch format {
        case .float32: return nil
        case .float16: self = .half
        case .uint8: self = .bytes(scale: (high - low) / 255, low: low)
        }
    }

    func rounded(_ value: Float) -> Float {
        switch self {
        case .half: return Float(Float16(value))
        case .bytes(let scale, let low):
            guard !value.isNaN else { return value }
            let byte = ((Double(value) - low) / scale).rounded(.toNearestOrEven)
            return Float(min(max(byte, 0), 255) * scale + low)
        }
    }
}

/// Rounds every value.
final class RoundRunner: WholeRunner {
    private let rounding: Rounding
    private let source: UnsafePointer<Float>
    private let result: UnsafeMutablePointer<Float>
    private let count: Int

    init(
        _ rounding: Rounding, _ source: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        (self.rounding, self.source, self.result, self.count) = (rounding, source, result, count)
    }

    func run(id: UInt64, epoch: UInt32) {
        for element in 0..<count { result[element] = rounding.rounded(source[element]) }
    }
}
