import Kernels
import Tensors

/// Files of sound with a class each, read when they are asked for.
package final class ClassifiedAudio: Dataset {
    package let classNames: [String]?
    private let files: [String]
    private let labels: [UInt16]
    private let format: AudioFormat

    /// - Parameters:
    ///   - files: paths, one at least and fewer than 2³².
    ///   - labels: the place of each file's class in `classNames`.
    package init(files: [String], labels: [UInt16], classNames: [String], format: AudioFormat) {
        precondition(files.count == labels.count, "\(files.count) files with \(labels.count) labels")
        (self.files, self.labels, self.classNames) = (files, labels, classNames)
        (classes, self.format) = (classNames.count, format)
    }

    /// The files of a folder with a folder for each class.
    package convenience init(_ folder: ClassFolder, format: AudioFormat) {
        self.init(
            files: folder.files, labels: folder.labels, classNames: folder.classNames, format: format)
    }

    package let classes: Int
    package var count: Int { files.count }
    package var sampleShape: Shape { format.sampleShape }
    package var range: ClosedRange<Float> { format.range }
    package var sampleRate: Int? { format.rate }
    package var sounds: UnderlyingSounds? {
        guard let features = format.logMel, let classNames else { return nil }
        let format = AudioFormat(rate: format.rate, seconds: format.seconds)
        return UnderlyingSounds(
            dataset: ClassifiedAudio(files: files, labels: labels, classNames: classNames, format: format),
            features: features)
    }

    package func label(of id: Int) -> Int { Int(labels[id]) }
    package func name(of id: Int) -> String { files[id] }
    package func makeReader() -> any SampleReader { AudioReader(files, format) }
}

/// Reads sounds in one format, for one thread.
private final class AudioReader: SampleReader {
    private let files: [String]
    private let format: AudioFormat
    private let mixing = Buffer<Float>(count: SoundFile.mixingCount)
    /// A sound at the rate of its file, with silence before and behind it.
    private var recorded = Buffer<Float>(count: 0)
    /// A sound of which a spectrogram is made.
    private let sound: Buffer<Float>
    private let spectrogram: MelSpectrogram?
    private var resamplers: [Int: Resampler] = [:]
    private var weightCount = 0

    /// 32 MiB of a resampler's weights; usual rates want a thousandth to a hundredth of that.
    private static let mostWeights = 1 << 23

    init(_ files: [String], _ format: AudioFormat) {
        (self.files, self.format) = (files, format)
        spectrogram = format.logMel.map { MelSpectrogram($0) }
        sound = Buffer(count: format.logMel == nil ? 0 : format.sampleCount)
    }

    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        guard let spectrogram else {
            return CleanSample(.floats(scratch), length: try readSound(files[id], into: scratch))
        }
        let length = try readSound(files[id], into: sound.pointer)
        let frames = spectrogram.writeSample(
            sound.pointer, count: format.sampleCount, length: length, into: scratch)
        return CleanSample(.floats(scratch), length: frames)
    }

    /// Writes a sound at the wanted rate and of the wanted length, and returns how much of it is not padding.
    private func readSound(_ file: String, into values: UnsafeMutablePointer<Float>) throws -> Int {
        let opened = try SoundFile(file)
        let count = format.sampleCount
        let length: Int
        if opened.rate == format.rate {
            length = try opened.read(into: values, count: count, mixing: mixing.pointer)
        } else {
            let resampler = try resampler(for: opened)
            let wanted = min(resampler.inputCount(count), opened.frames ?? .max)
            let room = resampler.inputCount(min(count, resampler.outputCount(wanted)))
            let before = resampler.before
            if recorded.count < before + room { recorded = Buffer(count: before + room) }
            recorded.pointer.update(repeating: 0, count: before)
            let inputs = recorded.pointer + before
            let found = try opened.read(into: inputs, count: wanted, mixing: mixing.pointer)
            (inputs + found).update(repeating: 0, count: room - found)
            length = min(count, resampler.outputCount(found))
            resampler.run(recorded.pointer, into: values, count: length)
        }
        (values + length).update(repeating: 0, count: count - length)
        return length
    }

    private func resampler(for sound: SoundFile) throws(AudioError) -> Resampler {
        if let known = resamplers[sound.rate] { return known }
        let (rate, count) = (format.rate, format.sampleCount)
        let weights = Resampler.weightCount(from: sound.rate, to: rate, outputs: count)
        guard weights <= Self.mostWeights else {
            throw .unevenRates(file: sound.file, found: sound.rate, wanted: rate)
        }
        if weightCount + weights > Self.mostWeights { (resamplers, weightCount) = ([:], 0) }
        let resampler = Resampler(from: sound.rate, to: rate, outputs: count)
        resamplers[sound.rate] = resampler
        weightCount += weights
        return resampler
    }
}
