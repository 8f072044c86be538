import Datasets
import Generators
import Reports
import Tensors

/// `mottle apply`: an array put through a chain.
package struct ChainRun {
    private let chain: Chain
    private let items: [ChainItemConfig]
    private let chainPlace: ConfigPlace
    private let seed: UInt64
    private let range: ClosedRange<Float>
    private let builder: ChainBuilder
    private let runtime: Runtime

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
        items = try ExperimentConfig.chain(node)
        chainPlace = node.place
        range = try table.take("range").map(Self.range) ?? 0...1
        let lock = try LockRecord(&table)
        for key in ["data", "model", "train", "evaluate"] { _ = table.take(key) }
        try table.finish()
        let library = PluginLibrary(folders: runtime.pluginFolders, recorded: lock?.plugins ?? [:])
        builder = ChainBuilder(library: library, base: FilePath.folder(of: file))
        chain = try builder.chain(items, path: "chain")
        (self.seed, self.runtime) = (seed ?? configSeed, runtime)
    }

    /// The values that data may have: strengths in the unit `range` are shares of it.
    private static func range(_ node: ConfigNode) throws(ConfigError) -> ClosedRange<Float> {
        let bounds = try [Float](node)
        guard bounds.count == 2 else { throw node.mismatch(wanted: "two numbers [low, high]") }
        guard bounds[0] < bounds[1] else {
            throw ConfigError(
                node.place, "'range' must have its lower end first, got [\(bounds[0]), \(bounds[1])]")
        }
        return bounds[0]...bounds[1]
    }

    /// Puts the samples of an array through the chain.
    ///
    /// - Parameters:
    ///   - input: a `.npy` file of shape [N, …]; floats as they are, bytes spread over the range (0 is its low end, 255 its
    ///     high end).
    ///   - output: where the float32 array of the same shape goes.
    ///   - maskOutput: where the mask goes, bytes of the same shape, 1 hidden; nil if it isn't wanted.
    ///   - firstID: the id of the first sample; the others count up from it.
    /// - Returns: the array's shape.
    package func run(
        input: String, output: String, maskOutput: String?, epoch: Int, firstID: UInt64
    ) throws -> Shape {
        let array = try NumPyArray(file: input)
        guard array.shape.rank >= 1 else {
            throw FileError(
                input, "the array has no axes; the first one counts the samples: x.reshape(1, -1)")
        }
        let shape = Shape(Array(array.shape.sizes.dropFirst()))
        let program = try program(for: shape)
        if maskOutput != nil, !program.writesMask {
            throw ConfigError(
                chainPlace, "the chain has no mask to write; masks, and noise that returns one, make it")
        }
        let (values, mask) = (
            Buffer<Float>(count: array.shape.count),
            maskOutput.map { _ in Buffer<UInt8>(count: array.shape.count) }
        )
        apply(
            program, to: array, samples: array.shape[0], size: shape.count, epoch: epoch, firstID: firstID,
            values, mask)
        try write(NumPyArray(shape: array.shape, values: .float32(values)), to: output)
        if let maskOutput, let mask {
            try write(NumPyArray(shape: array.shape, values: .uint8(mask)), to: maskOutput)
        }
        return array.shape
    }

    /// The chain compiled for samples of one shape.
    func program(for shape: Shape) throws -> Program {
        try builder.program(chain, items, seed: seed, shape: shape, range: range)
    }

    private func apply(
        _ program: Program, to array: NumPyArray, samples: Int, size: Int, epoch: Int, firstID: UInt64,
        _ values: Buffer<Float>, _ mask: Buffer<UInt8>?
    ) {
        let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
        runtime.pool.run { thread, threads in
            let workspace = Workspace(program, kernels: runtime.kernels.noise)
            for sample in (samples * thread / threads)..<(samples * (thread + 1) / threads) {
                let place = sample * size
                let clean: SampleValues =
                    switch array.values {
                    case .float32(let floats): .floats(floats.pointer + place)
                    case .uint8(let bytes): .bytes(bytes.pointer + place, scale: (high - low) / 255, low: low)
                    }
                workspace.run(
                    clean, id: firstID &+ UInt64(sample), epoch: epoch, values: values.pointer + place,
                    mask: mask.map { $0.pointer + place })
            }
        }
    }

    private func write(_ array: NumPyArray, to path: String) throws {
        try AtomicFile.write(path) { file in try array.write { try file.append($0) } }
    }
}
