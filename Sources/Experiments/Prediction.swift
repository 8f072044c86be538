import Datasets
import Glibc
import Pipelines
import Reports
import Tensors
import Training

/// What the model of a run says of samples that it has not seen: `mottle predict`.
package struct Prediction {
    /// What the numbers of a class are.
    private enum Score: String { case probability, output }

    private let samples: UnlabelledSamples
    /// Of one sample.
    private let outputShape: Shape
    private let outputs: Buffer<Float>
    /// Of the head that is asked.
    private let loss: LossConfig
    private static let topCount = 3

    /// - Parameters:
    ///   - run: the run's folder.
    ///   - inputs: paths, as ``UnlabelledSamples`` takes them. As for the clean test set, no chain is applied.
    ///   - head: which of the model's heads is asked; nil for the first.
    ///   - writesOutputs: whether somebody takes outputs that are no classes.
    package init(
        run path: String, inputs: [String], head: String?, writesOutputs: Bool, runtime: Runtime,
        observer: some RunObserver
    ) throws {
        let folder = try RunFolder.open(path)
        let experiment = try Experiment(file: folder.lock, runtime: runtime)
        let index = try experiment.plan.head(head, of: path)
        let output = experiment.plan.outputs[index]
        (loss, outputShape) = (experiment.config.train.loss.heads[index].loss, output.shape)
        let model = experiment.makeModel()
        guard loss.judgesClasses || writesOutputs else {
            throw FileError(
                path,
                "its \(output.name.map { "head '\($0)'" } ?? "model") gives \(outputShape) for each sample and no classes; --output takes a .npy file for it"
            )
        }
        if let note = experiment.note(of: "the numbers") { observer.say(note) }
        try model.load(from: folder.model)
        samples = try UnlabelledSamples(
            inputs, like: experiment.data.train.dataset, fit: experiment.config.data.imageFit)
        outputs = try experiment.outputs(of: model, head: index, for: samples)
    }

    /// The array of all outputs, `[samples] + outputShape`.
    package func write(to path: String) throws {
        let array = NumPyArray(shape: shape, values: .float32(outputs))
        try AtomicFile.write(path) { file in try array.write { try file.append($0) } }
    }

    package var shape: Shape { outputShape.batched(samples.count) }

    /// Whether there are classes to tell of.
    package var hasClasses: Bool { loss.judgesClasses }

    /// A row for each sample: its most likely class, and the next ones.
    package var text: String {
        let head = ["sample", "class", score.rawValue, "then"]
        let rows = (0..<samples.count).map { sample in
            let top = top(of: sample)
            let others = top.dropFirst().map {
                "\(samples.className($0.label)) \($0.value.text(decimals: 3))"
            }
            return [
                samples.name(of: sample), samples.className(top[0].label), top[0].value.text(decimals: 3),
                others.joined(separator: ", "),
            ]
        }
        return TextTable([head] + rows, firstNumber: 4).text
    }

    package var json: String {
        JSONValue.list(
            (0..<samples.count).map { sample in
                let top = top(of: sample)
                return .object(
                    [JSONValue.Member("sample", .string(samples.name(of: sample)))] + members(top[0])
                        + [JSONValue.Member("top", .list(top.map { .object(members($0)) }))])
            }
        ).text
    }

    private func members(_ found: (label: Int, value: Double)) -> [JSONValue.Member] {
        [
            JSONValue.Member("class", .whole(found.label)),
            JSONValue.Member("name", .string(samples.className(found.label))),
            JSONValue.Member(score.rawValue, .number(found.value)),
        ]
    }

    private var score: Score {
        switch loss.formula {
        case .crossEntropy, .binaryCrossEntropy: .probability
        case .squared, .absolute, .huber, .cosine: .output
        }
    }

    /// The classes with the largest outputs, the first of equal ones first.
    private func top(of sample: Int) -> [(label: Int, value: Double)] {
        let row = (0..<samples.classes).map { Double(outputs[sample * samples.classes + $0]) }
        let order = row.indices.sorted { (row[$1], $0) < (row[$0], $1) }
        let largest = row[order[0]]
        let sum = row.reduce(0) { $0 + exp($1 - largest) }
        return order.prefix(Self.topCount).map { label in
            switch loss.formula {
            case .crossEntropy: (label, exp(row[label] - largest) / sum)
            case .binaryCrossEntropy: (label, 1 / (1 + exp(-row[label])))
            case .squared, .absolute, .huber, .cosine: (label, row[label])
            }
        }
    }
}

extension Experiment {
    /// What one head of a model gives for each of some samples, one behind the other.
    ///
    /// - Throws: where an output is not finite, with the sample's name.
    fileprivate func outputs(
        of model: Model, head: Int, for samples: UnlabelledSamples
    ) throws -> Buffer<Float> {
        let stream = Pipeline(
            SampleSet(samples), programs: [evaluations[0].program], batchSize: largestBatch,
            order: SampleOrder(.sequential, seed: Self.evaluationSeed), kernels: runtime.kernels,
            pool: runtime.pool
        ).stream()
        stream.begin(epoch: 0)
        let size = plan.outputs[head].shape.count
        let outputs = Buffer<Float>(count: samples.count * size)
        var done = 0
        while let batch = try stream.nextBatch() {
            model.writeOutputs(of: batch, head: head, to: outputs.pointer + done * size)
            done += batch.count
        }
        if let wrong = (0..<outputs.count).first(where: { !outputs[$0].isFinite }) {
            throw FileError(
                samples.name(of: wrong / size),
                "the model's output is \(outputs[wrong]); are all values of the sample finite, and those of the weights?"
            )
        }
        return outputs
    }
}

extension ModelPlan {
    /// The index of a head; nil is the first output.
    ///
    /// - Throws: where the model, that of `run`, has no such head.
    fileprivate func head(_ name: String?, of run: String) throws(FileError) -> Int {
        guard let name else { return 0 }
        let names = outputs.compactMap(\.name)
        guard !names.isEmpty else { throw FileError(run, "its model has no heads, so there is no '\(name)'") }
        guard let index = names.firstIndex(of: name) else {
            throw FileError(
                run,
                "its model has no head '\(name)'; known are " + names.joined(separator: ", ")
                    + Suggestion.hint(name, among: names))
        }
        return index
    }
}

extension DatasetSource {
    /// How images that are no part of the data are brought to the size of those that are.
    fileprivate var imageFit: ImageFit {
        switch form {
        case .images(let files): files.fit
        case .shards(let files): files.form.fit
        case .fashionMNIST, .arrays, .audio, .text: .crop
        }
    }
}
