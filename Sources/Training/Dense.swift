import Tensors
import VectorKernels

/// An affine map, y = x · W + b.
///
/// - Shapes: x `[batch, inputs]` → y `[batch, outputs]`, or of every position of `[batch, positions, inputs]`;
///   W `[inputs, outputs]`; b `[outputs]`. W has a row for each input, the other way round than in PyTorch: then the rows
///   of W are what the product adds up, as they lie.
/// - Start: b zero, W as `WeightStart` says: `heUniform` where nothing else is said, uniform in ±√(6 / inputs).
/// - Threads own a part of W (see `Partition`): the same thread computes its products, its gradient and its update, so that
///   it stays in its cache. The part is some columns, or where the inputs are many the rows of a leaf: x · W is then a
///   sum of leaves (see `OutputTask`), and a thread reads only its own inputs. Where a batch has many more rows than
///   W, threads share these instead, so that a thread finds the rows in its cache that it wrote in the layer before; W's
///   gradient is then a sum of leaves (see `RowsGradientTask`). As one of a model's `LastLayers`, too, threads share a batch's rows.
final class Dense: SampleLayer, LastLayer {
    let weight: Weight
    let bias: Weight
    var weights: [Weight] { [weight, bias] }

    private let engine: Engine
    var multiplications: Multiplications {
        // Of rows that are counted, as many as the last batch had.
        let (rows, samples) = counted.map { ($0.count, max($0.samples, 1)) } ?? (input.positions, 1)
        let products = rows * input.channels * output.channels / samples
        return Multiplications(products: products, input: input, weights: weights)
    }

    let input: Activation
    let output: Activation
    /// What alone is computed, if not everything; the rows of the output lie one behind the other then.
    private(set) var counted: CountedRows?
    /// `[outputs, batch]` and `[inputs, batch]`: to find the input's gradient, W is multiplied by a transposed batch, unless W is
    /// the small one. Lists are made from the first, too.
    private let transposedGradient: PlannedMemory
    private let transposedInputGradient: PlannedMemory
    /// Nil where they would not give the bits of the whole product, or take too much memory.
    private let lists: GradientLists?
    /// `[outputs, inputs]`: where W is small beside a batch, and where threads share rows.
    private let transposedWeight: PlannedMemory
    private let transposesWeight: Bool
    /// Of each leaf, where threads share rows: see `RowsGradientTask`.
    private let leafGradients: PlannedMemory
    private let leaves: Int
    private let sharesRows: Bool
    /// Whether W is so small that each thread may multiply some rows of a batch with all of it; then it changes some rows of W.
    private let isSmall: Bool
    /// For the products of `forward`, and where threads share rows for those of `backward`.
    private let (packing, gradientPacking): (PlannedMemory, PlannedMemory)
    private let (packingCount, gradientPackingCount): (Int, Int)

    /// Into how many leaves the inputs are cut where threads share columns, and the outputs of all but the first.
    private let inputLeaves: Int
    private let partialSums: PlannedMemory

    private let outputRegion: Region<OutputTask>
    private let leafSumRegion: Region<LeafSumTask>
    private let rowsRegion: Region<RowsTask>
    private let rowsGradientRegion: Region<RowsGradientTask>
    private let leafRegion: Region<LeafUpdateTask>
    private var rowsTask: RowsTask?
    private var rowsGradientTask: RowsGradientTask?
    private let inputRegion: Region<InputGradientTask>
    private let updateRegion: Region<UpdateTask>

