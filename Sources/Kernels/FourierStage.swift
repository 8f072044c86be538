/// One factor p of a transform's length, in the arrangement that sorts as it goes (Stockham, in Cochran et al. 1967).
///
/// Before it, value k · (n/m) + r is number k of the transform Yᵣ, of size m, of every (n/m)-th input from the r-th on. With
/// s = n/(m·p), it writes number k + q·m of the r-th transform of size m·p, for 0 ≤ r < s, to place (k + q·m) · s + r:
///
///     Σⱼ e^(−2πi·jk/(m·p)) · Yᵣ₊ⱼₛ[k] · e^(−2πi·jq/p)
struct FourierStage: Sendable {
    /// p
    let radix: Int
    /// m
    let size: Int
    /// s
    let stride: Int
    /// Where its table begins among those of the plan.
    let table: Int

    /// Roots of 1 that only odd radices need.
    private var half: Int { radix % 2 == 0 ? 0 : radix / 2 }

    var tableCount: Int { 2 * half + 2 * (radix - 1) * size }

    /// Writes cos and sin of 2πj/p for j = 1 … (p − 1)/2 where p is odd; then cos of 2π·jk/(m·p), j = 1 … p − 1 outside and
    /// k = 0 ..< m inside; then −sin of the same.
    func writeTable(_ tables: UnsafeMutablePointer<Double>) {
        let roots = tables + table
        for j in 0..<half { (roots[j], roots[half + j]) = unitRoot(j + 1, of: radix) }
        let cosines = roots + 2 * half
        let sines = cosines + (radix - 1) * size
        for j in 1..<radix {
            for k in 0..<size {
                let (cosine, sine) = unitRoot(j * k % (size * radix), of: size * radix)
                (cosines[(j - 1) * size + k], sines[(j - 1) * size + k]) = (cosine, -sine)
            }
        }
    }

    /// Writes the transforms of size m · p to `output`, which must not overlap `input`.
    func run(_ input: FourierValues, into output: FourierValues, tables: UnsafePointer<Double>) {
        switch radix {
        case 2: Butterfly<2>(self, tables + table).run(input, output)
        case 3: Butterfly<3>(self, tables + table).run(input, output)
        case 4: Butterfly<4>(self, tables + table).run(input, output)
        case 5: Butterfly<5>(self, tables + table).run(input, output)
        case 7: Butterfly<7>(self, tables + table).run(input, output)
        case 11: Butterfly<11>(self, tables + table).run(input, output)
        case 13: Butterfly<13>(self, tables + table).run(input, output)
        default: preconditionFailure("a stage wants a radix of 2, 3, 4, 5, 7, 11 or 13, got \(radix)")
        }
    }
}

/// The loops of a stage, compiled for each radix. Two values go side by side: neighbours in r, and in k where s = 1. At an odd
/// end the last pair begins one earlier and writes one value again, the same.
private struct Butterfly<let p: Int> {
    typealias Values = InlineArray<p, ComplexPair>

    let size: Int
    let stride: Int
    let cosines: UnsafePointer<Double>
    let sines: UnsafePointer<Double>
    /// cos and sin of 2πj/p, j = 1 … (p − 1)/2, for odd p.
    var roots = Values(repeating: .zero)

    @inline(__always)
    init(_ stage: FourierStage, _ table: UnsafePointer<Double>) {
        (size, stride) = (stage.size, stage.stride)
        let half = p % 2 == 0 ? 0 : p / 2
        for j in 0..<half {
            let (cosine, sine) = (table[j], table[half + j])
            roots[j + 1] = ComplexPair(DoublePair(repeating: cosine), DoublePair(repeating: sine))
        }
        cosines = table + 2 * half
        sines = cosines + (p - 1) * size
    }

    @inline(__always)
    func run(_ input: FourierValues, _ output: FourierValues) {
        if size * stride == 1 {
            runAlone(input, output)
        } else if size == 1 {
            runFirst(input, output)
        } else if stride == 1 {
            runLast(input, output)
        } else {
            runMiddle(input, output)
        }
    }

