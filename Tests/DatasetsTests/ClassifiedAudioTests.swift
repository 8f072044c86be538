import Foundation
import Kernels
import Tensors
import Testing

@testable import Datasets

/// A sample of one file: its values, and how many of them or of their rows are real.
private func sample(_ bytes: [UInt8], _ format: AudioFormat) throws -> (values: [Float], length: Int?) {
    let folder = try Folder()
    let data = ClassifiedAudio(
        files: [try folder.file("x.wav", bytes)], labels: [0], classNames: ["a"], format: format)
    let values = Buffer<Float>([Float](repeating: .nan, count: data.sampleShape.count))
    do {
        let sample = try data.makeReader().read(0, scratch: values.pointer)
        return ((0..<values.count).map { sample.values[$0] }, sample.length)
    } catch let error as any DataError {
        throw Complaint(text: error.description.replacing(folder.path + "/", with: ""))
    }
}

/// An error's text without the folder's path.
private struct Complaint: Error { let text: String }

private func complaint(_ bytes: [UInt8], rate: Int = 100, seconds: Double = 0.05) -> String? {
    do {
        _ = try sample(bytes, AudioFormat(rate: rate, seconds: seconds))
        return nil
    } catch let error as Complaint { return error.text } catch { return "\(error)" }
}

/// Numbers of 16 bits without a pattern.
private func noise(_ count: Int) -> [Float] {
    (0..<count).map { place -> Float in
        let number = (place * 7919 + 13) % 60013 - 30000
        return Float(number) / 32768
    }
}

/// Five samples.
private let five = AudioFormat(rate: 100, seconds: 0.05)

@Suite struct SoundValueTests {
    @Test(arguments: [8, 16, 24, 32])
    func `whole numbers of any size are exact shares of full scale`(bits: Int) throws {
        let full = 1 << (bits - 1)
        let numbers = [-full, full - full / 4, 3 - full / 2, 0, 1]
        let (values, length) = try sample(wav(pcm(numbers, bits: bits), bits: bits), five)
        #expect(values == numbers.map { Float(Double($0) / Double(full)) } && length == 5)
    }

    @Test func `floats are taken as they are`() throws {
        let numbers: [Float] = [0.1, -1.5, 0x1p-130, 0, -0.25]
        #expect(try sample(wav(floatBytes(numbers), bits: 32, format: 3), five).values == numbers)
    }

    @Test func `channels are mixed by their mean`() throws {
        let frames = [[100, 300, -700], [32767, 32767, 32767], [-1, 0, 2], [5, 7, 1000], [1, 1, 0]]
        let (values, _) = try sample(wav(pcm(frames.flatMap { $0 }, bits: 16), channels: 3), five)
        #expect(values == frames.map { Float(Double($0.reduce(0, +)) / 32768 / 3) })
    }

    @Test func `more channels than a piece of the file holds at once are mixed, too`() throws {
        let (frames, channels) = (50, 1000)
        let numbers = (0..<frames * channels).map { $0 * 7919 % 20011 - 9000 }
        let bytes = wav(pcm(numbers, bits: 16), channels: channels)
        let (values, length) = try sample(bytes, AudioFormat(rate: 100, seconds: 0.5))
        #expect(length == 50)
        for frame in 0..<frames {
            let sum = numbers[frame * channels..<(frame + 1) * channels].reduce(0, +)
            #expect(values[frame] == Float(Double(sum) / 32768 / 1000))
        }
    }

    @Test func `longer sounds are cut behind their start, shorter ones are followed by silence`() throws {
        let long = try sample(wav(pcm([1, 2, 3, 4, 5, 6, 7], bits: 16)), five)
        #expect(long.values == [1, 2, 3, 4, 5].map { Float($0) / 32768 } && long.length == 5)
        let short = try sample(wav(pcm([9, -8], bits: 16)), five)
        #expect(short.values == [9, -8, 0, 0, 0].map { Float($0) / 32768 } && short.length == 2)
    }

    @Test(arguments: [SoundFormat.flac16, SoundFormat.flac24])
    func `FLAC gives what was put in`(format: Int) throws {
        let numbers = noise(900)
        let bytes = try soundBytes(numbers, rate: 8000, format: format)
        let (values, length) = try sample(bytes, AudioFormat(rate: 8000, seconds: 0.125))
        #expect(values == numbers + [Float](repeating: 0, count: 100) && length == 900)
    }

