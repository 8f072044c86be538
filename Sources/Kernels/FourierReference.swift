/// What `FourierPlan` means, as a plain recursion over arrays, written apart from it, with the same order of operations and so the
/// same bits. NaNs are equal whatever their bits.
package enum FourierReference {
    private typealias Complex = (re: Double, im: Double)

    /// Returns X[k] = Σⱼ x[j] · e^(−2πi·jk/n) of as many values, one at least; the inverse has a positive exponent and is
    /// divided by n.
    package static func transform(
        real: [Double], imaginary: [Double], inverse: Bool
    ) -> (real: [Double], imaginary: [Double]) {
        let n = real.count
        if inverse {
            let (im, re) = transform(real: imaginary, imaginary: real, inverse: false)
            return (re.map { $0 / Double(n) }, im.map { $0 / Double(n) })
        }
        let values = zip(real, imaginary).map { ($0, $1) as Complex }
        let isSmooth = factors(of: n).reduce(1, *) == n
        let result = isSmooth ? cooleyTukey(values) : bluestein(values)
        return (result.map(\.re), result.map(\.im))
    }

    /// 4 as often as it goes, then primes up to 13 in their order.
    private static func factors(of n: Int) -> [Int] {
        guard let factor = [4, 2, 3, 5, 7, 11, 13].first(where: { n % $0 == 0 }) else { return [] }
        return [factor] + factors(of: n / factor)
    }

    /// With p the first factor, m = n/p and Yⱼ the transform of every p-th value from the j-th on:
    /// X[k + q·m] = Σⱼ e^(−2πi·jk/n) · Yⱼ[k] · e^(−2πi·jq/p). What is 1 at every place, for j = 0 or m = 1, is not multiplied.
    private static func cooleyTukey(_ values: [Complex]) -> [Complex] {
        let n = values.count
        guard let p = factors(of: n).first else { return values }
        let m = n / p
        let parts = (0..<p).map { j in cooleyTukey((0..<m).map { values[$0 * p + j] }) }
        var result = values
        for k in 0..<m {
            let turned = (0..<p).map { j in
                j == 0 || m == 1 ? parts[j][k] : times(parts[j][k], root(j * k, n))
            }
            for q in 0..<p { result[k + q * m] = sum(turned, q) }
        }
        return result
    }

    /// Σⱼ x[j] · e^(−2πi·jq/p), in an order that shares most steps between all q.
    private static func sum(_ x: [Complex], _ q: Int) -> Complex {
        switch x.count {
        case 2: return q == 0 ? plus(x[0], x[1]) : minus(x[0], x[1])
        case 4:
            let even = q % 2 == 0 ? plus(x[0], x[2]) : minus(x[0], x[2])
            let odd = q % 2 == 0 ? plus(x[1], x[3]) : timesMinusI(minus(x[1], x[3]))
            return q < 2 ? plus(even, odd) : minus(even, odd)
        case let p:
            // Terms j and p − j together; results q and p − q differ in the sign of the sines.
            let (half, row) = (1...p / 2, min(q, p - q))
            let (u, v) = (half.map { plus(x[$0], x[p - $0]) }, half.map { minus(x[$0], x[p - $0]) })
            guard q > 0 else { return u.reduce(x[0], plus) }
            let roots = half.map { unitRoot($0 * row % p, of: p) }
            let a = zip(roots, u).map { scaled($0.cosine, $1) }.reduce(x[0], plus)
            let terms = zip(roots, v).map { scaled($0.sine, $1) }
            let b = timesMinusI(terms.dropFirst().reduce(terms[0], plus))
            return q == row ? plus(a, b) : minus(a, b)
        }
    }

    /// With c[k] = e^(−πi·k²/n): X[k] = c[k] · Σⱼ (x[j] · c[j]) · c̄[k − j], the sum as a circular convolution of the least size
    /// of the forms 2ᵃ, 3 · 2ᵃ and 5 · 2ᵃ that holds it. The filter, the transform of c̄, is divided by that size.
    private static func bluestein(_ values: [Complex]) -> [Complex] {
        let n = values.count
        let size = (2 * n - 1..<4 * n).first { size in
            [1, 3, 5].contains(size >> size.trailingZeroBitCount)
        }!
        let chirp = (0..<n).map { root($0 * $0, 2 * n) }
        let conjugates = (0..<size).map { place -> Complex in
            let k = min(place, size - place)
            return k < n ? (chirp[k].re, -chirp[k].im) : (0, 0)
        }
        let filter = cooleyTukey(conjugates).map { ($0.re / Double(size), $0.im / Double(size)) as Complex }
        let padded = (0..<size).map { $0 < n ? times(values[$0], chirp[$0]) : (0, 0) }
        let product = zip(cooleyTukey(padded), filter).map { times($0, $1) }
        let sums = cooleyTukey(product.map { ($0.im, $0.re) }).map { ($0.im, $0.re) as Complex }
        return zip(sums, chirp).map { times($0, $1) }
    }

    /// e^(−2πi·k/n)
    private static func root(_ k: Int, _ n: Int) -> Complex {
        let (cosine, sine) = unitRoot(k % n, of: n)
        return (cosine, -sine)
    }

    private static func plus(_ x: Complex, _ y: Complex) -> Complex { (x.re + y.re, x.im + y.im) }

    private static func minus(_ x: Complex, _ y: Complex) -> Complex { (x.re - y.re, x.im - y.im) }

    private static func scaled(_ factor: Double, _ x: Complex) -> Complex { (factor * x.re, factor * x.im) }

    private static func timesMinusI(_ x: Complex) -> Complex { (x.im, -x.re) }

    private static func times(_ x: Complex, _ y: Complex) -> Complex {
        (x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re)
    }
}
