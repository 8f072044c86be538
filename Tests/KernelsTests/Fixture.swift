import Kernels
import Tensors
import Testing
import VectorKernels

enum Fixture {
    /// The kernels of every instruction set that this processor has; what it lacks is said once.
    static let kernelSets: [KernelSet] = {
        for set in InstructionSet.allCases where !set.isSupported {
            print("skipped: this processor lacks \(set.rawValue)")
        }
        return InstructionSet.supported.compactMap(KernelSet.of)
    }()

    /// Where functions turn, and what they may trip over.
    static let specials: [Float] = {
        let positive: [Float] = [
            0, 0x1p-149, Float.leastNormalMagnitude.nextDown, 0x1p-126, 1e-20, 0.25, 0.5, 0.625, 0.70710677,
            0.7071068,
            0.99999994, 1,
            1.0000001, 1.5, 2, 2.5, 3, .pi / 4, .pi, 7, 15.5, 87.33655, 88.72283, 88.72284, 103.97208, 104.5,
            1e6,
            4_194_304.5, 8_388_607.5, 8_388_608, 8_388_609, 16_777_215, 16_777_216, 0x1p30, 0x1.fffffep29,
            0x1p31,
            1e20, .greatestFiniteMagnitude, .infinity, .nan,
        ]
        return positive + positive.map { -$0 }
    }()

    /// Ordinary numbers of both signs, no two alike in practice; magnitudes from 1/16 to 64.
    static func floats(_ count: Int, seed: UInt64) -> [Float] {
        let address = DrawAddress(key: seed, epoch: 0, sample: 0)
        return (0..<count).map { index in
            let bits = address.bits(index)
            let exponent = Int(bits >> 24) % 10 - 4
            let significand = 1 + Float(bits & 0x7f_ffff) * 0x1p-23
            return Float(
                sign: bits >> 23 & 1 == 1 ? .minus : .plus, exponent: exponent, significand: significand)
        }
    }

    /// Any bits at all: huge, denormal, NaN.
    static func anyBits(_ count: Int, seed: UInt64) -> [Float] {
        let address = DrawAddress(key: seed, epoch: 1, sample: 2)
        return (0..<count).map { Float(bitPattern: address.bits($0)) }
    }
}

/// The first place where the two differ, in words; nil where they agree. NaNs are all one value, unless `areMasks`.
func difference(_ found: [Float], _ expected: [Float], areMasks: Bool = false) -> String? {
    guard found.count == expected.count else { return "\(found.count) values for \(expected.count)" }
    for (index, (a, b)) in zip(found, expected).enumerated() where a.bitPattern != b.bitPattern {
        if !areMasks && a.isNaN && b.isNaN { continue }
        return "element \(index): \(a) (\(String(a.bitPattern, radix: 16)))"
            + " for \(b) (\(String(b.bitPattern, radix: 16)))"
    }
    return nil
}

/// Runs `body` on room for `count` values with a guard zone on both sides, and returns the values. `granule`: the documented
/// rounding, past which nothing may be written.
func guarded<Value: BitwiseCopyable & Equatable>(
    count: Int, granule: Int, sentinel: Value, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (UnsafeMutablePointer<Value>) -> Void
) -> [Value] {
    let zone = 64
    let room = (count + granule - 1) / granule * granule
    let buffer = Buffer<Value>(count: zone + room + zone)
    for index in 0..<buffer.count { buffer[index] = sentinel }
    body(buffer.pointer + zone)
    let all = buffer.values
    #expect(
        all[..<zone].allSatisfy { $0 == sentinel }, "wrote before the start", sourceLocation: sourceLocation)
    #expect(
        all[(zone + room)...].allSatisfy { $0 == sentinel }, "wrote past \(room)",
        sourceLocation: sourceLocation
    )
    return Array(all[zone..<zone + count])
}

@Test func `difference tells signs of zero and masks apart, but not NaNs`() {
    #expect(difference([1, 0], [1, 0]) == nil)
    #expect(difference([1, 0], [1, -0.0]) == "element 1: 0.0 (0) for -0.0 (80000000)")
    #expect(difference([1], [1, 2]) == "1 values for 2")
    let otherNaN = Float(bitPattern: 0xffff_ffff)
    #expect(difference([.nan], [otherNaN]) == nil)
    #expect(
        difference([.nan], [otherNaN], areMasks: true)
            == "element 0: nan (7fc00000) for -nan(0x1fffff) (ffffffff)")
}

@Test func `guarded sees writes on both sides`() {
    withKnownIssue { _ = guarded(count: 3, granule: 16, sentinel: Float(7)) { $0[16] = 1 } }
    withKnownIssue { _ = guarded(count: 3, granule: 16, sentinel: Float(7)) { $0[-1] = 1 } }
    #expect(guarded(count: 3, granule: 16, sentinel: Float(7)) { $0[15] = 1 } == [7, 7, 7])
}
