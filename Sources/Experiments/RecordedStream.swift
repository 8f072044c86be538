import Datasets
import Generators
import Kernels
import Pipelines
import Reports
import Tensors

/// The stream that a run was trained on, made again from its lock file alone.
struct RecordedStream {
    let folder: RunFolder
    let config: ExperimentConfig
    let chain: Chain
    let samples: SampleSet
    /// By view.
    let traced: [TracedChain]
    let order: SampleOrder

    init(_ path: String, runtime: Runtime) throws {
        folder = try RunFolder.open(path)
        let base = FilePath.folder(of: folder.lock)
        let config = try ExperimentConfig(ConfigDocument(file: folder.lock).root, base: base)
        let library = PluginLibrary(
            folders: runtime.pluginFolders, recorded: config.lock?.plugins ?? [:])
        let builder = ChainBuilder(library: library, base: base)
        let chain = try builder.chain(config.chain, phase: .train)
        var data = try config.data.load(seed: config.seed, at: config.dataPlace)
        _ = try config.holdOut(&data)
        let samples = data.train
        traced = try (1...config.views).map { view in
            try builder.trace(chain, config.chain, seed: config.seed, view: view, data: samples.dataset)
        }
        (self.config, self.chain, self.samples) = (config, chain, samples)
        order = .training(samples, seed: config.seed)
    }

    func pipeline(_ runtime: Runtime) -> Pipeline {
        Pipeline(
            samples, programs: traced.map(Program.init), batchSize: config.train.batchSize, order: order,
            kernels: runtime.kernels, pool: runtime.pool, makesDigests: true)
    }

    /// The step at which a sample is trained on, counted from 0; nil if the epoch does not have it.
    func step(of id: UInt64, epoch: Int) -> Int? {
        order.step(of: id, epoch: epoch, in: samples, batchSize: config.train.batchSize)
    }
}