    @Test(arguments: [SoundFormat.vorbis, SoundFormat.opus, SoundFormat.mp3])
    func `lossy formats give nearly what was put in, mixed and of the same length`(format: Int) throws {
        let rate = 16000
        func wave(_ place: Int, _ hertz: Double) -> Float {
            Float(0.4 * sin(2 * .pi * hertz * Double(place) / Double(rate)))
        }
        let frames = (0..<rate).flatMap { [wave($0, 440), wave($0, 660)] }
        let bytes = try soundBytes(frames, channels: 2, rate: rate, format: format)
        let (values, length) = try sample(bytes, AudioFormat(rate: rate, seconds: 1.25))
        // MP3 comes in blocks of 1152 samples, or 576.
        #expect(abs(try #require(length) - rate) <= (format == SoundFormat.mp3 ? 2304 : 0))
        let difference = (4000..<12000).map { place -> Double in
            let error = Double(values[place] - (wave(place, 440) + wave(place, 660)) / 2)
            return error * error
        }
        #expect((difference.reduce(0, +) / 8000).squareRoot() < 0.05)
    }

    @Test func `sounds of another rate are resampled, with the length that they then have`() throws {
        func tone(_ rate: Int, _ count: Int) -> [Float] {
            (0..<count).map { Float(0.5 * sin(2 * .pi * 700 * Double($0) / Double(rate))) }
        }
        let bytes = wav(floatBytes(tone(44100, 22050)), bits: 32, rate: 44100, format: 3)
        let (values, length) = try sample(bytes, AudioFormat(rate: 16000, seconds: 0.6))
        #expect(length == 8000 && values[8000...].allSatisfy { $0 == 0 })
        for (found, expected) in zip(values[200..<7800], tone(16000, 8000)[200..<7800]) {
            #expect(abs(found - expected) < 2e-5)
        }
        // A cut is the same sound, not one that ends there.
        let cut = try sample(bytes, AudioFormat(rate: 16000, seconds: 0.1))
        #expect(cut.values == Array(values.prefix(1600)) && cut.length == 1600)
    }
}

@Suite struct LogMelTests {
    private struct Golden: Decodable {
        let rate: Int, window: Int, hop: Int, bins: Int, low: Double, high: Double
        let sound: [Float], expected: [Float]
    }

