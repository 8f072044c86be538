import Datasets
import FoundationEssentials
import Kernels
import Reports
import Tensors
import Training

/// Where a run is between two of its steps.
struct RunState: Codable, Equatable {
    /// Counts from 0; the number of epochs when all are done.
    var epoch = 0
    /// Where in the epoch's order the next batch begins.
    var position = 0
    /// Batches of this epoch.
    var batch = 0
    /// Where the stream was before the last batch, by which a resumed run knows it again.
    var beforeLast = Place()
    var step = 0
    /// Over this epoch, and since the last line of metrics.
    var (whole, recent) = (Sums(), Sums())
    /// Of what this epoch has delivered.
    var digest = Digest()
    /// Over all epochs.
    var (trainedSamples, trainedSeconds) = (0, 0.0)
    /// How long the log was: what came behind it belongs to steps that are taken again.
    var metricsSize = 0
    /// Samples that were left out, by id, with the reasons.
    var skipped: [Int: String] = [:]

    /// What validation found so far.
    var validation = Validation()

    struct Validation: Codable, Equatable {
        /// Nil before the first one.
        var best: Double?
        /// How many epochs were behind it.
        var bestEpoch = 0
        /// Validations since.
        var withoutBetter = 0
        var hasStopped = false

        /// Whether it is better than all before; what is no number never is.
        mutating func add(_ value: Double, epoch: Int, isMoreBetter: Bool) -> Bool {
            let isBest = best.map { isMoreBetter ? value > $0 : value < $0 } ?? !value.isNaN
            if isBest { (best, bestEpoch) = (value, epoch) }
            withoutBetter = isBest ? 0 : withoutBetter + 1
            return isBest
        }
    }

    /// A position in the epoch's order, and the digest of what came before it.
    struct Place: Codable, Equatable {
        var (position, digest) = (0, Digest())
    }

    /// What was measured over some steps.
    struct Sums: Codable, Equatable {
        var (loss, samples, seconds) = (0.0, 0, 0.0)
        /// Nil where the model finds no classes.
        var correct: Int?
        /// Of each head; nil for a model without heads.
        var headLosses: [Double]?

        mutating func add(_ result: StepResult, samples count: Int) {
            loss += result.loss * Double(count)
            if let found = result.correct { correct = (correct ?? 0) + found }
            if !result.headLosses.isEmpty {
                let before = headLosses ?? Array(repeating: 0, count: result.headLosses.count)
                headLosses = zip(before, result.headLosses).map { $0 + $1 * Double(count) }
            }
            samples += count
        }

        var meanLoss: Double { loss / Double(samples) }
        var accuracy: Double? { correct.map { Double($0) / Double(samples) } }
        var samplesPerSecond: Double { Double(samples) / seconds }
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let digest = Digest(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "32 hexadecimal digits")
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// All that the rest of a run depends on, as one file.
struct Checkpoint {
    var run: RunState
    var trainer: TrainerState

    /// Writes the newest checkpoint and keeps the one before it, which is whole if this one is ever damaged.
    func write(to folder: RunFolder) throws {
        try folder.keepPreviousCheckpoint()
        let state = String(decoding: try JSONEncoder().encode(run), as: UTF8.self)
        let tensors = trainer.arrays.sorted { $0.key < $1.key }.map { StoredTensor($0, $1) }
        let metadata = ["run": state, "digest": Self.digest(state, trainer.arrays).description]
        try Safetensors(tensors: tensors, metadata: metadata).write(to: folder.checkpoint)
    }

    /// The newest checkpoint that can be read.
    ///
    /// - Returns: nil where there is none; `problem` says what is wrong with the newest one if another was taken.
    static func newest(in folder: RunFolder) throws -> (checkpoint: Checkpoint, problem: String?)? {
        var problem: (any Error)?
        for file in [folder.checkpoint, folder.previousCheckpoint] where folder.has(file) {
            do {
                let checkpoint = try Checkpoint(file)
                return (checkpoint, problem.map { "\($0); the checkpoint before it is taken" })
            } catch {
                problem = problem ?? error
            }
        }
        if let problem { throw problem }
        return nil
    }

    private init(_ path: String) throws {
        let file = try SafetensorsFile(path)
        guard let text = file.metadata["run"],
            let run = try? JSONDecoder().decode(RunState.self, from: Data(text.utf8))
        else {
            throw FileError(path, "not a checkpoint: it does not say where the run was")
        }
        let arrays = try file.savedWeights()
        guard file.metadata["digest"] == Self.digest(text, arrays).description else {
            throw FileError(path, "damaged: its values are not those that were written")
        }
        self.run = run
        trainer = TrainerState(steps: run.step, arrays: arrays)
    }

    /// Tells whether a checkpoint is as it was written.
    private static func digest(_ run: String, _ arrays: [String: SavedWeight]) -> Digest {
        let hasher = DigestHasher(KernelSet.current.noise)
        hasher.begin()
        func absorb(_ bytes: UnsafeRawBufferPointer) {
            if let start = bytes.baseAddress { hasher.absorb(start, count: bytes.count) }
        }
        func absorb(_ text: String) { Array(text.utf8).withUnsafeBytes(absorb) }
        absorb(run)
        for (name, saved) in arrays.sorted(by: { $0.key < $1.key }) {
            absorb(name)
            saved.values.withUnsafeBytes(absorb)
        }
        return hasher.digest
    }

    init(run: RunState, trainer: TrainerState) { (self.run, self.trainer) = (run, trainer) }
}