    init(
        name: String, _ input: Activation, outputs: Int, start: WeightStart = .heUniform, seed: UInt64,
        engine: Engine
    ) {
        let (inputs, memory) = (input.channels, engine.memory)
        precondition(input.stride % 16 == 0, "dense wants padded rows, got a stride of \(input.stride)")
        let rows = memory.capacity * input.positions
        sharesRows = rows > 2 * (inputs + outputs)
        inputLeaves = sharesRows ? 1 : Self.inputLeaves(inputs: inputs, outputs: outputs)
        isSmall =
            !sharesRows && inputLeaves == 1 && engine.precision == .fp32
            && inputs * paddedTo16(outputs) <= 1 << 13
        let threads = engine.pool.threads
        weight = engine.weight(
            "\(name).weight", [inputs, outputs], threads: threads, cutsColumns: !sharesRows && !isSmall,
            rowLeaves: inputLeaves)
        bias = engine.weight(
            "\(name).bias", [outputs], threads: threads, cutsColumns: !sharesRows && !isSmall,
            rowLeaves: inputLeaves)
        (self.engine, self.input) = (engine, input)
        memory.use(input)
        output = engine.output(
            Shape(input.shape.sizes.dropLast() + [outputs]), of: input, [weight, bias])
        let wantsGradient = input.gradient != nil
        // Lists give the bits of one running sum in fp32, and take twice the memory of what they list.
        let canList =
            !sharesRows && !weight.isFrozen && engine.precision == .fp32 && engine.leaves == 1
            && rows * outputs <= 1 << 20
        let isSmallBesideBatch = engine.precision == .fp32 && inputs <= 2 * rows && 2 * outputs <= rows
        transposesWeight = wantsGradient && (sharesRows || isSmall || isSmallBesideBatch)
        let transposesGradient = canList || wantsGradient && !transposesWeight
        let batchStride = transposesGradient ? paddedTo16(rows) : 0
        transposedWeight = memory.scratch(
            transposesWeight ? paddedTo16(outputs) * input.stride : 0, in: .backward)
        leaves = RowsGradientTask.leaves(
            samples: memory.capacity, positions: input.positions, atLeast: engine.leaves)
        leafGradients = memory.scratch(
            sharesRows ? leaves * (inputs + 1) * weight.partition.width : 0, in: .backward)
        transposedGradient = memory.scratch(paddedTo16(outputs) * batchStride, in: .backward)
        lists = canList ? GradientLists(of: output, transposed: transposedGradient, engine: engine) : nil
        transposedInputGradient = memory.scratch(
            wantsGradient && !transposesWeight ? paddedTo16(inputs) * batchStride : 0, in: .backward)
        packingCount = paddedTo16(
            MatrixProduct.packingCount(rows: rows, columns: weight.partition.width, depth: inputs))
        packing = memory.scratch(packingCount * threads, in: .forward)
        let width = weight.partition.width
        if sharesRows {
            gradientPackingCount = RowsGradientTask.packingCount(
                inputs: input.stride, outputs: width, positions: input.positions)
        } else {
            // Only rounded factors need it: as they lie they are read as fast.
            gradientPackingCount =
                engine.precision == .fp32
                ? 0
                : paddedTo16(MatrixProduct.packingCount(rows: inputs, columns: batchStride, depth: width))
        }
        gradientPacking = memory.scratch(gradientPackingCount * threads, in: .backward)
        partialSums = memory.scratch((inputLeaves - 1) * rows * output.stride, in: .forward)
        outputRegion = Region(engine.pool)
        leafSumRegion = Region(engine.pool)
        rowsRegion = Region(engine.pool)
        rowsGradientRegion = Region(engine.pool)
        leafRegion = Region(engine.pool)
        inputRegion = Region(engine.pool)
        updateRegion = Region(engine.pool)
        weight.begin(start, inputs: inputs, outputs: outputs, seed: seed, kernels: engine.kernels.noise)
    }

    /// Two where threads that share the inputs send one another less than threads that share the outputs: each of these reads
    /// all of x.
    private static func inputLeaves(inputs: Int, outputs: Int) -> Int {
        inputs >= 256 && inputs > 4 * paddedTo16(outputs) ? 2 : 1
    }

    /// From now on only what is written there before each pass is computed.
    func countRows() -> CountedRows {
        let counted = CountedRows(of: input, capacity: engine.memory.capacity)
        self.counted = counted
        return counted
    }