    private static let golden: Golden = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/log_mel.json")
        return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }()

    private static func format(seconds: Double) -> AudioFormat {
        var settings = MelSettings(rate: golden.rate)
        (settings.window, settings.hop, settings.bins) = (golden.window, golden.hop, golden.bins)
        (settings.low, settings.high) = (golden.low, golden.high)
        return AudioFormat(rate: golden.rate, seconds: seconds, logMel: settings)
    }

    private static let bytes = wav(floatBytes(golden.sound), bits: 32, rate: golden.rate, format: 3)

    @Test func `decibels are those of librosa's definition`() throws {
        let format = Self.format(seconds: 0.325)
        #expect(format.sampleShape == [17, 6] && format.range == -80...0)
        let (values, length) = try sample(Self.bytes, format)
        #expect(length == 17)
        for (found, expected) in zip(values, Self.golden.expected) { #expect(abs(found - expected) < 2e-4) }
        #expect(values.contains(-80) && values.contains { $0 > -20 } && values.min() == -80)
    }

    @Test func `frames behind the sound's end are at the floor`() throws {
        let (values, length) = try sample(Self.bytes, Self.format(seconds: 0.5))
        #expect(length == 17 && values.count == 26 * 6)
        for (found, expected) in zip(values, Self.golden.expected) { #expect(abs(found - expected) < 2e-4) }
        #expect(values[(17 * 6)...].allSatisfy { $0 == -80 })
    }

    @Test func `a full sine wave in the middle of a filter has 0 decibels at its peak`() throws {
        // Filters of 500 Hz or more, and a frequency of the window, so that its neighbours lie on the filter's slopes.
        var settings = MelSettings(rate: 16000)
        settings.bins = 10
        let sine = (0..<16000).map { Float(sin(2 * .pi * 1000 * Double($0) / 16000)) }
        let (values, _) = try sample(
            wav(floatBytes(sine), bits: 32, rate: 16000, format: 3),
            AudioFormat(rate: 16000, seconds: 1, logMel: settings))
        #expect(values.count == 101 * 10)
        let loudest = try #require(values[500..<510].max())
        #expect(loudest > -1 && loudest < 2)
    }

    @Test func `silence is the floor everywhere`() throws {
        let (values, _) = try sample(
            wav(pcm([Int](repeating: 0, count: 650), bits: 16), rate: 2000), Self.format(seconds: 0.325))
        #expect(values.allSatisfy { $0 == -80 })
    }
}

@Suite struct AudioErrorTests {
    private static let whole = wav(pcm([1, 2, 3, 4, 5, 6, 7, 8], bits: 16))

    @Test func `what is no sound is told`() {
        let told = "x.wav: cannot be read as sound: "
        #expect(complaint([]) == told + "format not recognised")
        #expect(
            complaint(Array("path,label\na.wav,3\n".utf8)) == told + "format not recognised"
        )
        #expect(complaint(Array(Self.whole.prefix(20)))?.hasPrefix(told) == true)
        #expect(complaint(wav([])) == "x.wav: holds no sound: its header says 0 samples")
    }

    @Test func `a header that says more than the file has is told`() {
        #expect(
            complaint(wav(pcm([1, 2, 3], bits: 16), size: 400))
                == "x.wav: the file ends early: 6 bytes of sound found, 400 expected by its header")
        let parts = Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0]
        #expect(
            complaint(wav(pcm([1, 2, 3], bits: 16), size: 8, before: parts))
                == "x.wav: the file ends early: 6 bytes of sound found, 8 expected by its header")
        #expect(complaint(wav(pcm([1, 2, 3], bits: 16), before: parts)) == nil)
        // What writes into a pipe cannot know the size.
        for size in [0xffff_ffff, 0x7fff_ffff] {
            #expect(complaint(wav(pcm([1, 2, 3], bits: 16), size: size)) == nil)
        }
    }

    @Test func `rates and channels that no sound has are told`() {
        func told(rate: Int, channels: Int = 1) -> String? {
            complaint(wav(pcm([Int](repeating: 9, count: 8), bits: 16), channels: channels, rate: rate))
        }
        #expect(told(rate: 0) == "x.wav: 0 samples a second found, 1 to 1000000 expected")
        #expect(told(rate: 1_000_001) == "x.wav: 1000001 samples a second found, 1 to 1000000 expected")
        #expect(told(rate: 0x7fff_ffff) == "x.wav: 2147483647 samples a second found, 1 to 1000000 expected")
        #expect(told(rate: 100, channels: 0) == "x.wav: 0 channels found, 1 to 1024 expected")
        #expect(told(rate: 100, channels: 0xffff) == "x.wav: 65535 channels found, 1 to 1024 expected")
        #expect(
            complaint(wav(pcm([1, 2], bits: 16), rate: 999_999), rate: 16000, seconds: 2)
                == "x.wav: 999999 samples a second have too small a common factor with the wanted 16000 to be resampled; "
                + "convert the file to a usual rate")
    }

    @Test(arguments: [(Float.nan, "nan"), (.infinity, "inf"), (-1e30, "-1e+30")])
    func `numbers that are none of sound are told`(number: Float, text: String) {
        let bytes = wav(floatBytes([0.5, 0, number, 1]), bits: 32, format: 3)
        #expect(complaint(bytes) == "x.wav: sample 2 is \(text), numbers around -1...1 expected")
    }

    @Test func `a FLAC file that ends early is told, unless the part that is wanted is there`() throws {
        let numbers = noise(20000)
        let bytes = try soundBytes(numbers, rate: 100, format: SoundFormat.flac16)
        let cut = Array(bytes.prefix(bytes.count / 2))
        #expect(complaint(cut, seconds: 20) == nil)
        #expect(
            complaint(cut, seconds: 200)
                == "x.wav: the sound ends early: 8192 samples found, 20000 expected by its header")
    }

    @Test func `files that cannot be opened are told`() throws {
        let folder = try Folder()
        func told(_ name: String) -> String {
            let data = ClassifiedAudio(
                files: ["\(folder.path)/\(name)"], labels: [0], classNames: ["a"], format: five)
            let values = Buffer<Float>(count: 5)
            do {
                _ = try data.makeReader().read(0, scratch: values.pointer)
                return ""
            } catch { return "\(error)".replacing(folder.path + "/", with: "") }
        }
        #expect(told("x.wav") == "x.wav: no such file")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/y.wav", withIntermediateDirectories: false)
        #expect(told("y.wav") == "y.wav: not a regular file")
    }
}

