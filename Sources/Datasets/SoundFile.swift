import CSndFile
import Glibc
import Kernels
import Tensors

/// A file of sound that is read from its start by libsndfile, its channels mixed into one.
///
/// Whole numbers of b bits become number / 2^(b − 1), floats are taken as they are. Lossy formats are decoded in the library's
/// own floating-point arithmetic: their bits are those of its version, and may be those of a processor.
final class SoundFile {
    let file: String
    /// Samples of each channel; nil where the header does not say.
    let frames: Int?
    let rate: Int
    private let channels: Int
    private let handle: OpaquePointer

    /// The endings of the names of files that are read; what a file holds is seen from its content.
    static let endings = ["flac", "mp3", "oga", "ogg", "opus", "wav"]
    /// As many as libsndfile reads.
    static let mostChannels = 1024
    /// Larger numbers are none of sound, and would become infinite on their way.
    private static let largestValue: Float = 0x1p24
    /// Room for what several channels have, before they are mixed.
    static let mixingCount = 1 << 15

    init(_ file: String) throws {
        let opened = try RegularFile(file)
        do { try RIFFHeader.check(opened, file: file) } catch {
            close(opened.descriptor)
            throw error
        }
        var info = SF_INFO()
        // Its descriptor is the library's to close, also where opening fails.
        guard let handle = sf_open_fd(opened.descriptor, Int32(SFM_READ), &info, 1) else {
            throw AudioError.notSound(file: file, reason: Self.reason(nil))
        }
        (self.file, self.handle) = (file, handle)
        (rate, channels) = (Int(info.samplerate), Int(info.channels))
        frames = info.frames < .max ? Int(info.frames) : nil
        guard frames != 0 else { throw AudioError.noSound(file: file) }
        try Self.check(rate: rate, channels: channels, file: file)
    }

    fileprivate static func check(rate: Int, channels: Int, file: String) throws(AudioError) {
        guard (1...Resampler.largestRate).contains(rate) else { throw .rate(file: file, found: rate) }
        guard (1...mostChannels).contains(channels) else { throw .channels(file: file, found: channels) }
    }

    deinit { sf_close(handle) }

    /// Reads the first samples, or all where there are fewer, and returns how many there are.
    ///
    /// - Parameter mixing: room for `mixingCount` values.
    func read(
        into sound: UnsafeMutablePointer<Float>, count: Int, mixing: UnsafeMutablePointer<Float>
    ) throws(AudioError) -> Int {
        let wanted = min(count, frames ?? count)
        let found = channels == 1 ? read(into: sound, wanted) : readMixed(into: sound, wanted, mixing)
        if sf_error(handle) != 0 {
            throw .damaged(file: file, frame: found, reason: Self.reason(handle))
        }
        guard found == wanted || frames == nil else {
            throw .endsEarly(file: file, found: found, expected: frames ?? 0)
        }
        guard found > 0 else { throw .noSound(file: file) }
        if let wrong = (0..<found).first(where: { !(abs(sound[$0]) <= Self.largestValue) }) {
            throw .outOfScale(file: file, frame: wrong, value: sound[wrong])
        }
        return found
    }

    /// Reads all channels, until `count` samples of each are there or no more come.
    private func read(into values: UnsafeMutablePointer<Float>, _ count: Int) -> Int {
        var found = 0
        while found < count {
            let part = Int(sf_readf_float(handle, values + found * channels, sf_count_t(count - found)))
            if part <= 0 { break }
            found += part
        }
        return found
    }

    /// Reads samples as the mean of the channels: their sum, from the first on, in Double.
    private func readMixed(
        into sound: UnsafeMutablePointer<Float>, _ count: Int, _ mixing: UnsafeMutablePointer<Float>
    ) -> Int {
        var found = 0
        while found < count {
            let wanted = min(count - found, Self.mixingCount / channels)
            let part = read(into: mixing, wanted)
            for frame in 0..<part {
                var sum = 0.0
                for channel in 0..<channels { sum += Double(mixing[frame * channels + channel]) }
                sound[found + frame] = Float(sum / Double(channels))
            }
            found += part
            if part < wanted { break }
        }
        return found
    }

    /// What the library says of its last error, of a file that was not opened if there is none.
    private static func reason(_ handle: OpaquePointer?) -> String {
        let line = String(cString: sf_strerror(handle)).prefix { $0 != "\n" }
        return line.prefix(1).lowercased() + (line.last == "." ? line.dropLast() : line).dropFirst()
    }
}

/// The header of a WAV file, for what libsndfile passes over in silence, more than the file has, and what it finds no good
/// words for.
private enum RIFFHeader {
    /// Programs that cannot go back to the header put so much, or more, where they do not know yet.
    private static let unknownSize = 0x7fff_0000

    static func check(_ file: RegularFile, file name: String) throws(AudioError) {
        let start = bytes(of: file, at: 0, count: 12)
        let isBigEndian = start.starts(with: Array("RIFX".utf8))
        guard start.count == 12, isBigEndian || start.starts(with: Array("RIFF".utf8)) else { return }
        func number(_ bytes: ArraySlice<UInt8>) -> Int {
            (isBigEndian ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | Int($1) }
        }
        var place = 12
        // A file has a few parts; damage may make many of it.
        for _ in 0..<1000 {
            let part = bytes(of: file, at: place, count: 16)
            guard part.count >= 8 else { return }
            let (size, rest) = (number(part[4..<8]), file.size - (place + 8))
            switch Array(part[..<4]) {
            case Array("fmt ".utf8) where part.count == 16:
                try SoundFile.check(rate: number(part[12...]), channels: number(part[10..<12]), file: name)
            case Array("data".utf8):
                guard size <= rest || size >= unknownSize else {
                    throw .headerTooLong(file: name, found: rest, expected: size)
                }
                return
            default: break
            }
            place += 8 + size + size % 2
        }
    }

    private static func bytes(of file: RegularFile, at place: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { memory, found in
            found = max(0, pread(file.descriptor, memory.baseAddress, count, off_t(place)))
        }
    }
}
