import LuaRuntime
import Tensors
import VectorKernels

/// Runs Lua for each sample, in a state of its worker's own.
final class ScriptRunner: WholeRunner {
    private let script: ScriptCall
    private let operands: [(values: UnsafePointer<Float>, count: Int)]
    private let result: UnsafeMutablePointer<Float>
    /// What the script works on: memory that its state keeps, since a script that could not be stopped may go on writing.
    private let (input, values): (Buffer<Float>, Buffer<Float>)
    /// What the script marked, for `ScriptMaskRunner`.
    let mask: Buffer<Float>
    private let state: ScriptState

    init(
        _ script: ScriptCall, _ operands: [(values: UnsafePointer<Float>, count: Int)],
        _ result: UnsafeMutablePointer<Float>, _ kernels: NoiseKernels
    ) {
        (self.script, self.operands, self.result) = (script, operands, result)
        values = Buffer(count: operands[0].count)
        if case .elements = script.body {
            input = Buffer(count: operands[0].count)
        } else {
            input = Buffer(count: 0)
        }
        mask = Buffer(count: script.plugin.marksMask ? script.shape.count : 0)
        state = ScriptState(script, kernels)
    }

    func run(id: UInt64, epoch: UInt32) throws {
        do throws(LuaError) {
            switch script.body {
            case .elements:
                input.pointer.update(from: operands[0].values, count: input.count)
                try state.map(input, to: values)
            case .sample:
                values.pointer.update(from: operands[0].values, count: values.count)
                mask.pointer.update(repeating: 0, count: mask.count)
                try state.call(
                    on: values, mask: script.plugin.marksMask ? mask : nil,
                    varying: operands.dropFirst().map { $0.values[0] }, id: id, epoch: epoch)
            }
            result.update(from: values.pointer, count: values.count)
        } catch {
            throw ScriptFailure(error: error, id: id, epoch: epoch, path: script.context.path)
        }
    }
}

/// Copies the mask that a script made; it ran before.
final class ScriptMaskRunner: WholeRunner {
    private let script: ScriptRunner
    private let result: UnsafeMutablePointer<Float>

    init(_ script: ScriptRunner, _ result: UnsafeMutablePointer<Float>) {
        (self.script, self.result) = (script, result)
    }

    func run(id: UInt64, epoch: UInt32) { result.update(from: script.mask.pointer, count: script.mask.count) }
}

/// A plugin's state in one worker, made when the first sample needs it.
private final class ScriptState {
    private let script: ScriptCall
    private let kernels: NoiseKernels
    private var loaded: (state: PluginState, function: LuaFunction)?
    private var source: LuaDrawSource!
    private var sample: (id: UInt64, epoch: UInt32) = (0, 0)

    init(_ script: ScriptCall, _ kernels: NoiseKernels) {
        (self.script, self.kernels) = (script, kernels)
        let keys = [script.context.key("eager uniform"), script.context.key("eager normal")]
        source = LuaDrawSource { [unowned self] kind, first, values in
            let kernel = kind == 0 ? kernels.uniform : kernels.normal
            kernel(values, LuaDrawSource.count, keys[kind], sample.epoch, sample.id, first)
        }
    }

    private func load() throws(LuaError) -> (state: PluginState, function: LuaFunction) {
        if let loaded { return loaded }
        let state = try script.plugin.newState()
        var function = state.declaration.function
        if case .elements(let place) = script.body {
            // The function is made anew by tracing as the chain did.
            function = try script.plugin.mapFunction(place, of: script, in: state)
        }
        loaded = (state, function)
        return (state, function)
    }

    func map(_ input: Buffer<Float>, to output: Buffer<Float>) throws(LuaError) {
        let (state, function) = try load()
        try state.map(
            function, input.pointer, to: output.pointer, count: input.count, owners: [input, output],
            activity: "map in \(script.plugin.activity)")
    }

    func call(
        on values: Buffer<Float>, mask: Buffer<Float>?, varying: [Float], id: UInt64, epoch: UInt32
    ) throws(LuaError) {
        let (state, _) = try load()
        sample = (id, epoch)
        let arrays = ([values] + (mask.map { [$0] } ?? [])).enumerated().map { place, buffer in
            LuaArray(buffer.pointer, sizes: script.shape.sizes, isMask: place == 1, owner: buffer)
        }
        try state.run(script, on: arrays, varying: varying, source: source)
    }
}