    /// The input's rows that take part.
    private var inputRows: UnsafePointer<Float> {
        UnsafePointer(counted?.inputs.pointer ?? input.values.pointer)
    }

    var takesSamples: Bool { sharesRows && counted == nil }

    func forward(_ pass: Pass) {
        counted?.gather()
        if sharesRows {
            let product = outputProduct(rows: rows(pass), engine.precision(pass))
            return rowsRegion.run(makeRowsTask(product), multiplications: multiplications(pass))
        }
        multiplyParts(pass)
        if inputLeaves > 1 {
            // Memory is what takes time, as much as this many multiplications.
            leafSumRegion.run(
                makeLeafSumTask(rows: rows(pass)), multiplications: rows(pass) * output.stride * 8)
        }
    }

    /// Each thread with its part of W.
    func multiplyParts(_ pass: Pass) {
        let task = OutputTask(
            product: outputProduct(rows: rows(pass), engine.precision(pass)), partition: weight.partition,
            leaves: inputLeaves,
            partialSums: partialSums.pointer, packing: outputPacking, kernels: engine.kernels)
        outputRegion.run(task, multiplications: multiplications(pass))
    }

    private func makeLeafSumTask(rows: Int) -> LeafSumTask {
        LeafSumTask(
            y: output.values.pointer, partialSums: partialSums.pointer, count: rows,
            stride: output.stride, leaves: inputLeaves, kernels: engine.kernels)
    }

    /// What `forward` leaves to be done for some samples after others, if anything, when each thread has multiplied with its part
    /// of W.
    func makeLeafSumStep() -> SampleStep? {
        // Where a third leaf lies depends on the size of the batch.
        precondition(inputLeaves <= 2, "a step that stays as it is adds no more than two leaves")
        return inputLeaves > 1 ? SampleStep(makeLeafSumTask(rows: 0)) : nil
    }

    /// Whether threads own parts of W.
    var sharesWeight: Bool { !sharesRows }

    var takesLastSamples: Bool { isSmall }

    func makeSteps() -> SampleSteps {
        SampleSteps(
            forward: SampleStep(makeRowsTask(outputProduct(rows: 0, .fp32))),
            backward: SampleStep(
                makeInputGradientRowsTask(inputGradientProduct(inputGradient!, rows: 0, .fp32))))
    }

    func beginSamples(_ pass: Pass) { transposeWeight() }

    func beginForward(_ pass: Pass) {
        rowsTask = makeRowsTask(outputProduct(rows: rows(pass), engine.precision(pass)))
    }
    func forward(_ share: SampleShare) {
        rowsTask!.work(rows: share.rows(input.positions), thread: share.thread)
    }

    func beginBackward(_ pass: Pass) { rowsGradientTask = makeRowsGradientTask(pass) }
    func backward(_ share: SampleShare) {
        var task = rowsGradientTask!
        task.setGradients(output.gradient(share)!, input: input.gradient(share))
        task.work(
            share.rows(input.positions), leaf: share.leaf, begins: share.beginsLeaf, thread: share.thread)
    }
    func endBackward(_ pass: Pass) {
        if weight.isTrained || bias.isTrained { updateWeightsByLeaves(pass) }
    }

    private func outputProduct(rows: Int, _ precision: Precision) -> MatrixProduct {
        var product = MatrixProduct(
            a: inputRows, aRowStride: input.stride, aDepthStride: 1, b: weight.values.pointer,
            bStride: weight.partition.width, c: output.values.pointer, cStride: output.stride,
            rows: rows, columns: weight.partition.columns, depth: input.channels,
            bias: bias.values.pointer)
        product.precision = precision
        return product
    }

    private var outputPacking: PackingMemory { PackingMemory(memory: packing.pointer, count: packingCount) }

    private func makeRowsTask(_ product: MatrixProduct) -> RowsTask {
        RowsTask(product: product, packing: outputPacking, kernels: engine.kernels)
    }

