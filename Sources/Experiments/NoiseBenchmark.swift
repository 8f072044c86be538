import Generators
import Reports
import Tensors

/// How fast a chain runs on an array in memory: `mottle bench noise`.
package struct NoiseBenchmark {
    /// Values a second of each round: of the whole chain, and of its draws alone.
    private let (rates, drawRates): ([Double], [Double])
    private let shape: Shape
    private let threads: Int
    private let instructionSet: String

    /// Runs a chain again and again over an array of `shape` [N, …] that fits the memory, for `rounds` rounds of at least
    /// `seconds` each, every time for another epoch, so that all draws are new. In turns with the chain its draws run alone.
    package init(file: String, shape: Shape, rounds: Int, seconds: Double, runtime: Runtime) throws {
        let chain = try ChainRun(file: file, runtime: runtime)
        let sample = Shape(Array(shape.sizes.dropFirst()))
        let job = BenchmarkJob(try chain.program(for: sample), samples: shape[0], runtime: runtime)
        job.run(epoch: 0)
        var epoch = 0
        func rate(_ body: (Int) -> Void) -> Double {
            let start = ContinuousClock.now
            var (runs, elapsed) = (0, 0.0)
            while elapsed < seconds {
                epoch += 1
                body(epoch)
                runs += 1
                elapsed = (ContinuousClock.now - start) / .seconds(1)
            }
            return Double(runs * shape.count) / elapsed
        }
        let pairs = (0..<rounds).map { _ in (rate(job.run), rate(job.runDraws)) }
        (rates, drawRates) = (pairs.map(\.0), pairs.map(\.1))
        (self.shape, threads) = (shape, runtime.pool.threads)
        instructionSet = runtime.kernels.instructionSet.rawValue
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// How many times as long as its draws the chain takes.
    private var timesDraws: Double { median(zip(rates, drawRates).map { $1 / $0 }) }

    package var text: String {
        "\(shape), \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet): median \(Int(median(rates) / 1e6)) M values/s, "
            + "best \(Int(rates.max()! / 1e6)) M values/s; \(formatted((timesDraws * 100).rounded() / 100)) times its draws alone"
    }

    package var json: String {
        JSONValue.object([
            "shape": .list(shape.sizes.map { .whole($0) }), "threads": .whole(threads),
            "instruction_set": .string(instructionSet), "values_per_second": .number(median(rates)),
            "best_values_per_second": .number(rates.max()!), "rounds": .list(rates.map { .number($0) }),
            "times_draws": .number(timesDraws),
        ]).text
    }
}

/// An array that is put through a program by all threads, with memory made once.
private final class BenchmarkJob {
    private let runtime: Runtime
    private let workspaces: [Workspace]
    private let samples: SyntheticSamples
    private let (output, mask): (Buffer<Float>, Buffer<UInt8>?)
    private let size: Int
    private var epoch = 0
    /// Kept, because a closure literal in a hot loop is allocated each time.
    private var (body, draws): (((Int, Int) -> Void)?, ((Int, Int) -> Void)?)

    init(_ program: Program, samples count: Int, runtime: Runtime) {
        self.runtime = runtime
        size = program.shape.count
        let samples = SyntheticSamples(
            shape: program.shape, range: 0...1, isText: program.takesIDs, count: count)
        self.samples = samples
        output = Buffer(count: count * size)
        mask = program.writesMask ? Buffer(count: count * size) : nil
        workspaces = (0..<runtime.pool.threads).map { _ in
            Workspace(program, kernels: runtime.kernels.noise, source: samples)
        }
        body = { [unowned self, workspaces, output, mask, size] thread, threads in
            let (workspace, epoch) = (workspaces[thread], epoch)
            for sample in (count * thread / threads)..<(count * (thread + 1) / threads) {
                let values = output.pointer + sample * size
                // A script that fails, fails for every sample: `mottle plugins check` says why.
                try? workspace.run(
                    samples.sample(UInt64(sample), scratch: values), id: UInt64(sample), epoch: epoch,
                    values: values, mask: mask.map { $0.pointer + sample * size })
            }
        }
        draws = { [unowned self, workspaces, output, size] thread, threads in
            let (workspace, epoch) = (workspaces[thread], epoch)
            for sample in (count * thread / threads)..<(count * (thread + 1) / threads) {
                let values = output.pointer + sample * size
                try? workspace.runDraws(
                    samples.sample(UInt64(sample), scratch: values), id: UInt64(sample), epoch: epoch,
                    values: values)
            }
        }
    }

    func run(epoch: Int) {
        self.epoch = epoch
        runtime.pool.run(body!)
    }

    func runDraws(epoch: Int) {
        self.epoch = epoch
        runtime.pool.run(draws!)
    }
}