    /// n = p: one transform.
    @inline(__always)
    private func runAlone(_ input: FourierValues, _ output: FourierValues) {
        var values = Values(repeating: .zero)
        for j in 0..<p { values[j] = input.pair(j, step: 0) }
        combine(&values)
        for q in 0..<p {
            output.real[q] = values[q].real[0]
            output.imaginary[q] = values[q].imaginary[0]
        }
    }

    /// m = 1: k = 0 turns nothing.
    @inline(__always)
    private func runFirst(_ input: FourierValues, _ output: FourierValues) {
        var values = Values(repeating: .zero)
        for first in Swift.stride(from: 0, to: stride, by: 2) {
            let r = min(first, stride &- 2)
            for j in 0..<p { values[j] = input.pair(r &+ j &* stride) }
            combine(&values)
            for q in 0..<p { output.set(r &+ q &* stride, values[q]) }
        }
    }

    @inline(__always)
    private func runMiddle(_ input: FourierValues, _ output: FourierValues) {
        var (values, turns) = (Values(repeating: .zero), Values(repeating: .zero))
        for k in 0..<size {
            for j in 1..<p {
                let place = (j &- 1) &* size &+ k
                turns[j] = ComplexPair(
                    DoublePair(repeating: cosines[place]), DoublePair(repeating: sines[place]))
            }
            for first in Swift.stride(from: 0, to: stride, by: 2) {
                let r = min(first, stride &- 2)
                let from = k &* p &* stride &+ r
                values[0] = input.pair(from)
                for j in 1..<p { values[j] = input.pair(from &+ j &* stride) * turns[j] }
                combine(&values)
                for q in 0..<p { output.set((k &+ q &* size) &* stride &+ r, values[q]) }
            }
        }
    }

    /// s = 1
    @inline(__always)
    private func runLast(_ input: FourierValues, _ output: FourierValues) {
        var values = Values(repeating: .zero)
        for first in Swift.stride(from: 0, to: size, by: 2) {
            let k = min(first, size &- 2)
            values[0] = input.pair(k &* p, step: p)
            for j in 1..<p {
                let place = (j &- 1) &* size &+ k
                let turn = ComplexPair(DoublePair(cosines + place), DoublePair(sines + place))
                values[j] = input.pair(k &* p &+ j, step: p) * turn
            }
            combine(&values)
            for q in 0..<p { output.set(k &+ q &* size, values[q]) }
        }
    }

    /// Puts X[q] = Σⱼ x[j] · e^(−2πi·jq/p) in the place of the x[j].
    @inline(__always)
    private func combine(_ x: inout Values) {
        switch p {
        case 2: (x[0], x[1]) = (x[0] + x[1], x[0] - x[1])
        case 4:
            let (a, b, c, d) = (x[0] + x[2], x[0] - x[2], x[1] + x[3], x[1] - x[3])
            (x[0], x[2]) = (a + c, a - c)
            (x[1], x[3]) = b.turns(d)
        default: combineOdd(&x)
        }
    }

    /// With u[j] = x[j] + x[p − j] and v[j] = x[j] − x[p − j]: X[q] and X[p − q] are a ∓ i·b, where
    /// a = x[0] + Σⱼ cos(2π·jq/p) · u[j] and b = Σⱼ sin(2π·jq/p) · v[j] for j = 1 … (p − 1)/2.
    @inline(__always)
    private func combineOdd(_ x: inout Values) {
        let half = p / 2
        var (u, v, sum) = (x, x, x[0])
        for j in 1..<(half + 1) {
            (u[j], v[j]) = (x[j] + x[p - j], x[j] - x[p - j])
            sum = sum + u[j]
        }
        for q in 1..<(half + 1) {
            var a = x[0] + roots[q].real * u[1]
            var b = roots[q].imaginary * v[1]
            for j in 2..<(half + 1) {
                let index = j * q % p
                let root = roots[min(index, p - index)]
                a = a + root.real * u[j]
                b = index <= half ? b + root.imaginary * v[j] : b - root.imaginary * v[j]
            }
            (x[q], x[p - q]) = a.turns(b)
        }
        x[0] = sum
    }
}