    func backward(_ pass: Pass) {
        if sharesRows {
            rowsGradientRegion.run(makeRowsGradientTask(pass), multiplications: 2 * multiplications(pass))
            endBackward(pass)
        } else {
            // A region of its own, before the weights change.
            if let inputGradient { findInputGradient(inputGradient, pass) }
            if weight.isTrained || bias.isTrained { updateWeights(pass) }
        }
        if let counted, let gradient = input.gradient {
            counted.spread(into: gradient.pointer, positions: pass.count * input.positions)
        }
    }

    private var inputGradient: UnsafeMutablePointer<Float>? {
        input.gradient.map { counted?.inputGradients.pointer ?? $0.pointer! }
    }

    private func makeRowsGradientTask(_ pass: Pass) -> RowsGradientTask {
        let (gradient, width) = (output.gradient!.pointer!, weight.partition.width)
        if inputGradient != nil { transposeWeight() }
        var weightGradient = MatrixProduct(
            a: inputRows, aRowStride: 1, aDepthStride: input.stride, b: gradient, bStride: output.stride,
            c: leafGradients.pointer, cStride: width, rows: weight.rows, columns: width, depth: rows(pass))
        weightGradient.precision = engine.precision(pass)
        return RowsGradientTask(
            inputGradient: inputGradient.map {
                inputGradientProduct($0, rows: rows(pass), engine.precision(pass))
            },
            weightGradient: weightGradient, wantsWeightGradient: weight.isTrained,
            biasGradient: biasGradient(weightGradient), wantsBiasGradient: bias.isTrained,
            leaves: leaves,
            packing: PackingMemory(memory: gradientPacking.pointer, count: gradientPackingCount),
            kernels: engine.kernels)
    }

    /// With zeros as the padding of its rows, which are the input gradient's then.
    private func transposeWeight() {
        let width = weight.partition.width
        if input.stride > weight.rows {
            transposedWeight.pointer.update(repeating: 0, count: weight.columns * input.stride)
        }
        for panel in 0..<weight.partition.panels {
            let columns = weight.partition.columns(panel: panel).clamped(to: 0..<weight.columns)
            engine.kernels.training.transpose(
                transposedWeight.pointer + columns.lowerBound * input.stride, input.stride,
                weight.values.pointer + panel * weight.rows * width, width, weight.rows, columns.count)
        }
    }

    /// dX = dY · Wᵀ.
    private func inputGradientProduct(
        _ inputGradient: UnsafeMutablePointer<Float>, rows: Int, _ precision: Precision
    ) -> MatrixProduct {
        var product = MatrixProduct(
            a: output.gradient!.pointer, aRowStride: output.stride, aDepthStride: 1,
            b: transposedWeight.pointer, bStride: input.stride, c: inputGradient, cStride: input.stride,
            rows: rows, columns: input.stride, depth: weight.columns)
        product.precision = precision
        return product
    }

    private func makeInputGradientRowsTask(_ product: MatrixProduct) -> RowsTask {
        RowsTask(product: product, packing: nil, kernels: engine.kernels)
    }

    private func updateWeightsByLeaves(_ pass: Pass) {
        let task = LeafUpdateTask(
            gradients: leafGradients.pointer, leaves: leaves, rows: weight.rows,
            weight: weight.isTrained ? weight.firstPanel(gradient: leafGradients.pointer) : nil,
            bias: bias.isTrained ? bias.firstPanel(gradient: leafGradients.pointer) : nil,
            partition: weight.partition, update: pass.update!, kernels: engine.kernels)
        leafRegion.run(task, multiplications: leaves * weight.values.count)
    }

