import Datasets
import Generators
import Reports
import Tensors

/// The samples of a NumPy array, with what is known of each.
final class ArraySamples: SampleSource {
    let shape: Shape
    let ids: SampleIDs
    private let firstID: UInt64
    /// How many classes the labels tell apart; 0 without labels.
    let classes: Int
    private let array: StoredArray
    private let range: ClosedRange<Float>
    /// What bytes are spread over; nil where they are token ids.
    private let byteRange: ClosedRange<Float>?
    private let (lengths, words, labels): (Buffer<Float>?, Buffer<Float>?, Buffer<Float>?)

    /// - Parameter isText: whether bytes are token ids; otherwise they are spread over the range.
    init(_ files: ChainRun.Files, range: ClosedRange<Float>, isText: Bool, firstID: UInt64) throws {
        array = try StoredArray(numPy: files.input)
        guard array.shape.rank >= 1 else {
            throw FileError(
                files.input, "the array has no axes; the first one counts the samples: x.reshape(1, -1)")
        }
        shape = Shape(Array(array.shape.sizes.dropFirst()))
        let count = array.shape[0]
        ids = SampleIDs(firstID..<firstID &+ UInt64(count))
        self.firstID = firstID
        lengths = try files.lengths.map { try Self.floats($0, Shape([count]), "a length for each sample") }
        words = try files.words.map { [shape] in
            try Self.floats($0, Shape([count, shape.size(0)]), "a word's number for each place")
        }
        labels = try files.labels.map { try Self.floats($0, Shape([count]), "a class for each sample") }
        classes = labels.map { Int($0.values.max() ?? 0) + 1 } ?? 0
        if let labels,
            let wrong = labels.values.first(where: { !($0 >= 0 && $0 < 65_536 && $0 == $0.rounded()) })
        {
            throw FileError(files.labels!, "labels must be whole numbers from 0 to 65,535, got \(wrong)")
        }
        self.range = range
        byteRange = isText ? nil : range
    }

    var count: Int { array.shape[0] }

    /// Says so if values lie outside of the range that strengths are shares of.
    func rangeNote() throws -> String? {
        if array.type == .uint8 { return nil }
        var (low, high) = (Float.infinity, -Float.infinity)
        let row = Buffer<Float>(count: shape.count)
        for place in 0..<count {
            try array.read(place, bytesOver: nil, into: row.pointer)
            for value in UnsafeBufferPointer(start: row.pointer, count: row.count) {
                (low, high) = (min(low, value), max(high, value))
            }
        }
        guard low < range.lowerBound || high > range.upperBound else { return nil }
        func shown(_ value: Float) -> String { formatted(Double(value)) }
        return "\(array.name): values go from \(shown(low)) to \(shown(high)), outside of the range "
            + "\(shown(range.lowerBound))…\(shown(range.upperBound)) that strengths are shares of; "
            + "'range: [low, high]' in the config declares another"
    }

    /// An array of numbers with a known shape.
    private static func floats(_ file: String, _ shape: Shape, _ meaning: String) throws -> Buffer<Float> {
        let array = try StoredArray(numPy: file)
        guard array.shape == shape else {
            throw FileError(file, "an array of \(shape) is wanted, \(meaning), got \(array.shape)")
        }
        return try array.floats()
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        let place = Int(id - firstID)
        let values: SampleValues
        if let bytes = array.bytes(of: place) {
            let (scale, low) = byteRange.map(StoredArray.byteScale) ?? (1, 0)
            values = .bytes(bytes, scale: scale, low: low)
        } else {
            try array.read(place, bytesOver: byteRange, into: scratch)
            values = .floats(scratch)
        }
        return CleanSample(
            values, length: lengths.map { Int(max(0, min(1e9, $0.pointer[place]))) },
            words: words.map { UnsafePointer($0.pointer + place * shape.size(0)) })
    }

    func label(_ id: UInt64) -> Int { labels.map { Int($0.pointer[Int(id - firstID)]) } ?? 0 }
}

/// What a chain makes of an array's samples, on its way into files. Threads write disjoint parts.
struct ArrayOutput {
    private let files: ChainRun.Files
    private let shape: Shape
    private let values: Buffer<Float>
    private let mask: Buffer<UInt8>?
    private let targets: Buffer<Float>?
    private let classes: Int
    /// The wanted extra outputs: their places in the program, and their memory.
    private let extras: [(place: Int, shape: Shape, path: String, values: Buffer<Float>)]

    init(
        _ files: ChainRun.Files, _ program: Program, _ samples: ArraySamples, _ chainPlace: ConfigPlace
    ) throws {
        if files.mask != nil, !program.writesMask {
            throw ConfigError(
                chainPlace, "the chain has no mask to write; masks, and noise that returns one, make it")
        }
        if files.targets != nil, samples.classes == 0 {
            throw FileError(files.targets!, "the shares of the classes want the samples' classes: --labels")
        }
        let names = program.extras.map(\.name)
        extras = try files.extras.map { name, path in
            guard let place = names.firstIndex(of: name) else {
                let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
                throw ConfigError(chainPlace, "the chain has no extra output '\(name)'; \(known)")
            }
            let shape = program.extras[place].shape
            return (place, shape, path, Buffer(count: samples.count * shape.count))
        }
        (self.files, classes, shape) = (files, samples.classes, samples.shape.batched(samples.count))
        values = Buffer(count: shape.count)
        mask = files.mask.map { [shape] _ in Buffer(count: shape.count) }
        targets = files.targets.map { _ in Buffer(count: samples.count * samples.classes) }
    }

    /// Makes one sample.
    ///
    /// - Parameter scratch: room for the clean sample.
    func make(
        _ place: Int, _ samples: ArraySamples, in workspace: Workspace, scratch: UnsafeMutablePointer<Float>,
        epoch: Int, step: Int
    ) throws {
        let id = samples.ids[place]
        let first = place * samples.shape.count
        try workspace.run(
            samples.sample(id, scratch: scratch), id: id, epoch: epoch, step: step,
            values: values.pointer + first, mask: mask.map { $0.pointer + first })
        for extra in extras {
            workspace.copyExtra(extra.place, to: extra.values.pointer + place * extra.shape.count)
        }
        if let targets {
            workspace.writeTarget(
                label: samples.label(id), classes: classes, to: targets.pointer + place * classes)
        }
    }

    /// The place of the first sample with a value that is not finite.
    var firstNonFinite: Int? {
        let all = UnsafeBufferPointer(start: values.pointer, count: values.count)
        return all.firstIndex { !$0.isFinite }.map { $0 / max(1, shape.count / max(1, shape[0])) }
    }

    func write() throws {
        try write(NumPyArray(shape: shape, values: .float32(values)), to: files.output)
        if let path = files.mask, let mask {
            try write(NumPyArray(shape: shape, values: .uint8(mask)), to: path)
        }
        if let path = files.targets, let targets {
            try write(NumPyArray(shape: [shape[0], classes], values: .float32(targets)), to: path)
        }
        for extra in extras {
            try write(
                NumPyArray(shape: extra.shape.batched(shape[0]), values: .float32(extra.values)),
                to: extra.path)
        }
    }

    private func write(_ array: NumPyArray, to path: String) throws {
        try AtomicFile.write(path) { file in try array.write { try file.append($0) } }
    }
}
