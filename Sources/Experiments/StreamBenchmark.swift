import Datasets
import FoundationEssentials
import Generators
import Pipelines
import Reports
import Tensors

/// How fast a config's stream is without anybody who trains on it: `mottle bench stream`.
package struct StreamBenchmark {
    /// Samples a second of each round.
    private let rates: [Double]
    private let shape: Shape
    private let batchSize: Int
    private let threads: Int
    private let instructionSet: String
    private let skipped: Int
    /// The most memory that the process has had, in bytes.
    private let peakMemory: Int

    /// Reads the data of a config through its chain, shuffled, epoch after epoch.
    ///
    /// - Parameters:
    ///   - rounds: of at least `seconds` each.
    package init(
        file: String, overrides: [String], batchSize: Int, rounds: Int, seconds: Double, runtime: Runtime
    ) throws {
        let run = try ChainRun(file: file, overrides: overrides, runtime: runtime)
        guard let node = run.data else {
            throw ConfigError(.wholeFile(file), "'data' is required: a stream reads it")
        }
        let splits = try DatasetSource(node).resolved(from: FilePath.folder(of: file)).load(seed: run.seed)
        let dataset = splits.train.dataset
        shape = dataset.sampleShape
        let program = Program(try run.trace(for: dataset))
        let stream = Pipeline(
            splits.train, programs: [program], batchSize: batchSize,
            order: .training(splits.train, seed: run.seed), kernels: runtime.kernels, pool: runtime.pool
        ).stream()
        var epoch = 0
        stream.begin(epoch: 0)
        // The first batches touch new memory and read the files for the first time.
        _ = try stream.nextBatch()
        rates = try (0..<rounds).map { _ in
            let start = ContinuousClock.now
            var (samples, elapsed) = (0, 0.0)
            while elapsed < seconds {
                if let batch = try stream.nextBatch() {
                    samples += batch.count
                } else {
                    epoch += 1
                    stream.begin(epoch: epoch)
                }
                elapsed = (ContinuousClock.now - start) / .seconds(1)
            }
            return Double(samples) / elapsed
        }
        (self.batchSize, threads, skipped) = (batchSize, runtime.pool.threads, stream.skipped.count)
        instructionSet = runtime.kernels.instructionSet.rawValue
        peakMemory = ProcessMemory.peak
    }

    private var median: Double { rates.sorted()[rates.count / 2] }

    package var text: String {
        "\(shape) in batches of \(batchSize), \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet): median "
            + "\(Int(median)) samples/s, \(Int(median * Double(shape.count) / 1e6)) M values/s; "
            + "\(peakMemory >> 20) MB at most"
    }

    package var json: String {
        JSONValue.object([
            "shape": .list(shape.sizes.map { .whole($0) }), "batch_size": .whole(batchSize),
            "threads": .whole(threads), "instruction_set": .string(instructionSet),
            "samples_per_second": .number(median), "rounds": .list(rates.map { .number($0) }),
            "skipped": .whole(skipped), "peak_bytes": .whole(peakMemory),
        ]).text
    }
}

/// What this process takes, as Linux counts it.
enum ProcessMemory {
    /// The most bytes in memory so far, mapped files included; 0 where the system does not say.
    static var peak: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.split(whereSeparator: { $0 == " " || $0 == "\t" })[1]) }.map { $0 << 10 }
            ?? 0
    }
}
