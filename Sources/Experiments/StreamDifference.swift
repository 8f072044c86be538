import Datasets
import Generators
import Pipelines
import Reports
import Tensors

/// `mottle diff`: the first sample, generator and element in which the streams of two runs differ, and why.
package struct StreamDifference {
    /// What differs first.
    enum Kind: Equatable {
        /// Another sample comes at this position of the epoch; nil where a run's epoch has ended.
        case order(UInt64?, UInt64?)
        case cleanSample(Element)
        case label(Int, Int)
        /// Values or masks behind an entry of the chain, which has these names.
        case entry(String, String, view: Int, Element)
        /// One run's chain goes on with these entries where the other's has ended.
        case longer([String], isFirst: Bool)
        /// Samples are equal; something beside them is not.
        case beside
    }

    /// A place in a sample and what is there in the two runs.
    struct Element: Equatable {
        var place: [Int]
        var values: (Float, Float)
        var isMask: Bool

        static func == (a: Element, b: Element) -> Bool {
            a.place == b.place && a.values == b.values && a.isMask == b.isMask
        }
    }

    /// The first difference; nil where the streams are equal as far as both go.
    struct Found: Equatable {
        var epoch: Int
        var position: Int
        var sample: UInt64
        var kind: Kind
        var reasons: [String]
    }

    let names: (String, String)
    let found: Found?
    let epochs: Int
    let samples: Int

    package var isEqual: Bool { found == nil }

    /// Makes both streams again, from the runs' lock files alone.
    package init(_ first: String, _ second: String, runtime: Runtime, observer: some RunObserver) throws {
        let (a, b) = (
            try RecordedStream(first, runtime: runtime), try RecordedStream(second, runtime: runtime)
        )
        names = (a.folder.path, b.folder.path)
        let shapes = (a.samples.dataset.sampleShape, b.samples.dataset.sampleShape)
        guard shapes.0 == shapes.1 else {
            throw FileError(
                names.1, "samples are \(shapes.1), those of \(names.0) are \(shapes.0): nothing to compare")
        }
        let epochs = min(a.config.train.epochs, b.config.train.epochs)
        var (found, samples) = (Found?.none, 0)
        var (left, right) = (SampleCursor(a, runtime), SampleCursor(b, runtime))
        search: for epoch in 0..<epochs {
            left.begin(epoch)
            right.begin(epoch)
            while true {
                let (x, y) = (try left.next(), try right.next())
                if x == nil, y == nil { break }
                if x?.id == y?.id, x?.digest == y?.digest {
                    samples += 1
                    continue
                }
                let (kind, reasons) = try Self.explain(a, b, x?.id, y?.id, epoch: epoch, runtime: runtime)
                found = Found(
                    epoch: epoch, position: x?.position ?? y!.position, sample: x?.id ?? y!.id, kind: kind,
                    reasons: reasons)
                break search
            }
            observer.say("epoch \(epoch + 1): equal")
        }
        (self.found, self.epochs, self.samples) = (found, epochs, samples)
    }

    /// Finds out what made a sample differ.
    private static func explain(
        _ a: RecordedStream, _ b: RecordedStream, _ x: UInt64?, _ y: UInt64?, epoch: Int, runtime: Runtime
    ) throws -> (Kind, [String]) {
        guard let id = x, x == y else { return (.order(x, y), orderReasons(a, b)) }
        let (left, right) = (
            try ChainSteps(a, id, epoch: epoch, runtime), try ChainSteps(b, id, epoch: epoch, runtime)
        )
        if let element = element(left.clean, right.clean, a) {
            return (
                .cleanSample(element),
                [
                    "the data: \(a.samples.dataset.name(of: Int(id))) and \(b.samples.dataset.name(of: Int(id)))"
                ]
            )
        }
        if left.label != right.label {
            return (.label(left.label, right.label), dataReasons(a, b))
        }
        for view in 0..<min(a.traced.count, b.traced.count) {
            let (ones, others) = (try left.steps(view: view), try right.steps(view: view))
            for (one, other) in zip(ones, others) {
                guard let element = element(one.values, other.values, a) ?? element(one.mask, other.mask, a)
                else { continue }
                return (
                    .entry(one.name, other.name, view: view + 1, element),
                    entryReasons(a, b, one.name, other.name)
                )
            }
            if ones.count != others.count {
                let names = (ones.count > others.count ? ones : others)[min(ones.count, others.count)...].map(
                    \.name)
                return (.longer(names, isFirst: ones.count > others.count), chainReasons(a, b))
            }
        }
        return (.beside, chainReasons(a, b))
    }

    /// The first place where two arrays differ in their bits.
    private static func element(_ a: [Float], _ b: [Float], _ stream: RecordedStream) -> Element? {
        guard let index = zip(a, b).enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern })?.offset
        else { return nil }
        return Element(
            place: stream.samples.dataset.sampleShape.place(of: index), values: (a[index], b[index]),
            isMask: false)
    }

    private static func element(_ a: [UInt8]?, _ b: [UInt8]?, _ stream: RecordedStream) -> Element? {
        let (a, b) = (a ?? [], b ?? [])
        let count = max(a.count, b.count)
        func value(_ mask: [UInt8], _ place: Int) -> UInt8 { mask.isEmpty ? 0 : mask[place] }
        guard let index = (0..<count).first(where: { value(a, $0) != value(b, $0) }) else { return nil }
        return Element(
            place: stream.samples.dataset.sampleShape.place(of: index),
            values: (Float(value(a, index)), Float(value(b, index))), isMask: true)
    }
}

