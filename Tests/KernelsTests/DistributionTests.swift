import Glibc
import Kernels
import Tensors
import Testing

/// 131,072 draws of one address; the addresses are fixed, so these tests give the same figures every time. Bounds are those
/// that a right generator passes with a chance of 0.999 or better.
private let count = 131_072

private let normals: [Double] = {
    let out = Buffer<Float>(count: count)
    Fixture.kernelSets.last!.noise.normal(out.pointer, count, 0xabcd, 1, 2, 0)
    return out.values.map(Double.init)
}()

private let uniforms: [Double] = {
    let out = Buffer<Float>(count: count)
    Fixture.kernelSets.last!.noise.uniform(out.pointer, count, 0xabcd, 1, 2, 0)
    return out.values.map(Double.init)
}()

/// The greatest distance of the values' distribution from `cumulative` (Kolmogorov & Smirnov), times √n: 1.95 is passed
/// by chance once in a thousand.
private func kolmogorovSmirnov(_ values: [Double], cumulative: (Double) -> Double) -> Double {
    let n = Double(values.count)
    let distance = values.sorted().enumerated().reduce(0) { worst, item in
        let expected = cumulative(item.element)
        let (below, above) = (Double(item.offset) / n, Double(item.offset + 1) / n)
        return max(worst, abs(expected - below), abs(expected - above))
    }
    return distance * n.squareRoot()
}

private func normalCumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

@Test func `normals follow the normal distribution`() {
    #expect(kolmogorovSmirnov(normals, cumulative: normalCumulative) < 1.95)
    let root = Double(count).squareRoot()
    // Standard errors: 1 / √n, √(2 / n), √(15 / n), √(96 / n); times 3.5.
    #expect(abs(mean(normals)) < 3.5 / root)
    #expect(abs(mean(normals.map { $0 * $0 }) - 1) < 3.5 * 2.0.squareRoot() / root)
    #expect(abs(mean(normals.map { $0 * $0 * $0 })) < 3.5 * 15.0.squareRoot() / root)
    #expect(abs(mean(normals.map { $0 * $0 * $0 * $0 }) - 3) < 3.5 * 96.0.squareRoot() / root)
    #expect(normals.allSatisfy { abs($0) < 6.67 })
    // 4 and more: 6.3e-5 of them, 8.3 ± 2.9.
    #expect((1...20).contains(normals.count { abs($0) >= 4 }))
}

@Test(arguments: [1, 16, 32, 48, 64])
func `normals some places apart are not correlated, nor are their squares`(distance: Int) {
    let bound = 3.5 / Double(count - distance).squareRoot()
    let pairs = zip(normals, normals.dropFirst(distance))
    #expect(abs(mean(pairs.map { $0 * $1 })) < bound)
    // The variance of (x² − 1)(y² − 1) is 4.
    #expect(abs(mean(pairs.map { ($0 * $0 - 1) * ($1 * $1 - 1) })) < 2 * bound)
}

@Test func `the two normals of a pair point all around the circle`() {
    var octants = [Int](repeating: 0, count: 8)
    for element in 0..<count where element & 16 == 0 {
        let angle = atan2(normals[element + 16], normals[element])
        octants[min(7, Int((angle + .pi) / (.pi / 4)))] += 1
    }
    let expected = Double(count / 2) / 8
    let chiSquared = octants.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(chiSquared < 24.3)  // seven degrees of freedom, 0.999
}

@Test func `uniforms follow the uniform distribution`() {
    #expect(kolmogorovSmirnov(uniforms, cumulative: { $0 }) < 1.95)
    #expect(uniforms.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(mean(uniforms) - 0.5) < 3.5 / (12 * Double(count)).squareRoot())
    #expect(abs(mean(zip(uniforms, uniforms.dropFirst()).map { ($0 - 0.5) * ($1 - 0.5) })) < 3.5 / 12 / 362)
}

@Test func `the Kolmogorov-Smirnov distance sees a shift of 0.02`() {
    #expect(kolmogorovSmirnov(normals.map { $0 + 0.02 }, cumulative: normalCumulative) > 1.95)
    #expect(kolmogorovSmirnov(uniforms.map { $0 * 0.98 }, cumulative: { $0 }) > 1.95)
}
