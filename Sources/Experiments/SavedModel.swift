import Datasets
import FoundationEssentials
import Reports
import Tensors
import Training

extension Experiment {
    /// Measures the model of an earlier run on every test set of its config.
    ///
    /// - Parameters:
    ///   - run: the run's folder.
    ///   - overrides: changes as `--set` takes them, for instance other noise.
    ///   - picture: also to be drawn, where there is one.
    /// - Returns: the table, which is also written to the run's folder if nothing was changed, none is there, and the run is done.
    package static func evaluate(
        run path: String, overrides: [String], picture: TestPicture? = nil, runtime: Runtime,
        observer: some RunObserver
    ) throws -> RobustnessTable {
        let folder = try RunFolder.open(path)
        let experiment = try Experiment(file: folder.lock, overrides: overrides, runtime: runtime)
        try picture?.check(experiment, run: folder)
        if let note = experiment.note(of: "the numbers") { observer.say(note) }
        let model = experiment.makeModel()
        try model.load(from: folder.model)
        let trainer = try experiment.trainer(of: model)
        let (table, skipped) = try experiment.evaluate(trainer, observer: observer)
        if !skipped.isEmpty {
            observer.say("\(skipped.count) test samples were left out that cannot be read")
        }
        try picture?.write(experiment, model, rows: table.rows, run: folder, observer: observer)
        guard overrides.isEmpty else { return table }
        switch try? String(contentsOfFile: folder.robustness, encoding: .utf8) {
        case nil where experiment.isDone(folder): try folder.write(table)
        case nil:
            observer.say(
                "the run was interrupted, so its table is not kept; 'mottle train --resume \(path)' goes on with it"
            )
        case table.json: break
        default: observer.say("\(folder.robustness) has other numbers and is left as it is")
        }
        return table
    }

    /// Whether nothing is left to be trained of a run; also where no checkpoint can be read that could say so.
    private func isDone(_ folder: RunFolder) -> Bool {
        guard let run = try? Checkpoint.newest(in: folder)?.checkpoint.run else { return true }
        return run.epoch >= config.train.epochs || run.validation.hasStopped
    }
}

extension Model {
    /// Writes all weights in the order of the layers.
    func save(to path: String) throws {
        let saved = savedWeights()
        try Safetensors(tensors: weights.map { StoredTensor($0.name, saved[$0.name]!) }).write(to: path)
    }

    func load(from path: String) throws {
        let saved = try SafetensorsFile(path).savedWeights()
        do {
            try load(saved)
        } catch {
            throw FileError(path, error.description)
        }
    }
}

extension StoredTensor {
    init(_ name: String, _ saved: SavedWeight) {
        self.init(name: name, shape: saved.shape, values: Buffer(saved.values))
    }
}

extension SafetensorsFile {
    /// All arrays by name.
    func savedWeights() throws(DatasetError) -> [String: SavedWeight] {
        var saved: [String: SavedWeight] = [:]
        for name in names {
            let array = try array(name)
            saved[name] = SavedWeight(shape: array.shape, values: try array.floats().values)
        }
        return saved
    }
}