/// One sample behind every entry of a run's chain.
private struct ChainSteps {
    private let stream: RecordedStream
    private let id: UInt64
    private let (epoch, step): (Int, Int)
    private let runtime: Runtime
    let clean: [Float]
    let label: Int

    init(_ stream: RecordedStream, _ id: UInt64, epoch: Int, _ runtime: Runtime) throws {
        (self.stream, self.id, self.epoch, self.runtime) = (stream, id, epoch, runtime)
        step = stream.step(of: id, epoch: epoch) ?? 0
        let made = try SampleMaker(
            TracedChain(graph: Graph(shape: stream.samples.dataset.sampleShape), values: 0, mask: nil),
            kernels: runtime.kernels, source: DatasetSamples(stream.samples)
        ).make(id, epoch: epoch, step: 0)
        (clean, label) = (made.clean, made.label)
    }

    func steps(view: Int) throws -> [(name: String, values: [Float], mask: [UInt8]?)] {
        let traced = stream.traced[view]
        return try traced.entryNames.map { name in
            let made = try SampleMaker(
                traced.until(name)!, kernels: runtime.kernels, source: DatasetSamples(stream.samples)
            ).make(id, epoch: epoch, step: step)
            return (name, made.values, made.mask)
        }
    }
}

/// The samples of a run's epochs, one after the other.
private struct SampleCursor {
    private let stream: BatchStream
    private let views: Int
    private var batch: Batch?
    private var place = 0
    private var position = 0

    init(_ recorded: RecordedStream, _ runtime: Runtime) {
        stream = recorded.pipeline(runtime).stream()
        views = recorded.traced.count
    }

    mutating func begin(_ epoch: Int) {
        stream.begin(epoch: epoch)
        (batch, place, position) = (nil, 0, 0)
    }

    mutating func next() throws -> (id: UInt64, digest: Digest, position: Int)? {
        if place == (batch?.count ?? 0) / views {
            batch = try stream.nextBatch()
            place = 0
        }
        guard let batch else { return nil }
        defer { (place, position) = (place + 1, position + 1) }
        return (batch.ids[place * views], batch.digests![place], position)
    }
}

extension Shape {
    /// The indices of an element, counted from 0.
    fileprivate func place(of element: Int) -> [Int] {
        var rest = element
        return sizes.reversed().map { size in
            defer { rest /= max(1, size) }
            return rest % max(1, size)
        }.reversed()
    }
}
