import Glibc
import Kernels
import Testing
import VectorKernels

/// The distance of `found` from the exact value, in units in the last place there. The greatest error of all arguments is
/// what the tests below bound.
private func ulps(_ found: Float, exact: Double) -> Double {
    let nearest = Float(exact)
    if exact.isNaN || nearest.isInfinite {
        return found == nearest || exact.isNaN && found.isNaN ? 0 : .infinity
    }
    return abs(Double(found) - exact) / Double(max(nearest.ulp, .leastNonzeroMagnitude))
}

/// Every `step`-th Float from `low` to `high`, both positive or both negative (then towards −∞).
private func worst(
    _ operation: ElementwiseOperation, from low: Float, to high: Float, step: Int, exact: (Double) -> Double
) -> Double {
    stride(from: low.bitPattern, through: high.bitPattern, by: step).reduce(0) { worst, bits in
        let x = Float(bitPattern: bits)
        return max(worst, ulps(ScalarReference.elementwise(operation, x), exact: exact(Double(x))))
    }
}

// Vector kernels have the reference's bits (ElementwiseTests), so these bounds are theirs too. Steps are primes, so
// that all low bits occur.

@Test func `exp is within 1 ulp, through overflow and denormals`() {
    #expect(worst(.exp, from: 1e-9, to: 89.5, step: 1009, exact: { Glibc.exp($0) }) < 1)
    #expect(worst(.exp, from: -1e-9, to: -88, step: 1009, exact: { Glibc.exp($0) }) < 1)
    #expect(worst(.exp, from: -87, to: -106, step: 97, exact: { Glibc.exp($0) }) < 1)
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 88.7229, -104]
    let found = special.map { ScalarReference.elementwise(.exp, $0) }
    #expect(difference(found, [.nan, .infinity, 0, 1, 1, .infinity, 0]) == nil)
}

@Test func `log is within 1 ulp, denormals too`() {
    #expect(
        worst(.log, from: 0x1p-149, to: .greatestFiniteMagnitude, step: 20_011, exact: { Glibc.log($0) }) < 1)
    #expect(worst(.log, from: 0.5, to: 2, step: 101, exact: { Glibc.log($0) }) < 1)
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, -1, 1]
    let found = special.map { ScalarReference.elementwise(.log, $0) }
    #expect(difference(found, [.nan, .infinity, .nan, -.infinity, -.infinity, .nan, 0]) == nil)
}

@Test(arguments: [ElementwiseOperation.sin, .cos])
func `sin and cos are within 2 ulp to a million, and within 2e-7 to a thousand million`(
    operation: ElementwiseOperation
) {
    let exact: (Double) -> Double = { operation == .sin ? Glibc.sin($0) : Glibc.cos($0) }
    #expect(worst(operation, from: 1e-9, to: 1, step: 2003, exact: exact) < 2)
    #expect(worst(operation, from: 1, to: 1e6, step: 1009, exact: exact) < 2)
    #expect(worst(operation, from: -1, to: -1e6, step: 1009, exact: exact) < 2)
    for bits in stride(from: Float(1e6).bitPattern, to: Float(0x1p30).bitPattern, by: 1009) {
        let x = Float(bitPattern: bits)
        let error = abs(Double(ScalarReference.elementwise(operation, x)) - exact(Double(x)))
        if error >= 2e-7 { Issue.record("\(operation) \(x) is wrong by \(error)") }
    }
    for x in [Float.nan, .infinity, -.infinity] {
        #expect(ScalarReference.elementwise(operation, x).isNaN)
    }
    #expect(ScalarReference.elementwise(operation, 1e20) == (operation == .sin ? 0 : 1))
}

@Test func `tanh is within 2 ulp`() {
    #expect(worst(.tanh, from: 1e-9, to: 0.625, step: 2003, exact: { Glibc.tanh($0) }) < 2)
    #expect(worst(.tanh, from: 0.625, to: 100, step: 503, exact: { Glibc.tanh($0) }) < 2)
    #expect(worst(.tanh, from: -0.01, to: -100, step: 2003, exact: { Glibc.tanh($0) }) < 2)
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0]
    let found = special.map { ScalarReference.elementwise(.tanh, $0) }
    #expect(difference(found, [.nan, 1, -1, 0, -0.0]) == nil)
}

@Test func `power is within 0.51 ulp and treats special values as C does`() {
    let (bases, powers) = (Fixture.floats(60_000, seed: 7), Fixture.floats(60_000, seed: 8))
    let error = zip(bases, powers).reduce(0) { worst, pair in
        // Whole numbers now and then, so that negative bases count.
        let b = pair.1 > 8 ? pair.1.rounded() : pair.1
        let exact = Glibc.pow(Double(pair.0), Double(b))
        return max(worst, ulps(ScalarReference.elementwise(.power, pair.0, b), exact: exact))
    }
    #expect(error < 0.51)
    for a in Fixture.specials {
        for b in Fixture.specials {
            let found = ScalarReference.elementwise(.power, a, b)
            let exact = Glibc.pow(Double(a), Double(b))
            #expect(ulps(found, exact: exact) < 0.51, "\(a) to the \(b)")
            #expect(found.sign == exact.sign || found.isNaN, "\(a) to the \(b)")
        }
    }
}

@Test func `ulps can be large`() {
    #expect(ulps(1.0000002, exact: 1) == 2)
    #expect(ulps(.nan, exact: 1).isNaN)
    #expect(ulps(1, exact: .nan) == .infinity)
    #expect(worst(.exp, from: 1, to: 2, step: 100_003, exact: { Glibc.exp($0) * 1.000001 }) > 5)
}
