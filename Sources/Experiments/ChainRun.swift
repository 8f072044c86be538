import Datasets
import Generators
import Reports
import Synchronization
import Tensors

/// `mottle apply`: an array put through a chain.
package struct ChainRun {
    let chain: Chain
    private let entries: [ChainEntryConfig]
    private let chainPlace: ConfigPlace
    let seed: UInt64
    let range: ClosedRange<Float>
    private let builder: ChainBuilder
    private let runtime: Runtime
    /// The config's data, if it names any.
    let data: ConfigNode?

    /// Reads a config, of which only `seed`, `chain` and `range` count; the other keys of a training config may be there.
    ///
    /// - Parameter seed: goes before the config's own.
    package init(file: String, overrides: [String] = [], seed: UInt64? = nil, runtime: Runtime) throws {
        var document = try ConfigDocument(file: file)
        for override in overrides { try document.set(override) }
        var table = try document.table()
        var configSeed: UInt64 = 0
        try table.read("seed", into: &configSeed)
        let node = try table.requireNode("chain")
        let base = FilePath.folder(of: file)
        entries = try ExperimentConfig.chain(node, base: base)
        chainPlace = node.place
        range = try table.take("range").map { try ClosedRange($0) } ?? 0...1
        let lock = try LockRecord(&table)
        data = table.take("data")
        for key in ["views", "model", "train", "validate", "metrics", "evaluate"] { _ = table.take(key) }
        try table.finish()
        let library = PluginLibrary(folders: runtime.pluginFolders, recorded: lock?.plugins ?? [:])
        builder = ChainBuilder(library: library, base: base)
        chain = try builder.chain(entries, phase: .train)
        (self.seed, self.runtime) = (seed ?? configSeed, runtime)
    }

    /// Whether token ids flow through the chain.
    var isText: Bool { chain.items.contains { $0.plugin.kind == .tokens } }

    /// What goes in and where what comes out goes, as paths of `.npy` files.
    package struct Files {
        /// `[N, …]`; numbers as they are, only bytes spread over the range (0 is its low end, 255 its high end).
        package var input: String
        /// The float32 array of the same shape.
        package var output: String
        /// Bytes of the same shape, 1 hidden.
        package var mask: String?
        /// Extra outputs by name (`mae_patches.grid`): float32, masks as 1 and 0.
        package var extras: [(name: String, path: String)] = []
        /// `[N]`: how many places along the first axis of each sample are real.
        package var lengths: String?
        /// `[N, L]`: the number of each token's word, counted from 1; 0 for none.
        package var words: String?
        /// `[N]`: each sample's class.
        package var labels: String?
        /// The shares of the classes in each sample's label, float32 `[N, classes]`.
        package var targets: String?

        package init(input: String, output: String) { (self.input, self.output) = (input, output) }
    }

    /// Puts the samples of an array through the chain.
    ///
    /// - Parameters:
    ///   - step: of the optimiser, for schedules over steps.
    ///   - firstID: the id of the first sample; the others count up from it.
    ///   - observer: hears what a person should know of the chain.
    /// - Returns: the array's shape.
    package func run(
        _ files: Files, epoch: Int, step: Int, firstID: UInt64, observer: some RunObserver
    ) throws -> Shape {
        let samples = try ArraySamples(files, range: range, isText: isText, firstID: firstID)
        let traced = try trace(for: samples.shape)
        traced.notes(sampleCount: samples.count).forEach(observer.say)
        if !isText, let note = try samples.rangeNote() {
            observer.say(note)
        }
        let program = Program(traced)
        let output = try ArrayOutput(files, program, samples, chainPlace)
        try apply(program, samples, output, epoch: epoch, step: step)
        if let place = output.firstNonFinite,
            let values = try NonFiniteValues(
                of: firstID + UInt64(place), epoch: epoch, step: step, in: traced, kernels: runtime.kernels,
                source: samples)
        {
            observer.say(values.text("warning"))
        }
        try output.write()
        return samples.shape.batched(samples.count)
    }

    /// The chain compiled for samples of one shape.
    func program(for shape: Shape) throws -> Program { Program(try trace(for: shape)) }

    /// The chain's graph for samples of one shape, over the config's range.
    func trace(for shape: Shape) throws -> TracedChain {
        try builder.trace(chain, entries, seed: seed, shape: shape, range: range)
    }

    /// The chain's graph for samples of a data set.
    func trace(for data: any Dataset) throws -> TracedChain {
        try builder.trace(chain, entries, seed: seed, data: data)
    }

    private func apply(
        _ program: Program, _ samples: ArraySamples, _ output: ArrayOutput, epoch: Int, step: Int
    ) throws {
        let errors = ThreadResults<any Error>()
        runtime.pool.run { thread, threads in
            let workspace = Workspace(program, kernels: runtime.kernels.noise, source: samples)
            let scratch = Buffer<Float>(count: samples.shape.count)
            do {
                for place in (samples.count * thread / threads)..<(samples.count * (thread + 1) / threads) {
                    try output.make(
                        place, samples, in: workspace, scratch: scratch.pointer, epoch: epoch,
                        step: step)
                }
            } catch {
                errors.put(error, at: thread)
            }
        }
        if let error = errors.all.first { throw error }
    }
}

/// What threads leave behind.
final class ThreadResults<Value: Sendable>: Sendable {
    private let lock = Mutex<[Int: Value]>([:])

    func put(_ value: Value, at thread: Int) { lock.withLock { $0[thread] = value } }

    /// In the order of the threads.
    var all: [Value] { lock.withLock { values in values.sorted { $0.key < $1.key }.map(\.value) } }
}
