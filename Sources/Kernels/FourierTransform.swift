import Glibc
package struct FourierPlan: Sendable {
    let count: Int
    package let scratchCount: Int
    package init(count: Int) { self.count = count; scratchCount = 2 * count }
    package func transform(real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>, inverse: Bool, scratch: UnsafeMutablePointer<Double>) {
        let r = FourierReference.transform(real: (0..<count).map { real[$0] }, imaginary: (0..<count).map { imaginary[$0] }, inverse: inverse)
        for i in 0..<count { real[i] = r.real[i]; imaginary[i] = r.imaginary[i] }
    }
}
package enum FourierReference {
    package static func transform(real: [Double], imaginary: [Double], inverse: Bool) -> (real: [Double], imaginary: [Double]) {
        let n = real.count
        var a = real, b = imaginary
        for j in 0..<n {
            var x = 0.0, y = 0.0
            for k in 0..<n {
                let t = (inverse ? 2 : -2) * Double.pi * Double(j * k % n) / Double(n)
                x += real[k] * cos(t) - imaginary[k] * sin(t)
                y += real[k] * sin(t) + imaginary[k] * cos(t)
            }
            a[j] = inverse ? x / Double(n) : x
            b[j] = inverse ? y / Double(n) : y
        }
        return (a, b)
    }
}
