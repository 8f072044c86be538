import Tensors
import VectorKernels

/// What tokens find in one another: out = concat(heads), each softmax(Q · Kᵀ / √size) · V (Vaswani et al. 2017, §3.2.2),
/// without the affine maps before and behind it.
///
/// - Shapes: x `[tokens, 3 · width]`, the queries, keys and values of all heads, head after head in each → `[tokens, width]`.
/// - Tokens that are padding are seen by none; their output and gradient are zero.
/// - Threads: a head of a sample is one piece, and the scores of a few queries are all that is in memory at a time (see
///   `AttentionHead`).
final class AttentionLayer: SampleLayer {
    var weights: [Weight] { [] }
    let output: Activation
    /// Scores and what they are applied to; backward the scores once more, and four gradients.
    var multiplications: Multiplications {
        let scores = input.positions * input.positions * output.channels
        return Multiplications(forward: 2 * scores, backward: 5 * scores)
    }

    private let engine: Engine
    let input: Activation
    private let heads: Int
    /// `[samples, heads, tokens]`.
    private let logSums: PlannedMemory
    private let workspace: PlannedMemory
    private let workspaceCount: Int
    private let forwardRegion: Region<AttentionTask>
    private let backwardRegion: Region<AttentionGradientTask>
    let takesSamples = true
    private var forwardTask: AttentionTask?

    init(_ input: Activation, heads: Int, engine: Engine) {
        (self.engine, self.input, self.heads) = (engine, input, heads)
        let (memory, width) = (engine.memory, input.channels / 3)
        precondition(
            input.channels == 3 * width && width % heads == 0,
            "\(heads) heads want three times a multiple of their number as channels, got \(input.shape)")
        memory.use(input)
        output = engine.output([input.positions, width], of: input)
        logSums = memory.scratch(memory.capacity * heads * input.positions, in: .forwardToBackward)
        workspaceCount = Self.workspaceCount(input, size: width / heads)
        workspace = memory.scratch(engine.pool.threads * workspaceCount, in: .forwardToBackward)
        forwardRegion = Region(engine.pool)
        backwardRegion = Region(engine.pool)
    }

    /// Of one thread: whole groups of 64, so that no two share a cache line. Fewer tokens may need more than many.
    private static func workspaceCount(_ input: Activation, size: Int) -> Int {
        let most = input.positions
        let counts = input.visible == nil ? [most] : Array(1...most)
        let largest = counts.map { AttentionHead.workspaceCount(tokens: $0, size: size) }.max()!
        return (largest + 63) / 64 * 64
    }

    func forward(_ pass: Pass) { forwardRegion.run(task(pass), multiplications: multiplications(pass)) }

    func backward(_ pass: Pass) {
        guard let inputGradient = input.gradient else { return }
        backwardRegion.run(
            AttentionGradientTask(
                forward: task(pass), gradient: output.gradient!.pointer, inputGradient: inputGradient.pointer),
            multiplications: multiplications(pass))
    }

    func beginForward(_ pass: Pass) { forwardTask = task(pass) }
    func forward(_ share: SampleShare) { forwardTask!.work(share.samples, thread: share.thread) }

    func beginBackward(_ pass: Pass) { forwardTask = task(pass) }
    func backward(_ share: SampleShare) {
        let task = AttentionGradientTask(
            forward: forwardTask!, gradient: output.gradient(share)!, inputGradient: input.gradient(share)!)
        task.work(share.samples, thread: share.thread)
    }

    private func task(_ pass: Pass) -> AttentionTask {
        AttentionTask(
            samples: pass.count, heads: heads, width: output.channels, tokens: input.positions,
            lengths: input.lengths(pass), leadingTokens: input.tokens?.leading ?? 0,
            input: input.values.pointer, stride: input.stride, output: output.values.pointer,
            outputStride: output.stride, logSums: logSums.pointer, workspace: workspace.pointer,
            workspaceCount: workspaceCount,
            kernels: engine.kernels)
    }

    private func multiplications(_ pass: Pass) -> Int {
        2 * pass.count * input.positions * input.positions * output.channels
    }
}

/// Computes all heads of all samples.
private struct AttentionTask: ParallelTask {
    let samples: Int
    let heads: Int
    let width: Int
    let tokens: Int
    let lengths: UnsafePointer<Int32>?
    let leadingTokens: Int
    let input: UnsafePointer<Float>
    let stride: Int
    let output: UnsafeMutablePointer<Float>
    let outputStride: Int
    let logSums: UnsafeMutablePointer<Float>
    let workspace: UnsafeMutablePointer<Float>
    /// Of one thread.
    let workspaceCount: Int
    let kernels: KernelTable

    func work(thread: Int, threads: Int) {
        work(pieces: part(thread, of: threads, count: samples * heads, unit: 1), thread: thread)
    }

    func work(_ samples: Range<Int>, thread: Int) {
        work(pieces: samples.lowerBound * heads..<samples.upperBound * heads, thread: thread)
    }

    private func work(pieces: Range<Int>, thread: Int) {
        for piece in pieces {
            kernels.layers.attend(head(piece, thread: thread))
            if piece % heads == 0 { clearPadding(output, outputStride, from: width, sample: piece / heads) }
        }
    }

    func head(_ piece: Int, thread: Int) -> AttentionHead {
        let (sample, head, size) = (piece / heads, piece % heads, width / heads)
        let values = input + sample * tokens * stride + head * size
        let length = lengths.map { min(tokens, Int($0[sample]) + leadingTokens) } ?? tokens
        return AttentionHead(
            query: values, key: values + width, value: values + 2 * width, stride: stride,
            output: output + sample * tokens * outputStride + head * size, outputStride: outputStride,
            logSums: logSums + piece * tokens, tokens: tokens, length: length, size: size,
            workspace: workspace + thread * workspaceCount)
    }

    /// Zeros behind the last head's columns.
    func clearPadding(
        _ rows: UnsafeMutablePointer<Float>, _ stride: Int, from columns: Int, sample: Int
    ) {
        for row in sample * tokens..<(sample + 1) * tokens {
            (rows + row * stride + columns).update(repeating: 0, count: stride - columns)
        }
    }
}

private struct AttentionGradientTask: ParallelTask {
    let forward: AttentionTask
    let gradient: UnsafePointer<Float>
    let inputGradient: UnsafeMutablePointer<Float>

    func work(thread: Int, threads: Int) {
        let pieces = part(thread, of: threads, count: forward.samples * forward.heads, unit: 1)
        work(pieces: pieces, thread: thread)
    }

    func work(_ samples: Range<Int>, thread: Int) {
        let heads = forward.heads
        work(pieces: samples.lowerBound * heads..<samples.upperBound * heads, thread: thread)
    }

    private func work(pieces: Range<Int>, thread: Int) {
        let (heads, width, tokens) = (forward.heads, forward.width, forward.tokens)
        for piece in pieces {
            let (sample, column) = (piece / heads, piece % heads * (width / heads))
            let target = inputGradient + sample * tokens * forward.stride + column
            forward.kernels.layers.attendBackward(
                forward.head(piece, thread: thread),
                gradient + sample * tokens * forward.outputStride + column, target, target + width,
                target + 2 * width)
            if column == 0 {
                forward.clearPadding(inputGradient, forward.stride, from: 3 * width, sample: sample)
            }
        }
    }
}
