import Datasets
import Pipelines
import Tensors
import Workers

/// What reading the samples of a set brought to light.
struct DataFindings: Sendable {
    /// Samples that were read.
    var read = 0
    /// Values of them, without padding and without those that are not finite.
    var count = 0
    var (low, high) = (Float.infinity, -Float.infinity)
    private var (sum, squares) = (0.0, 0.0)
    /// Samples with values outside of the declared range, and with infinite ones or nan.
    var (outside, nonFinite) = (0, 0)
    /// Of samples that say how much of them is real.
    var lengths: ClosedRange<Int>?
    private var lengthSum = 0
    var unreadableCount = 0
    /// The first ones, by id.
    var unreadable: [(id: UInt64, reason: String)] = []

    private static let reasonLimit = 100

    var mean: Double { count > 0 ? sum / Double(count) : 0 }
    var deviation: Double {
        count > 0 ? max(0, squares / Double(count) - mean * mean).squareRoot() : 0
    }
    var meanLength: Double { read > 0 ? Double(lengthSum) / Double(read) : 0 }

    private init() {}

    /// Reads samples with all threads.
    ///
    /// - Parameter limit: how many, evenly spread; nil for all.
    init(of samples: SampleSet, limit: Int?, pool: WorkerPool) {
        let count = min(limit ?? samples.count, samples.count)
        let parts = ThreadResults<DataFindings>()
        pool.run { thread, threads in
            var findings = DataFindings()
            let reader = samples.dataset.makeReader()
            let scratch = Buffer<Float>(count: samples.dataset.sampleShape.count)
            for place in (count * thread / threads)..<(count * (thread + 1) / threads) {
                findings.add(samples.ids[place * samples.count / count], reader, scratch, samples.dataset)
            }
            parts.put(findings, at: thread)
        }
        self.init()
        for part in parts.all { add(part) }
    }

    private mutating func add(
        _ id: UInt64, _ reader: any SampleReader, _ scratch: Buffer<Float>, _ dataset: any Dataset
    ) {
        let sample: CleanSample
        do {
            sample = try reader.read(Int(id), scratch: scratch.pointer)
        } catch {
            unreadableCount += 1
            if unreadable.count < Self.reasonLimit { unreadable.append((id, "\(error)")) }
            return
        }
        read += 1
        let size = dataset.sampleShape.sizes.first ?? 1
        if let length = sample.length {
            lengths = min(lengths?.lowerBound ?? length, length)...max(lengths?.upperBound ?? length, length)
            lengthSum += length
        }
        let real = scratch.count / max(1, size) * min(sample.length ?? size, size)
        var (isOutside, isNonFinite) = (false, false)
        for place in 0..<real {
            let value = sample.values[place]
            guard value.isFinite else {
                isNonFinite = true
                continue
            }
            if !dataset.range.contains(value) { isOutside = true }
            (low, high) = (min(low, value), max(high, value))
            sum += Double(value)
            squares += Double(value) * Double(value)
            count += 1
        }
        outside += isOutside ? 1 : 0
        nonFinite += isNonFinite ? 1 : 0
    }

    private mutating func add(_ other: DataFindings) {
        read += other.read
        count += other.count
        (low, high) = (min(low, other.low), max(high, other.high))
        (sum, squares) = (sum + other.sum, squares + other.squares)
        (outside, nonFinite) = (outside + other.outside, nonFinite + other.nonFinite)
        if let found = other.lengths {
            lengths =
                min(
                    lengths?.lowerBound ?? found.lowerBound, found.lowerBound)...max(
                    lengths?.upperBound ?? found.upperBound, found.upperBound)
        }
        lengthSum += other.lengthSum
        unreadableCount += other.unreadableCount
        unreadable += other.unreadable
    }
}
