import CSndFile
import Foundation

/// A WAV file's bytes.
///
/// - Parameters:
///   - format: 1 for whole numbers, 3 for floats.
///   - size: what the header says of the values' bytes; nil for what there is.
func wav(
    _ values: [UInt8], bits: Int = 16, channels: Int = 1, rate: Int = 100, format: Int = 1, size: Int? = nil,
    before: [UInt8] = []
) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let frame = channels * bits / 8
    let head =
        number(format, 2) + number(channels, 2) + number(rate, 4) + number(rate * frame, 4) + number(frame, 2)
        + number(bits, 2)
    let body =
        Array("WAVEfmt ".utf8) + number(16, 4) + head + before + Array("data".utf8)
        + number(size ?? values.count, 4) + values
    return Array("RIFF".utf8) + number(body.count, 4) + body
}

/// Numbers of 8 bits are unsigned in WAV, others signed and little-endian.
func pcm(_ numbers: [Int], bits: Int) -> [UInt8] {
    numbers.flatMap { number in
        let value = bits == 8 ? number + 128 : number
        return (0..<bits / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

func floatBytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
}

/// A file that libsndfile writes, as bytes; values below 1 in 31 bits are written exactly where the format holds them.
func soundBytes(_ values: [Float], channels: Int = 1, rate: Int, format: Int) throws -> [UInt8] {
    let folder = try Folder()
    let file = folder.path + "/sound"
    var info = SF_INFO()
    (info.samplerate, info.channels, info.format) = (Int32(rate), Int32(channels), Int32(format))
    guard let handle = sf_open(file, Int32(SFM_WRITE), &info) else {
        throw CocoaError(.fileWriteUnknown, userInfo: ["reason": String(cString: sf_strerror(nil))])
    }
    let count = sf_count_t(values.count / channels)
    guard sf_writef_int(handle, values.map { Int32($0 * 0x1p31) }, count) == count, sf_close(handle) == 0
    else {
        throw CocoaError(.fileWriteUnknown)
    }
    return Array(try Data(contentsOf: URL(filePath: file)))
}

enum SoundFormat {
    static let flac16 = Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_16)
    static let flac24 = Int(SF_FORMAT_FLAC) | Int(SF_FORMAT_PCM_24)
    static let vorbis = Int(SF_FORMAT_OGG) | Int(SF_FORMAT_VORBIS)
    static let opus = Int(SF_FORMAT_OGG) | Int(SF_FORMAT_OPUS)
    static let mp3 = Int(SF_FORMAT_MPEG) | Int(SF_FORMAT_MPEG_LAYER_III)
}
