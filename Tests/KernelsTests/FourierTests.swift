import Foundation
import Kernels
import Tensors
import Testing

/// The discrete Fourier transform against its definition, and the fast form against the plain one.
struct FourierTests {
    /// Uneven values without symmetry.
    private static func values(_ count: Int, _ seed: Int) -> [Double] {
        (0..<count).map { Double(($0 * 7919 + seed * 104_729 + 13) % 10_007) / 10_007 - 0.37 }
    }

    private static func transform(
        _ real: [Double], _ imaginary: [Double], inverse: Bool = false
    ) -> (real: [Double], imaginary: [Double]) {
        let plan = FourierPlan(count: real.count)
        let (a, b, scratch) = (Buffer(real), Buffer(imaginary), Buffer<Double>(count: plan.scratchCount))
        plan.transform(real: a.pointer, imaginary: b.pointer, inverse: inverse, scratch: scratch.pointer)
        return (a.values, b.values)
    }

    @Test(arguments: Array(1...70) + [97, 128, 210, 500, 1000, 1021, 2048])
    func `the fast form has the plain one's bits`(count: Int) {
        let (x, y) = (Self.values(count, 1), Self.values(count, 2))
        for inverse in [false, true] {
            let found = Self.transform(x, y, inverse: inverse)
            let expected = FourierReference.transform(real: x, imaginary: y, inverse: inverse)
            #expect(found.real.map(\.bitPattern) == expected.real.map(\.bitPattern))
            #expect(found.imaginary.map(\.bitPattern) == expected.imaginary.map(\.bitPattern))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 12, 17, 28, 49, 64, 101, 143, 240])
    func `it is the sum that defines it`(count: Int) {
        let (x, y) = (Self.values(count, 3), Self.values(count, 4))
        let found = Self.transform(x, y)
        for k in 0..<count {
            var (re, im) = (0.0, 0.0)
            for j in 0..<count {
                let angle = -2 * Double.pi * Double(j * k % count) / Double(count)
                re += x[j] * cos(angle) - y[j] * sin(angle)
                im += x[j] * sin(angle) + y[j] * cos(angle)
            }
            expectNear(found.real[k], re, 1e-13 * Double(count))
            expectNear(found.imaginary[k], im, 1e-13 * Double(count))
        }
    }

    @Test(arguments: [1, 7, 28, 100, 1000, 1021, 16_000]) func `the inverse gives the values back`(count: Int) {
        let (x, y) = (Self.values(count, 5), Self.values(count, 6))
        let there = Self.transform(x, y)
        let back = Self.transform(there.real, there.imaginary, inverse: true)
        for place in 0..<count {
            expectNear(back.real[place], x[place], 1e-13)
            expectNear(back.imaginary[place], y[place], 1e-13)
        }
    }

    @Test func `the values' energy is the spectrum's`() {
        let (x, y) = (Self.values(360, 7), Self.values(360, 8))
        let found = Self.transform(x, y)
        func energy(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 } }
        expectNear(energy(found.real, found.imaginary) / 360, energy(x, y), 1e-11)
    }

    @Test(arguments: [6, 17]) func `values that are not finite are no end of it`(count: Int) {
        var x = Self.values(count, 9)
        (x[1], x[4]) = (.nan, .infinity)
        #expect(Self.transform(x, Self.values(count, 1)).real.allSatisfy { $0.isNaN })
    }

    @Test func `points of the unit circle are exact to an ulp`() {
        for n in [1, 2, 3, 8, 28, 1000, 4096] {
            for k in 0..<n {
                let (cosine, sine) = unitRoot(k, of: n)
                expectNear(cosine, cos(2 * Double.pi * Double(k) / Double(n)), 1.2e-15)
                expectNear(sine, sin(2 * Double.pi * Double(k) / Double(n)), 1.2e-15)
            }
        }
        #expect(unitRoot(1, of: 4) == (0, 1))
        #expect(unitRoot(2, of: 4) == (-1, 0))
    }

    @Test func `expectNear can fail`() {
        withKnownIssue { expectNear(1, 1.1, 0.01) }
        withKnownIssue { expectNear(.nan, 1, 0.01) }
    }
}

private func expectNear(
    _ found: Double, _ expected: Double, _ bound: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(abs(found - expected) <= bound, sourceLocation: sourceLocation)
}
