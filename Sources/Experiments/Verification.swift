import Pipelines
import Reports
import Tensors

/// `mottle verify`: whether a run's stream, made again, is the one that it was trained and judged on.
package struct Verification: Equatable {
    /// The first difference from what the run has written down.
    package enum Difference: Equatable {
        /// Among an epoch's batches `batches`; nobody knows which, for only the digest behind them was logged.
        case training(epoch: Int, batches: Range<Int>)
        case testSet(name: String)
    }

    package var run: String
    package var epochs: Int
    package var samples: Int
    /// How many digests were compared up to the difference, or in all.
    package var digests: Int
    package var seconds: Double
    package var difference: Difference?

    /// Makes the streams of a run again, without training.
    ///
    /// - Parameter epoch: one alone; nil for all that the run's log has, and the test sets.
    package init(run path: String, epoch: Int?, runtime: Runtime, observer: some RunObserver) throws {
        let recorded = try RecordedRun(path)
        let experiment = try Experiment(file: recorded.folder.lock, runtime: runtime)
        (run, epochs, samples, digests, seconds) = (recorded.folder.path, 0, 0, 0, 0)
        let clock = ContinuousClock()
        let start = clock.now
        let byEpoch = Dictionary(grouping: recorded.points, by: \.epoch)
        try Self.checkComplete(recorded, experiment, Set(byEpoch.keys))
        if let epoch, byEpoch[epoch] == nil {
            throw FileError(
                recorded.folder.metrics,
                "holds no digests of epoch \(epoch), counted from 0; it has \(byEpoch.keys.min()!) to \(byEpoch.keys.max()!)"
            )
        }
        let stream = experiment.trainingPipeline.stream()
        for epoch in epoch.map({ [$0] }) ?? byEpoch.keys.sorted() {
            try compare(stream, epoch, byEpoch[epoch]!)
            if difference != nil { break }
            observer.say("epoch \(epoch + 1): \(samples) samples agree")
        }
        if epoch == nil, difference == nil { try compareTestSets(experiment, recorded.evaluations) }
        seconds = (clock.now - start) / .seconds(1)
    }

    /// Refuses a log that lacks what the run must have written.
    private static func checkComplete(
        _ recorded: RecordedRun, _ experiment: Experiment, _ found: Set<Int>
    ) throws {
        let isComplete = recorded.folder.has(recorded.folder.robustness)
        let expected = isComplete ? recorded.epochs ?? experiment.config.train.epochs : (found.max() ?? 0)
        if let missing = (0..<expected).first(where: { !found.contains($0) }) {
            throw FileError(
                recorded.folder.metrics,
                "holds no digest of epoch \(missing), counted from 0; was it changed?")
        }
        if isComplete, recorded.evaluations.count != experiment.evaluations.count {
            throw FileError(
                recorded.folder.robustness,
                "holds \(recorded.evaluations.count) test sets, the run has \(experiment.evaluations.count); was it changed?"
            )
        }
        if found.isEmpty {
            throw FileError(
                recorded.folder.metrics,
                "holds no digests to compare with: no step was logged, and no checkpoint written")
        }
    }

    private mutating func compare(
        _ stream: BatchStream, _ epoch: Int, _ points: [RecordedRun.Point]
    ) throws {
        stream.begin(epoch: epoch)
        var (digest, batches, agreed) = (Digest(), 0, 0)
        var waiting = points.sorted { $0.batch < $1.batch }[...]
        while let point = waiting.first, let batch = try stream.nextBatch() {
            batch.append(to: &digest)
            (batches, samples) = (batches + 1, samples + batch.count / batch.views)
            guard batches == point.batch else { continue }
            // An epoch's last step and its end may both have been logged.
            while waiting.first?.batch == batches {
                digests += 1
                guard waiting.removeFirst().digest == digest else {
                    difference = .training(epoch: epoch, batches: agreed..<batches)
                    return
                }
            }
            agreed = batches
        }
        if !waiting.isEmpty { difference = .training(epoch: epoch, batches: agreed..<waiting.first!.batch) }
        epochs += 1
    }

    private mutating func compareTestSets(_ experiment: Experiment, _ expected: [Digest]) throws {
        for (evaluation, digest) in zip(experiment.evaluations, expected) {
            let stream = experiment.pipeline(of: evaluation).stream()
            stream.begin(epoch: 0)
            var found = Digest()
            while let batch = try stream.nextBatch() {
                batch.append(to: &found)
                samples += batch.count
            }
            digests += 1
            guard found == digest else {
                difference = .testSet(name: evaluation.config.name)
                return
            }
        }
    }

    package var text: String {
        let rate = "\(samples) samples made again in \((seconds * 10).rounded() / 10) s"
        switch difference {
        case nil:
            return "\(run): all \(digests) digests agree; \(rate)"
        case .training(let epoch, let batches):
            return "\(run): epoch \(epoch), counted from 0, differs: batches \(batches.lowerBound) to "
                + "\(batches.upperBound - 1) are not what the run's log says; what is before them agrees. "
                + "Was the data changed, or another plugin's text put into the lock file?"
        case .testSet(let name):
            return
                "\(run): the stream of training agrees, the test set '\(name)' differs from the one that was judged"
        }
    }

    package var json: String {
        var members: [JSONValue.Member] = [
            .init("run", .string(run)), .init("agrees", .flag(difference == nil)),
            .init("digests", .whole(digests)), .init("samples", .whole(samples)),
            .init("seconds", .number(seconds)),
        ]
        switch difference {
        case nil: break
        case .training(let epoch, let batches):
            members += [
                .init("epoch", .whole(epoch)), .init("first_batch", .whole(batches.lowerBound)),
                .init("last_batch", .whole(batches.upperBound - 1)),
            ]
        case .testSet(let name): members.append(.init("test_set", .string(name)))
        }
        return JSONValue.object(members).text
    }
}
