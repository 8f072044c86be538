/// What `FourierPlan` means, as a plain recursion over arrays, with the same order of operations and so the same bits.
package enum FourierReference {
    private typealias Complex = (re: Double, im: Double)

    /// - Returns: the transform of as many values, one at least; the inverse has a positive exponent and is divided by n.
    package static func transform(
        real: [Double], imaginary: [Double], inverse: Bool
    ) -> (real: [Double], imaginary: [Double]) {
        let n = real.count
        guard !inverse else {
            let (im, re) = transform(real: imaginary, imaginary: real, inverse: false)
            return (re.map { $0 / Double(n) }, im.map { $0 / Double(n) })
        }
        let values = zip(real, imaginary).map { ($0, $1) as Complex }
        let factors = factors(of: n)
        let result = factors.reduce(1, *) == n ? cooleyTukey(values, factors) : bluestein(values)
        return (result.map(\.re), result.map(\.im))
    }

    /// 4 before 2, then the other primes up to 13.
    private static func factors(of n: Int) -> [Int] {
        for factor in [4, 2, 3, 5, 7, 11, 13] where n % factor == 0 { return [factor] + factors(of: n / factor) }
        return []
    }

    /// e^(−2πi·k/n)
    private static func root(_ k: Int, _ n: Int) -> Complex {
        let (cosine, sine) = unitRoot(k % n, of: n)
        return (cosine, -sine)
    }

    private static func times(_ x: Complex, _ y: Complex) -> Complex {
        (x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re)
    }

    /// With p the first factor and Yⱼ the transform of every p-th value from the j-th on: X[k + q·n/p] = Σⱼ e^(−2πi·jk/n) · Yⱼ[k] · e^(−2πi·jq/p).
    private static func cooleyTukey(_ values: [Complex], _ factors: [Int]) -> [Complex] {
        guard let p = factors.first else { return values }
        let (n, m) = (values.count, values.count / p)
        let parts = (0..<p).map { j in
            cooleyTukey((0..<m).map { values[$0 * p + j] }, Array(factors.dropFirst()))
        }
        var result = [Complex](repeating: (0, 0), count: n)
        for k in 0..<m {
            let t = (0..<p).map { $0 == 0 ? parts[0][k] : times(parts[$0][k], root($0 * k, n)) }
            for q in 0..<p { result[k + q * m] = combined(t, q) }
        }
        return result
    }

    private static func combined(_ t: [Complex], _ q: Int) -> Complex {
        switch t.count {
        case 2:
            return q == 0 ? (t[0].re + t[1].re, t[0].im + t[1].im) : (t[0].re - t[1].re, t[0].im - t[1].im)
        case 4:
            let (s, d) = ((t[0].re + t[2].re, t[0].im + t[2].im), (t[0].re - t[2].re, t[0].im - t[2].im))
            let (u, e) = ((t[1].re + t[3].re, t[1].im + t[3].im), (t[1].re - t[3].re, t[1].im - t[3].im))
            switch q {
            case 0: return (s.0 + u.0, s.1 + u.1)
            case 1: return (d.0 + e.1, d.1 - e.0)
            case 2: return (s.0 - u.0, s.1 - u.1)
            default: return (d.0 - e.1, d.1 + e.0)
            }
        default:
            return t.indices.dropFirst().reduce(t[0]) { sum, j in
                let term = times(t[j], root(j * q, t.count))
                return (sum.re + term.re, sum.im + term.im)
            }
        }
    }

    /// With chirp[k] = e^(−πi·k²/n): X[k] = chirp[k] · Σⱼ (x[j] · chirp[j]) · conj(chirp[k − j]).
    private static func bluestein(_ values: [Complex]) -> [Complex] {
        let n = values.count
        var size = 1
        while size < 2 * n - 1 { size *= 2 }
        let chirp = (0..<n).map { root($0 * $0, 2 * n) }
        func spectrum(_ values: [Complex], inverse: Bool) -> [Complex] {
            let (re, im) = transform(real: values.map(\.re), imaginary: values.map(\.im), inverse: inverse)
            return zip(re, im).map { ($0, $1) }
        }
        var conjugate = [Complex](repeating: (0, 0), count: size)
        for k in 0..<n {
            conjugate[k] = (chirp[k].re, -chirp[k].im)
            if k > 0 { conjugate[size - k] = conjugate[k] }
        }
        let turned = (0..<size).map { $0 < n ? times(values[$0], chirp[$0]) : (0, 0) }
        let product = zip(spectrum(turned, inverse: false), spectrum(conjugate, inverse: false)).map { times($0, $1) }
        return zip(spectrum(product, inverse: true), chirp).map { times($0, $1) }
    }
}
