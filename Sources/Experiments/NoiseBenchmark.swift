import Generators
import Reports
import Tensors

/// How fast a chain runs on an array in memory: `mottle bench noise`.
package struct NoiseBenchmark {
    /// Values a second of each round.
    private let rates: [Double]
    private let shape: Shape
    private let threads: Int
    private let instructionSet: String

    /// Runs a chain again and again over an array of `shape` [N, …] that fits the memory, for `rounds` rounds of at least
    /// `seconds` each, every time for another epoch, so that all draws are new.
    package init(file: String, shape: Shape, rounds: Int, seconds: Double, runtime: Runtime) throws {
        let chain = try ChainRun(file: file, runtime: runtime)
        let sample = Shape(Array(shape.sizes.dropFirst()))
        let job = BenchmarkJob(try chain.program(for: sample), samples: shape[0], runtime: runtime)
        job.run(epoch: 0)
        var epoch = 0
        rates = (0..<rounds).map { _ in
            let start = ContinuousClock.now
            var (runs, elapsed) = (0, 0.0)
            while elapsed < seconds {
                epoch += 1
                job.run(epoch: epoch)
                runs += 1
                elapsed = (ContinuousClock.now - start) / .seconds(1)
            }
            return Double(runs * shape.count) / elapsed
        }
        (self.shape, threads) = (shape, runtime.pool.threads)
        instructionSet = runtime.kernels.instructionSet.rawValue
    }

    private var median: Double { rates.sorted()[rates.count / 2] }

    package var text: String {
        "\(shape), \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet): median \(Int(median / 1e6)) M values/s, "
            + "best \(Int(rates.max()! / 1e6)) M values/s"
    }

    package var json: String {
        JSONValue.object([
            "shape": .list(shape.sizes.map { .whole($0) }), "threads": .whole(threads),
            "instruction_set": .string(instructionSet), "values_per_second": .number(median),
            "best_values_per_second": .number(rates.max()!), "rounds": .list(rates.map { .number($0) }),
        ]).text
    }
}

/// An array that is put through a program by all threads, with memory made once.
private final class BenchmarkJob {
    private let runtime: Runtime
    private var epoch = 0
    private var body: ((Int, Int) -> Void)!

    init(_ program: Program, samples: Int, runtime: Runtime) {
        self.runtime = runtime
        let size = program.shape.count
        let (input, output) = (Buffer<Float>(count: samples * size), Buffer<Float>(count: samples * size))
        let mask = program.writesMask ? Buffer<UInt8>(count: samples * size) : nil
        for place in 0..<input.count { input.pointer[place] = Float(place % 251) / 251 }
        let workspaces = (0..<runtime.pool.threads).map { _ in
            Workspace(program, kernels: runtime.kernels.noise)
        }
        body = { [unowned self] thread, threads in
            for sample in (samples * thread / threads)..<(samples * (thread + 1) / threads) {
                // Scripts that fail do so for the first sample already, where `check` says why.
                try? workspaces[thread].run(
                    CleanSample(.floats(input.pointer + sample * size)), id: UInt64(sample), epoch: epoch,
                    values: output.pointer + sample * size, mask: mask.map { $0.pointer + sample * size })
            }
        }
    }

    func run(epoch: Int) {
        self.epoch = epoch
        runtime.pool.run(body)
    }
}