    private func findInputGradient(_ inputGradient: UnsafeMutablePointer<Float>, _ pass: Pass) {
        if transposesWeight {
            transposeWeight()
            let product = inputGradientProduct(
                inputGradient, rows: rows(pass), engine.precision(pass))
            return rowsRegion.run(
                makeInputGradientRowsTask(product), multiplications: multiplications(pass))
        }
        let (rows, batchStride) = (rows(pass), paddedTo16(rows(pass)))
        engine.kernels.training.transpose(
            transposedGradient.pointer, batchStride, output.gradient!.pointer, output.stride, rows,
            weight.columns)
        var product = MatrixProduct(
            a: weight.values.pointer, aRowStride: weight.partition.width, aDepthStride: 1,
            b: transposedGradient.pointer, bStride: batchStride, c: transposedInputGradient.pointer,
            cStride: batchStride, rows: input.channels, columns: batchStride, depth: weight.columns)
        product.precision = engine.precision(pass)
        let task = InputGradientTask(
            product: product, partition: weight.partition, batch: rows,
            inputGradient: inputGradient, inputGradientStride: input.stride,
            packing: product.precision == .fp32
                ? nil : PackingMemory(memory: gradientPacking.pointer, count: gradientPackingCount),
            kernels: engine.kernels)
        inputRegion.run(task, multiplications: multiplications(pass))
        if input.stride > input.channels { clearPadding(inputGradient, rows: rows) }
    }

    /// What of dY is not zero, where W's gradient is found sooner from these values alone.
    func nonZeros(_ pass: Pass) -> NonZeroLists? {
        lists?.find(rows: rows(pass), multiplications: multiplications(pass))
    }

    /// Looks whether there are lists to be made before `backward`; who calls this sees to it that they are.
    func beginLists(_ pass: Pass) -> ListTask? {
        lists?.begin(rows: rows(pass), multiplications: multiplications(pass))
    }

    private func clearPadding(_ gradient: UnsafeMutablePointer<Float>, rows: Int) {
        let (channels, stride) = (input.channels, input.stride)
        for row in 0..<rows {
            (gradient + row * stride + channels).update(repeating: 0, count: stride - channels)
        }
    }

    private func updateWeights(_ pass: Pass) {
        updateRegion.run(
            makeUpdateTask(pass, nonZeros(pass)), multiplications: multiplications(pass))
    }

    /// What changes the weights that are trained.
    func makeUpdateTask(_ pass: Pass, _ nonZeros: NonZeroLists?) -> UpdateTask {
        let gradient = UnsafePointer(output.gradient!.pointer!)
        var product = MatrixProduct(
            a: inputRows, aRowStride: 1, aDepthStride: input.stride, b: gradient,
            bStride: output.stride, c: weight.values.pointer, cStride: 0, rows: input.channels,
            columns: weight.partition.columns, depth: rows(pass), leaves: engine.leaves)
        product.precision = engine.precision(pass)
        return UpdateTask(
            weightGradient: product, biasGradient: biasGradient(product), nonZeros: nonZeros,
            weight: weight.isTrained ? weight.firstPanel(gradient: gradient) : nil,
            bias: bias.isTrained ? bias.firstPanel(gradient: gradient) : nil, partition: weight.partition,
            update: pass.update!, workspace: engine.workspace, kernels: engine.kernels)
    }

    /// db = 1ᵀ · dY, from dW = Xᵀ · dY; in fp32, since it multiplies with nothing.
    private func biasGradient(_ weightGradient: MatrixProduct) -> MatrixProduct {
        var product = weightGradient
        (product.a, product.aDepthStride, product.rows) = (Self.one, 0, 1)
        product.precision = .fp32
        return product
    }

    private func rows(_ pass: Pass) -> Int { counted?.count ?? pass.count * input.positions }

    private func multiplications(_ pass: Pass) -> Int {
        rows(pass) * input.channels * weight.partition.columns
    }

    /// A single 1, for sums as products. Never written after the start.
    nonisolated(unsafe) private static let one: UnsafePointer<Float> = {
        let one = UnsafeMutablePointer<Float>.allocate(capacity: 1)
        one.initialize(to: 1)
        return UnsafePointer(one)
    }()
}