@Suite struct AudioFolderTests {
    private static func write(_ files: [String: [UInt8]], in folder: Folder) throws {
        for (name, bytes) in files {
            let path = folder.path + "/" + name
            try FileManager.default.createDirectory(
                atPath: String(path[..<path.lastIndex(of: "/")!]), withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path))
        }
    }

    @Test func `folders are classes, in training and in the test`() throws {
        let folder = try Folder()
        func clip(_ number: Int) -> [UInt8] { wav(pcm([number], bits: 16)) }
        try Self.write(
            [
                "train/dog/b.wav": clip(3), "train/dog/a.WAV": clip(2), "train/cat/z.wav": clip(1),
                "test/dog/a.wav": clip(4),
            ], in: folder)
        let halves = try AudioFiles(train: folder.path + "/train", test: folder.path + "/test", format: five)
            .load()
        let train = halves.train
        #expect(train.count == 3 && train.classes == 2 && train.classNames == ["cat", "dog"])
        #expect(train.sampleShape == [5] && train.range == -1...1)
        #expect((0..<3).map(train.label) == [0, 1, 1])
        #expect(train.name(of: 1) == folder.path + "/train/dog/a.WAV")
        let test = try #require(halves.test)
        #expect(test.count == 1 && test.classes == 2 && test.label(of: 0) == 1)
        let values = Buffer<Float>(count: 5)
        let reader = train.makeReader()
        for (id, number) in [(2, 3), (0, 1), (1, 2)] {
            let sample = try reader.read(id, scratch: values.pointer)
            #expect(sample.values[0] == Float(number) / 32768 && sample.length == 1)
        }
        try Self.write(["test/dog/notes.txt": [1]], in: folder)
        let error = #expect(throws: FolderError.self) {
            try AudioFiles(train: folder.path + "/train", test: folder.path + "/test", format: five).load()
        }
        #expect(
            error?.description
                == "\(folder.path)/test/dog/notes.txt: a file of another kind in the folder of a class; files ending in "
                + "flac, mp3, oga, ogg, opus, wav are expected")
    }

    @Test func `tables name files and classes`() throws {
        let folder = try Folder()
        func clip(_ number: Int) -> [UInt8] { wav(pcm([number], bits: 16)) }
        try Self.write(
            [
                "clips/a.wav": clip(1), "clips/b.wav": clip(2), "other/c.wav": clip(3),
                "train.csv": Array(
                    "word,path\nyes,clips/a.wav\nno,\(folder.path)/other/c.wav\nyes,clips/b.wav\n".utf8),
                "test.jsonl": Array(#"{"path": "clips/b.wav", "word": "no"}"#.utf8),
                "wrong.tsv": Array("path\tword\nclips/b.wav\tmaybe\n".utf8),
                "digits.csv": Array("path,word\nclips/a.wav,2\nclips/b.wav,0\n".utf8),
            ], in: folder)
        func halves(_ train: String, _ test: String?) throws -> DatasetHalves {
            var files = AudioFiles(
                train: "\(folder.path)/\(train)", test: test.map { "\(folder.path)/\($0)" }, format: five)
            files.label = "word"
            return try files.load()
        }
        let words = try halves("train.csv", "test.jsonl")
        #expect(words.train.count == 3 && words.train.classNames == ["no", "yes"])
        #expect((0..<3).map(words.train.label) == [1, 0, 1] && words.test?.label(of: 0) == 0)
        let values = Buffer<Float>(count: 5)
        for (id, number) in [(0, 1), (1, 3), (2, 2)] {
            let sample = try words.train.makeReader().read(id, scratch: values.pointer)
            #expect(sample.values[0] == Float(number) / 32768)
        }
        #expect(throws: TableLabelError.self) { try halves("train.csv", "wrong.tsv") }
        let digits = try halves("digits.csv", nil).train
        #expect(digits.classes == 3 && digits.classNames == ["0", "1", "2"])
        #expect((0..<2).map(digits.label) == [2, 0])
    }
}
