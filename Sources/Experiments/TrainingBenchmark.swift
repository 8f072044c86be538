import Kernels
import Pipelines
import Reports
import Tensors
import Training
import VectorKernels

/// How fast a config trains, and where its steps spend their time: `mottle bench train`.
package struct TrainingBenchmark {
    /// Samples a second of each round, stream and noise included.
    private let rates: [Double]
    private let profiles: [LayerProfile]
    /// How many steps the profiles were measured over, how many samples these had, and how long they and the stream took.
    private let (steps, samples, seconds, streamSeconds): (Int, Int, Double, Double)
    /// Multiplications and additions a second that all threads together reach in registers.
    private let peak: Double
    private let (batchSize, threads): (Int, Int)
    private let (instructionSet, precision): (String, Precision)

    /// Trains for `rounds` rounds of at least `seconds` each, whose weights are thrown away, and for one more that looks at the
    /// clock behind each layer.
    package init(
        file: String, overrides: [String], rounds: Int, seconds: Double, runtime: Runtime
    ) throws {
        let experiment = try Experiment(file: file, overrides: overrides, runtime: runtime)
        let pipeline = experiment.trainingPipeline
        let trainer = try experiment.trainer(of: experiment.trainingModel())
        var batches = EndlessBatches(pipeline.stream())
        var warmUp = 3
        _ = try trainer.profile {
            warmUp -= 1
            return warmUp < 0 ? nil : try batches.next()
        }
        rates = try (0..<rounds).map { _ in
            let start = ContinuousClock.now
            var (samples, elapsed) = (0, 0.0)
            repeat {
                let batch = try batches.next()
                _ = try trainer.step(batch)
                samples += batch.count
                elapsed = (ContinuousClock.now - start) / .seconds(1)
            } while elapsed < seconds
            return Double(samples) / elapsed
        }
        let clock = ContinuousClock()
        let start = clock.now
        var (steps, samples, streamTime) = (0, 0, Duration.zero)
        profiles = try trainer.profile {
            guard (clock.now - start) / .seconds(1) < seconds else { return nil }
            let before = clock.now
            let batch = try batches.next()
            streamTime += clock.now - before
            steps += 1
            samples += batch.count
            return batch
        }
        (self.steps, self.samples) = (steps, samples)
        (self.seconds, streamSeconds) = ((clock.now - start) / .seconds(1), streamTime / .seconds(1))
        precision = experiment.config.train.precision
        peak = Self.peak(runtime, precision)
        (batchSize, threads) = (experiment.config.train.batchSize, runtime.pool.threads)
        instructionSet = runtime.kernels.instructionSet.rawValue
    }

    /// The best of some rounds in which every thread does nothing else.
    private static func peak(_ runtime: Runtime, _ precision: Precision) -> Double {
        let (kernels, rounds) = (runtime.kernels.training, 200_000)
        let memory = Buffer<Float>(count: 64 * runtime.pool.threads)
        let counts = Buffer<Int>(count: 16 * runtime.pool.threads)
        return (0..<10).map { _ in
            let start = ContinuousClock.now
            runtime.pool.run { thread, _ in
                counts.pointer[16 * thread] = kernels.multiplyAddPeak(
                    memory.pointer + 64 * thread, rounds, precision)
            }
            let operations = (0..<runtime.pool.threads).reduce(0) { $0 + counts.pointer[16 * $1] }
            return Double(operations) / ((ContinuousClock.now - start) / .seconds(1))
        }.max()!
    }

    private var median: Double { rates.sorted()[rates.count / 2] }

    /// One line of the result: a layer's way in one direction, in one step.
    private struct Pass {
        var seconds: Double
        var operations: Double
        var bytes: Double
    }

    private func forward(_ profile: LayerProfile) -> Pass {
        let perStep = Double(samples) / Double(steps)
        return Pass(
            seconds: profile.forward / Double(steps),
            operations: 2 * Double(profile.forwardMultiplications) * perStep,
            bytes: 4 * (Double(profile.values) * perStep + Double(profile.weights)))
    }

    /// Values and their gradients; weights, and what the optimizer keeps of them, read and written.
    private func backward(_ profile: LayerProfile) -> Pass {
        let perStep = Double(samples) / Double(steps)
        return Pass(
            seconds: profile.backward / Double(steps),
            operations: 2 * Double(profile.backwardMultiplications) * perStep,
            bytes: 4 * (2 * Double(profile.values) * perStep + 6 * Double(profile.weights)))
    }

    private var stepSeconds: Double { seconds / Double(steps) }

    /// What is in no layer: the loss, clipping, averages, and updates that wait for all gradients.
    private var otherSeconds: Double {
        stepSeconds - streamSeconds / Double(steps)
            - profiles.reduce(0) { $0 + $1.forward + $1.backward } / Double(steps)
    }

    package var text: String {
        var cells = [
            ["layer", "forward us", "GFLOP/s", "GB/s", "back us", "GFLOP/s", "GB/s", "of peak", "of step"]
        ]
        func share(_ value: Double) -> String { (100 * value).text(decimals: 1) + " %" }
        func line(_ name: String, seconds: Double) {
            cells.append([name, micro(seconds), "", "", "", "", "", "", share(seconds / stepSeconds)])
        }
        line("(stream)", seconds: streamSeconds / Double(steps))
        for profile in profiles {
            let (there, back) = (forward(profile), backward(profile))
            let total = there.seconds + back.seconds
            let operations = there.operations + back.operations
            cells.append([
                profile.name, micro(there.seconds), giga(there.operations / there.seconds),
                giga(there.bytes / there.seconds), micro(back.seconds), giga(back.operations / back.seconds),
                giga(back.bytes / back.seconds), operations == 0 ? "" : share(operations / total / peak),
                share(total / stepSeconds),
            ])
        }
        line("(loss and updates)", seconds: otherSeconds)
        return TextTable(cells, firstNumber: 1).text
            + "batches of \(batchSize), \(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet), \(precision): median "
            + "\(Int(median)) samples/s; \(micro(stepSeconds)) us a step while each layer is timed; "
            + "peak \(giga(peak)) GFLOP/s"
    }

    private func micro(_ seconds: Double) -> String { (seconds * 1e6).text(decimals: 1) }

    /// Nothing where there is nothing.
    private func giga(_ rate: Double) -> String {
        rate > 0 && rate.isFinite ? (rate / 1e9).text(decimals: 1) : ""
    }

    package var json: String {
        func json(_ pass: Pass) -> JSONValue {
            .object([
                "seconds": .number(pass.seconds), "flop": .number(pass.operations),
                "bytes": .number(pass.bytes),
                "flop_per_second": .number(rate(pass.operations, pass)),
                "bytes_per_second": .number(rate(pass.bytes, pass)),
                "share_of_peak": .number(rate(pass.operations, pass) / peak),
                "share_of_step": .number(pass.seconds / stepSeconds),
            ])
        }
        return JSONValue.object([
            "samples_per_second": .number(median), "rounds": .list(rates.map { .number($0) }),
            "batch_size": .whole(batchSize), "threads": .whole(threads),
            "instruction_set": .string(instructionSet), "precision": .string(precision.rawValue),
            "peak_flop_per_second": .number(peak),
            "step_seconds": .number(stepSeconds), "stream_seconds": .number(streamSeconds / Double(steps)),
            "other_seconds": .number(otherSeconds),
            "layers": .list(
                profiles.map {
                    .object([
                        "name": .string($0.name), "forward": json(forward($0)),
                        "backward": json(backward($0)),
                    ])
                }),
        ]).text
    }

    /// 0 for what took no time.
    private func rate(_ amount: Double, _ pass: Pass) -> Double {
        pass.seconds > 0 ? amount / pass.seconds : 0
    }
}

/// A stream's batches, epoch after epoch.
private struct EndlessBatches {
    private let stream: BatchStream
    private var epoch = 0

    init(_ stream: BatchStream) {
        self.stream = stream
        stream.begin(epoch: 0)
    }

    /// - Throws: `TrainingError` where an epoch has no batch at all.
    mutating func next() throws -> Batch {
        if let batch = try stream.nextBatch() { return batch }
        epoch += 1
        stream.begin(epoch: epoch)
        guard let batch = try stream.nextBatch() else { throw TrainingError.nothingToTrainOn(epoch: epoch) }
        return batch
    }
}
