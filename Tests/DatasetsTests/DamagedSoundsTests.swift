import Foundation
import Kernels
import Tensors
import Testing

@testable import Datasets

/// Whatever stands in a file of sound, reading it ends with finite values or with an error that names it.
@Suite struct DamagedSoundsTests {
    enum Form: String, CaseIterable {
        case wav8, wav16, wav24, wavFloat, flac, vorbis

        /// A tone on two channels, 600 samples; the lossless formats keep noise, too.
        func bytes() throws -> [UInt8] {
            let numbers = (0..<1200).map { ($0 / 2 * 7919 + $0 % 2 * 13) % 101 - 50 }
            let tone = (0..<1200).map { Float(0.5 * sin(Double($0 / 2) * 0.3)) + Float(numbers[$0]) / 512 }
            switch self {
            case .wav8: return wav(pcm(numbers, bits: 8), bits: 8, channels: 2, rate: 8000)
            case .wav16: return wav(pcm(numbers, bits: 16), bits: 16, channels: 2, rate: 8000)
            case .wav24: return wav(pcm(numbers, bits: 24), bits: 24, channels: 2, rate: 8000)
            case .wavFloat: return wav(floatBytes(tone), bits: 32, channels: 2, rate: 8000, format: 3)
            case .flac: return try soundBytes(tone, channels: 2, rate: 8000, format: SoundFormat.flac16)
            case .vorbis: return try soundBytes(tone, channels: 2, rate: 8000, format: SoundFormat.vorbis)
            }
        }
    }

    /// Damage anywhere, or in what is most likely the header.
    private static func damaged(_ bytes: [UInt8], seed: UInt64) -> [UInt8] {
        let split = seed % 3 == 0 ? min(64, bytes.count) : bytes.count
        return DatasetsTests.damaged(Array(bytes[..<split]), seed: seed) + bytes[split...]
    }

    @Test(arguments: Form.allCases)
    func `damaged sounds are read or refused`(form: Form) throws {
        let folder = try Folder()
        let file = folder.path + "/x.wav"
        let whole = try form.bytes()
        let data = ClassifiedAudio(
            files: [file], labels: [0], classNames: ["a"],
            format: AudioFormat(rate: 6000, seconds: 0.1, logMel: MelSettings(rate: 6000)))
        let values = Buffer<Float>(count: data.sampleShape.count)
        let reader = data.makeReader()
        func read(_ bytes: [UInt8]) throws {
            _ = try folder.file("x.wav", bytes)
            let length = try #require(try reader.read(0, scratch: values.pointer).length)
            #expect((1...data.sampleShape[0]).contains(length))
            #expect(values.values.allSatisfy { $0 >= -80 && $0 < 200 })
        }
        try read(whole)
        var refused = 0
        for seed in FuzzSeeds.all {
            do { try read(Self.damaged(whole, seed: seed)) } catch let error as any DataError {
                refused += 1
                #expect(error.description.hasPrefix(file + ": "))
            }
        }
        #expect(refused > FuzzSeeds.all.count / 20)
    }
}
