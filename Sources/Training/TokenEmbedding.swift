import Tensors
import VectorKernels

/// A row of a table for each token: y[t] = table[x[t]].
///
/// - Shapes: x `[tokens]`, numbers 0 ..< rows of the table → `[tokens, width]`; a number that the table lacks gives NaN.
/// - Weights: `table` `[rows, width]`, which starts normal with deviation 0.02 where nothing else is said (Devlin et
///   al. 2019).
/// - Threads own columns of the table: each adds up the gradients of all tokens in order.
final class TokenEmbedding: Layer {
    let table: Weight
    var weights: [Weight] { [table] }
    let output: Activation
    private let engine: Engine
    private let input: Activation
    /// Of the whole table: most rows' are zero, but an optimiser goes on from earlier ones.
    private let gradient: PlannedMemory
    private let forwardRegion: Region<GatherTask>
    private let backwardRegion: Region<ScatterTask>

    init(
        name: String, _ input: Activation, rows: Int, width: Int, start: WeightStart = .normal(0.02),
        seed: UInt64,
        engine: Engine
    ) {
        (self.engine, self.input) = (engine, input)
        table = engine.weight("\(name).table", [rows, width])
        engine.memory.use(input)
        output = engine.output([input.channels, width], of: input, [table])
        gradient = engine.memory.scratch(rows * paddedTo16(width), in: .backward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
        table.begin(start, inputs: rows, outputs: width, seed: seed, kernels: engine.kernels.noise)
    }

    func forward(_ pass: Pass) {
        let task = GatherTask(tokens: tokens(pass), table: table.values.pointer, out: output.values.pointer)
        forwardRegion.run(task, multiplications: pass.count * output.sampleStride)
    }

    func backward(_ pass: Pass) {
        // Numbers have no gradient.
        input.gradient?.pointer.update(repeating: 0, count: pass.count * input.sampleStride)
        let panel = table.firstPanel(gradient: gradient.pointer)
        let task = ScatterTask(
            tokens: tokens(pass), upstream: output.gradient!.pointer, gradient: gradient.pointer,
            panel: panel, update: pass.update!, kernels: engine.kernels)
        backwardRegion.run(task, multiplications: pass.count * output.sampleStride + table.shape.count * 4)
    }

    private func tokens(_ pass: Pass) -> TokenNumbers {
        TokenNumbers(
            values: input.values.pointer, samples: pass.count, tokens: input.channels,
            sampleStride: input.sampleStride, rows: table.rows, stride: output.stride,
            width: output.channels)
    }
}

/// The numbers of a batch's tokens, and the form of the rows that they stand for.
private struct TokenNumbers {
    let values: UnsafePointer<Float>
    let samples: Int
    let tokens: Int
    let sampleStride: Int
    let rows: Int
    let stride: Int
    let width: Int

    /// Which row of the table token `index` of the batch wants; nil where there is none.
    func row(_ index: Int) -> Int? {
        let number = values[index / tokens * sampleStride + index % tokens]
        return number >= 0 && number < Float(rows) ? Int(number) : nil
    }
}

private struct GatherTask: SharedTask {
    let tokens: TokenNumbers
    let table: UnsafePointer<Float>
    let out: UnsafeMutablePointer<Float>
    var count: Int { tokens.samples * tokens.tokens }

    func work(_ share: Range<Int>) {
        for index in share {
            let target = out + index * tokens.stride
            if let row = tokens.row(index) {
                target.update(from: table + row * tokens.stride, count: tokens.stride)
            } else {
                target.update(repeating: .nan, count: tokens.width)
                (target + tokens.width).update(repeating: 0, count: tokens.stride - tokens.width)
            }
        }
    }
}

private struct ScatterTask: SharedTask {
    let tokens: TokenNumbers
    let upstream: UnsafePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    let panel: WeightPanel
    let update: WeightUpdate
    let kernels: KernelTable
    /// Groups of 16 columns.
    var count: Int { tokens.stride / 16 }

    func work(_ share: Range<Int>) {
        let columns = share.lowerBound * 16..<share.upperBound * 16
        let mine = gradient + columns.lowerBound
        for row in 0..<tokens.rows {
            (mine + row * tokens.stride).update(repeating: 0, count: columns.count)
        }
        for index in 0..<tokens.samples * tokens.tokens {
            guard let row = tokens.row(index) else { continue }
            let target = mine + row * tokens.stride
            let source = upstream + index * tokens.stride + columns.lowerBound
            kernels.training.addElements(target, target, source, columns.count)
        }
        let part = panel.part(
            rows: 0..<tokens.rows, columns: columns, gradient: mine, gradientStride: tokens.stride)
        update.apply(to: part, kernels)
    }
}
