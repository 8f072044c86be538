import Foundation
import Tensors
import Testing

@testable import Datasets

/// A generator that gives the same numbers every time (SplitMix64; Steele, Lea & Flood 2014).
private struct Repeatable: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// `bytes` with up to four bytes changed, left out or put in, and perhaps cut short.
private func damaged(_ bytes: [UInt8], seed: UInt64) -> [UInt8] {
    var random = Repeatable(state: seed)
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 2: bytes = Array(bytes[..<place])
        default:
            bytes[place] = [0, 1, 0x7f, 0x80, 0xff, .random(in: 0...255, using: &random)].randomElement(
                using: &random)!
        }
    }
    return bytes
}

/// Whatever stands in a file, reading it ends with a data set that fits the file or with an error.
@Suite struct DamagedFilesTests {
    private static let cases: UInt64 = 400

    @Test(arguments: [false, true])
    func `damaged images are read or refused`(gzipped: Bool) throws {
        let folder = try Folder()
        let plain = idx([5, 3, 2], (0..<30).map { $0 })
        let whole = gzipped ? try Folder.gzipped(plain) : plain
        let labels = try folder.file("labels", idx([5], [1, 2, 0, 4, 3]))
        var refused = 0
        for seed in 0..<Self.cases {
            let images = try folder.file("images", damaged(whole, seed: seed))
            do {
                let data = try ClassifiedImages(images: images, labels: labels)
                #expect(data.count == 5 && data.sampleShape.count > 0)
            } catch { refused += 1 }
        }
        #expect(refused > Self.cases / 10)
    }

    @Test func `damaged labels are read or refused`() throws {
        let folder = try Folder()
        let images = try folder.file("images", idx([5, 3, 2], (0..<30).map { $0 }))
        var refused = 0
        for seed in 0..<Self.cases {
            let labels = try folder.file("labels", damaged(idx([5], [1, 2, 0, 4, 3]), seed: seed))
            do {
                let data = try ClassifiedImages(images: images, labels: labels)
                #expect((0..<5).allSatisfy { data.label(of: $0) < data.classes })
            } catch { refused += 1 }
        }
        #expect(refused > Self.cases / 10)
    }

    @Test func `damaged arrays are read or refused`() throws {
        let folder = try Folder()
        var whole: [UInt8] = []
        NumPyArray(shape: [2, 3], values: .float32(Buffer([1, 2, 3, 4, 5, 6]))).write { whole += $0 }
        var refused = 0
        for seed in 0..<Self.cases {
            do {
                let array = try NumPyArray(file: folder.file("x.npy", damaged(whole, seed: seed)))
                #expect(array.shape.count <= 24)
            } catch is NumPyError { refused += 1 }
        }
        #expect(refused > Self.cases / 10)
    }
}
