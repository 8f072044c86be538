import Kernels
import Tensors
import Testing

/// Sixteen lanes with different values to start from.
private let start = (0..<16).map { Double($0) * 0.5 - 3.25 }

private func reduce(
    _ kernel: (UnsafeMutablePointer<Double>, UnsafePointer<Float>, Int) -> Void, _ values: [Float], count: Int
) -> [Double] {
    let buffer = Buffer(values)
    return guarded(count: 16, granule: 16, sentinel: -77) { lanes in
        for lane in 0..<16 { lanes[lane] = start[lane] }
        kernel(lanes, buffer.pointer, count)
    }
}

private func expected(_ values: [Float], count: Int, _ fold: (Double, Double) -> Double) -> [Double] {
    var lanes = start
    for e in 0..<count { lanes[e % 16] = fold(lanes[e % 16], Double(values[e])) }
    return lanes
}

@Test func `reductions keep sixteen lanes in the order of the elements`() {
    var values = Fixture.floats(1040, seed: 21)
    values[3] = .nan  // a minimum and a maximum pass over it
    values[40] = 1e20  // so that the order of a lane's additions shows
    let numbers = values.map { $0.isNaN ? 1 : $0 }
    for kernels in Fixture.kernelSets {
        let noise = kernels.noise
        for count in Array(0...130) + [1000, 1024] {
            #expect(reduce(noise.sum, numbers, count: count) == expected(numbers, count: count) { $0 + $1 })
            #expect(
                reduce(noise.minimum, values, count: count)
                    == expected(values, count: count) { $1 < $0 ? $1 : $0 })
            #expect(
                reduce(noise.maximum, values, count: count)
                    == expected(values, count: count) { $1 > $0 ? $1 : $0 })
        }
    }
}

/// The first of these has a way of its own; the others are near it.
private let byteScales: [(scale: Double, low: Double)] = [
    (1 / 255.0, 0), (1 / 255.0, -0.3), ((1 / 255.0).nextUp, 0), (2 / 255.0, -1),
]

@Test(arguments: byteScales)
func `bytes become values, at every tail`(scale: Double, low: Double) {
    let bytes = (0..<256).map { UInt8($0) }
    let all = bytes.map { ScalarReference.decode($0, scale: scale, low: low) }
    let source = Buffer(bytes)
    for kernels in Fixture.kernelSets {
        for count in Array(0...130) + [256] {
            let found = guarded(count: count, granule: 16, sentinel: Float(-77)) {
                kernels.noise.decodeBytes($0, source.pointer, count, scale, low)
            }
            #expect(difference(found, Array(all[..<count])) == nil)
        }
    }
    #expect(ScalarReference.decode(255, scale: 1 / 255.0, low: 0) == 1)
}

@Test func `masks become exactly as many bytes of 0 and 1`() {
    let truths = Fixture.floats(130, seed: 22).map { $0 > 0 }
    let masks = Buffer(truths.map(ScalarReference.mask))
    for kernels in Fixture.kernelSets {
        for count in 0...130 {
            let found = guarded(count: count, granule: 1, sentinel: UInt8(77)) {
                kernels.noise.encodeMask($0, masks.pointer, count)
            }
            #expect(found == truths[..<count].map { $0 ? 1 : 0 })
        }
    }
}
