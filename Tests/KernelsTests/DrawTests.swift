import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

/// Random123's known answers for philox4x32-10 (its file kat_vectors).
private struct KnownAnswer: Sendable {
    let counter: [UInt32]
    let key: [UInt32]
    let words: [UInt32]

    static let all = [
        KnownAnswer(
            counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        KnownAnswer(
            counter: [.max, .max, .max, .max], key: [.max, .max],
            words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
        KnownAnswer(
            counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0],
            words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ]
}

private func pair(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }

/// `count` draws from `first` on, by a kernel that is handed one block at a time.
private func draw(
    _ kernel: DrawKernel, _ address: DrawAddress, first: Int = 0, count: Int, block: Int = .max
) -> [Float] {
    var values: [Float] = []
    var start = 0
    while start < count {
        let size = min(block, count - start)
        values += guarded(count: size, granule: 64, sentinel: Float(-77)) {
            kernel($0, size, address.key, address.epoch, address.sample, first + start)
        }
        start += size
    }
    return values
}

@Test func `philox gives Random123's known answers`() {
    for answer in KnownAnswer.all {
        let (c, k) = (answer.counter, answer.key)
        let words = philox4x32(counter: (c[0], c[1], c[2], c[3]), key: (k[0], k[1]))
        #expect([words.0, words.1, words.2, words.3] == answer.words)
    }
}

@Test func `every instruction set's uniforms are the known answers' upper bits`() {
    for answer in KnownAnswer.all {
        let (c, k) = (answer.counter, answer.key)
        let address = DrawAddress(key: pair(k[0], k[1]), epoch: c[1], sample: pair(c[2], c[3]))
        let (group, lane) = (Int(c[0] >> 4), Int(c[0] & 15))
        for kernels in Fixture.kernelSets {
            let values = draw(kernels.noise.uniform, address, first: group * 64, count: 64)
            let bits = [0, 16, 32, 48].map { UInt32(values[$0 + lane] * 16_777_216) }
            #expect(bits == answer.words.map { $0 >> 8 }, "\(kernels.instructionSet)")
        }
    }
}

@Test(arguments: [
    DrawAddress(key: 0, epoch: 0, sample: 0),
    DrawAddress(key: 0xfedc_ba98_7654_3210, epoch: 7, sample: 0x1234_5678_9abc_def0),
])
func `every instruction set's draws have the reference's bits`(address: DrawAddress) {
    for first in [0, 64, 6400, 0x3_ffff_f000] {
        let elements = first..<first + 4096
        let uniforms = elements.map { ScalarReference.uniform(address: address, element: $0) }
        let normals = elements.map { ScalarReference.normal(address: address, element: $0) }
        for kernels in Fixture.kernelSets {
            let uniform = draw(kernels.noise.uniform, address, first: first, count: 4096)
            let normal = draw(kernels.noise.normal, address, first: first, count: 4096)
            #expect(difference(uniform, uniforms) == nil, "\(kernels.instructionSet)")
            #expect(difference(normal, normals) == nil, "\(kernels.instructionSet)")
        }
    }
}

@Test func `every tail of a draw is right and ends in its group of 64`() {
    let address = DrawAddress(key: 5, epoch: 6, sample: 7)
    let uniforms = (0..<194).map { ScalarReference.uniform(address: address, element: 64 + $0) }
    let normals = (0..<194).map { ScalarReference.normal(address: address, element: 64 + $0) }
    for kernels in Fixture.kernelSets {
        for count in 0...194 {
            let uniform = draw(kernels.noise.uniform, address, first: 64, count: count)
            let normal = draw(kernels.noise.normal, address, first: 64, count: count)
            #expect(
                difference(uniform, Array(uniforms[..<count])) == nil, "\(kernels.instructionSet) \(count)")
            #expect(difference(normal, Array(normals[..<count])) == nil, "\(kernels.instructionSet) \(count)")
        }
    }
}

@Test(arguments: [64, 128, 192, 512])
func `draws do not depend on how a sample is cut into blocks`(block: Int) {
    let address = DrawAddress(key: 11, epoch: 12, sample: 13)
    for kernels in Fixture.kernelSets {
        for kernel in [kernels.noise.uniform, kernels.noise.normal] {
            let whole = draw(kernel, address, count: 1000)
            #expect(difference(draw(kernel, address, count: 1000, block: block), whole) == nil)
        }
    }
}

@Test func `key, epoch, sample and place each change every draw`() {
    let base = DrawAddress(key: 1, epoch: 2, sample: 3)
    let noise = Fixture.kernelSets[0].noise
    let values = draw(noise.uniform, base, count: 640)
    let others = [
        draw(noise.uniform, DrawAddress(key: 4, epoch: 2, sample: 3), count: 640),
        draw(noise.uniform, DrawAddress(key: 1 + 1 << 32, epoch: 2, sample: 3), count: 640),
        draw(noise.uniform, DrawAddress(key: 1, epoch: 4, sample: 3), count: 640),
        draw(noise.uniform, DrawAddress(key: 1, epoch: 2, sample: 4), count: 640),
        draw(noise.uniform, DrawAddress(key: 1, epoch: 2, sample: 3 + 1 << 32), count: 640),
        draw(noise.uniform, base, first: 640, count: 640),
    ]
    for other in others {
        #expect(zip(values, other).count(where: ==) <= 1)  // 640 chances of 2⁻²⁴
    }
}

@Test func `a pair of normals is the radius and the angle of two words, to 5e-7 of the radius`() {
    let address = DrawAddress(key: 17, epoch: 18, sample: 19)
    var worst = 0.0
    for element in 0..<20_000 where element & 16 == 0 {
        let (radiusBits, angleBits) = (address.bits(element), address.bits(element + 16))
        // A Float: coarse near 1, where the radius is small.
        let u = Float(radiusBits >> 1) * 0x1p-31 + 0x1p-32
        let radius = (-2 * Glibc.log(Double(u))).squareRoot()
        let reduced = Double(Int32(bitPattern: angleBits << 2)) * 0x1p-31 * .pi / 4
        let mirrored = angleBits & 1 << 31 == 0 ? reduced : .pi - reduced
        let angle = angleBits & 1 << 30 == 0 ? mirrored : .pi / 2 - mirrored
        let first = Double(ScalarReference.normal(address: address, element: element))
        let second = Double(ScalarReference.normal(address: address, element: element + 16))
        let error = max(abs(first - radius * Glibc.cos(angle)), abs(second - radius * Glibc.sin(angle)))
        worst = max(worst, error / radius)
    }
    #expect(worst < 5e-7)
}
