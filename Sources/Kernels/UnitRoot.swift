/// A point of the unit circle, e^(2πi · index / count), to less than an ulp and with the same bits on every processor.
///
/// The angle is brought into the first eighth of the circle in whole numbers, and is known to twice a Double's precision
/// for counts below 2²⁹. Taylor's series do the rest; what they leave out is below 10⁻¹⁹.
///
/// - Parameter index: 0 ..< count.
package func unitRoot(_ index: Int, of count: Int) -> (cosine: Double, sine: Double) {
    let (quarter, rest) = (4 * index).quotientAndRemainder(dividingBy: count)
    let isMirrored = 2 * rest > count
    let angle = rightAngle(times: isMirrored ? count - rest : rest, over: count)
    let (sine, cosine) = (sineOfEighth(angle), cosineOfEighth(angle))
    let (c, s) = isMirrored ? (sine, cosine) : (cosine, sine)
    switch quarter {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
}

/// An angle in radians as a Double and what that lacks.
private typealias Angle = (head: Double, tail: Double)

/// π/2 · part / whole, for parts up to half the whole.
private func rightAngle(times part: Int, over whole: Int) -> Angle {
    let whole = Double(whole)
    // 24 bits, so that products with a whole number below 2²⁹, or with the 29 bits of π/2, are exact.
    let head = Double(Float(Double(part) / whole))
    let tail = (Double(part) - head * whole) / whole
    let product = head * 0x1.921fb54p0
    let rest = head * 0x1.10b4611a62633p-30 + tail * 0x1.921fb54442d18p0
    let sum = product + rest
    return (sum, (product - sum) + rest)
}

/// x − x³/3! + x⁵/5! …, for angles up to π/4.
private func sineOfEighth(_ angle: Angle) -> Double {
    let (x, z) = (angle.head, angle.head * angle.head)
    var series = 1.0 / 1_307_674_368_000 - z * (1.0 / 355_687_428_096_000)
    series = 1.0 / 6_227_020_800 - z * series
    series = 1.0 / 39_916_800 - z * series
    series = 1.0 / 362_880 - z * series
    series = 1.0 / 5040 - z * series
    series = 1.0 / 120 - z * series
    series = 1.0 / 6 - z * series
    return x + (angle.tail * (1 - z * 0.5) - x * z * series)
}

/// 1 − x²/2! + x⁴/4! …, for angles up to π/4.
private func cosineOfEighth(_ angle: Angle) -> Double {
    let (x, z) = (angle.head, angle.head * angle.head)
    var series = 1.0 / 20_922_789_888_000 - z * (1.0 / 6_402_373_705_728_000)
    series = 1.0 / 87_178_291_200 - z * series
    series = 1.0 / 479_001_600 - z * series
    series = 1.0 / 3_628_800 - z * series
    series = 1.0 / 40_320 - z * series
    series = 1.0 / 720 - z * series
    series = 1.0 / 24 - z * series
    let half = z * 0.5
    let sum = 1 - half
    // (1 − sum) − half is what rounding took from the sum.
    return sum + (((1 - sum) - half) + (z * z * series - x * angle.tail))
}
