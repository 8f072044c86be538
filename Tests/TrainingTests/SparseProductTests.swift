import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

/// Products with a factor that has few values, beside the same products with all of them.
struct SparseProductTests {
    /// A factor `[depth, columns]` of which about this share is not zero, with rows 16 values longer.
    private static func factor(depth: Int, columns: Int, share: Float) -> Buffer<Float> {
        let values = Fixture.floats(depth * (columns + 16), seed: 71)
        let draws = Fixture.floats(depth * (columns + 16), seed: 72)
        return Buffer(zip(values, draws).map { abs($1) < share ? $0 : 0 })
    }

    @Test(
        arguments: InstructionSet.supported,
        [(1, 16), (7, 32), (32, 16), (63, 16), (64, 32), (65, 16), (150, 48)])
    func `lists give the bits of the whole product, for any rows and columns`(
        set: InstructionSet, size: (depth: Int, columns: Int)
    ) {
        let (kernels, depth, columns) = (KernelSet.of(set)!.training, size.depth, size.columns)
        let most = kernels.sparseRows
        let a = Fixture.buffer(depth * (most + 5), seed: 73)
        // Memory that the lists of all shares use one after another.
        let memory = Buffer([Float](repeating: 7, count: NonZeroLists.count(depth: depth, columns: columns)))
        for share: Float in [1, 0.2, 0] {
            let b = Self.factor(depth: depth, columns: columns, share: share)
            let stride = (depth + 15) / 16 * 16 + 16
            // What lies behind a column must not be listed.
            let transposed = Buffer([Float](repeating: 5, count: columns * stride))
            for column in 0..<columns {
                for k in 0..<depth { transposed[column * stride + k] = b[k * (columns + 16) + column] }
            }
            let lists = NonZeroLists(depth: depth, columns: columns, memory: memory.pointer)
            for part in [16..<columns, 0..<16] where !part.isEmpty {
                kernels.listNonZeros(lists, transposed.pointer, stride, part)
            }
            for rows in [1, 3, 4, 15, 16, 17, most / 2 - 1, most / 2 + 4, most - 1, most] {
                let whole = Buffer<Float>(count: rows * columns)
                kernels.multiply(
                    MatrixProduct(
                        a: a.pointer, aRowStride: 1, aDepthStride: most + 5, b: b.pointer,
                        bStride: columns + 16, c: whole.pointer, cStride: columns, rows: rows,
                        columns: columns, depth: depth))
                for some in [0..<columns, columns - 16..<columns] {
                    let untouched: Float = 1e30
                    let height = (rows + 15) / 16 * 16
                    let c = Buffer([Float](repeating: untouched, count: some.count * height + 32))
                    let product = SparseProduct(
                        a: a.pointer, aDepthStride: most + 5, b: lists, columns: some, rows: rows,
                        c: c.pointer + 16)
                    kernels.multiplySparse(product)
                    #expect(product.cStride == height)
                    let found = (0..<rows).flatMap { row in
                        some.map { c[16 + ($0 - some.lowerBound) * height + row] }
                    }
                    let wanted = (0..<rows).flatMap { row in some.map { whole[row * columns + $0] } }
                    #expect(
                        found.map(\.bitPattern) == wanted.map(\.bitPattern),
                        "\(rows) rows, columns \(some), share \(share)")
                    let guards = Array(c.values[..<16]) + Array(c.values.suffix(16))
                    #expect(guards == [Float](repeating: untouched, count: 32))
                }
            }
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a value that is no number is listed, a zero with a sign is not`(
        set: InstructionSet
    ) {
        let kernels = KernelSet.of(set)!.training
        let transposed = Buffer([Float](repeating: -0.0, count: 16 * 16))
        (transposed[3 * 16 + 2], transposed[4 * 16]) = (.nan, .infinity)
        let memory = Buffer<Float>(count: NonZeroLists.count(depth: 5, columns: 16))
        let lists = NonZeroLists(depth: 5, columns: 16, memory: memory.pointer)
        kernels.listNonZeros(lists, transposed.pointer, 16, 0..<16)
        let (a, c) = (Buffer([Float](repeating: 1, count: 5 * 16 + 16)), Buffer<Float>(count: 16 * 16))
        kernels.multiplySparse(
            SparseProduct(a: a.pointer, aDepthStride: 16, b: lists, columns: 0..<16, rows: 2, c: c.pointer))
        #expect(c[3 * 16].isNaN && c[3 * 16 + 1].isNaN && c[4 * 16] == .infinity)
        #expect((0..<16).allSatisfy { $0 == 3 || $0 == 4 || c[$0 * 16].bitPattern == 0 })
    }

    @Test(arguments: InstructionSet.supported, [0, 16, 48, 80])
    func `what is not zero is counted`(set: InstructionSet, count: Int) {
        let values = Fixture.floats(count + 16, seed: 74).enumerated().map {
            $0 % 3 == 1 ? $1 : $0 % 3 == 0 ? 0 : -0.0
        }
        let x = Buffer(values)
        let wanted = values[..<count].count { $0 != 0 }
        #expect(KernelSet.of(set)!.training.countNonZeros(x.pointer, count) == wanted)
    }

    @Test(arguments: InstructionSet.supported, [1, 15, 16, 33])
    func `optimizers take a gradient's transpose for the gradient`(set: InstructionSet, rows: Int) {
        let (kernels, columns, stride) = (KernelSet.of(set)!.training, 48, 64)
        let gradient = Fixture.buffer(rows * columns, seed: 75)
        let height = (rows + 15) / 16 * 16
        let transposed = Buffer([Float](repeating: .nan, count: columns * height))
        for row in 0..<rows {
            for column in 0..<columns {
                transposed[column * height + row] = gradient[row * columns + column]
            }
        }
        let square = Buffer<Float>(count: 256)
        func updated(isTransposed: Bool, _ update: (WeightPanel) -> Void) -> [[Float]] {
            let arrays = (81...84).map { Fixture.buffer((rows + 1) * stride, seed: $0) }
            // A mean of squares is not negative.
            for index in 0..<arrays[2].count { arrays[2][index] = abs(arrays[2][index]) }
            var panel = WeightPanel(
                weights: arrays[0].pointer, first: arrays[1].pointer, second: arrays[2].pointer,
                stride: stride,
                gradient: isTransposed ? transposed.pointer : gradient.pointer,
                gradientStride: isTransposed ? height : columns, rows: rows, columns: columns)
            panel.square = isTransposed ? square.pointer : nil
            panel.collected = arrays[3].pointer
            update(panel)
            return arrays.map(\.values)
        }
        let scales = StepScales(gradient: 0.5, l2: 0.01, kept: 0.9)
        let adam = AdamStep(
            beta1: 0.9, beta2: 0.99, epsilon: 1e-8, stepSize: 0.1, rootScale: 1.5, scales: scales)
        var momentum = MomentumStep(learningRate: 0.1, momentum: 0.9, isNesterov: true)
        var lion = LionStep(learningRate: 0.1, beta1: 0.9, beta2: 0.99)
        var rmsProp = RMSPropStep(learningRate: 0.1, beta: 0.9, epsilon: 1e-8, momentum: 0.5)
        (momentum.scales, lion.scales, rmsProp.scales) = (scales, scales, scales)
        let steps: [(name: String, update: (WeightPanel) -> Void)] = [
            ("adam", { kernels.adam($0, adam) }), ("momentum", { kernels.momentum($0, momentum) }),
            ("lion", { kernels.lion($0, lion) }), ("rmsProp", { kernels.rmsProp($0, rmsProp) }),
            ("collect", { kernels.collect($0, false) }), ("first collect", { kernels.collect($0, true) }),
        ]
        let before = updated(isTransposed: false) { _ in }
        for (name, update) in steps {
            let wanted = updated(isTransposed: false, update)
            #expect(updated(isTransposed: true, update) == wanted, "\(name)")
            #expect(wanted != before, "\(name) changes something")
        }
    }
}

/// A dense layer whose output's gradient has few values.
struct SparseDenseTests {
    /// More than one block of rows, inputs that are no whole tiles, outputs that are no whole vectors. Of the first the weight is the
    /// small one where it goes back, of the second the batch; its inputs are cut into leaves.
    private static let sizes = [(inputs: 137, outputs: 33), (inputs: 301, outputs: 37)]
    private static let batch = 70

    /// A layer with the gradient of its output, of which this share is not zero, before it goes back.
    private struct Fixture {
        let layer: Dense
        let (x, y): (Activation, Activation)
        let ids = Buffer((0..<UInt64(batch)).map { $0 })
        let kernels: KernelSet

        init(
            _ set: InstructionSet, _ size: (inputs: Int, outputs: Int) = sizes[0], threads: Int, share: Float,
            leaves: Int = 1
        ) {
            kernels = KernelSet.of(set)!
            let engine = Engine(
                kernels: kernels, pool: WorkerPool(threads: threads), capacity: batch + 3, leaves: leaves)
            engine.memory.beginLayer()
            x = engine.memory.output([size.inputs], wantsGradient: true)
            engine.memory.beginLayer()
            layer = Dense(name: "dense1", x, outputs: size.outputs, seed: 3, engine: engine)
            y = layer.output
            engine.memory.beginLayer()
            engine.memory.use(y)
            engine.memory.layOut()
            var config = SGDConfig()
            (config.learningRate, config.momentum) = (0, 0.5)
            // With momentum a weight that is updated twice shows.
            for weight in layer.weights { weight.startTraining(.sgd(config)) }
            fill(x, x.values.pointer, seed: 91, share: 1)
            fill(y, y.gradient!.pointer, seed: 92, share: share)
        }

        private func fill(
            _ activation: Activation, _ target: UnsafeMutablePointer<Float>, seed: UInt64, share: Float
        ) {
            let count = batch * activation.channels
            let values = TrainingTests.Fixture.floats(count, seed: seed)
            let draws = TrainingTests.Fixture.floats(count, seed: seed + 1)
            for row in 0..<batch {
                for column in 0..<activation.stride {
                    let index = row * activation.channels + column
                    let isValue = column < activation.channels && abs(draws[index]) < share
                    target[row * activation.stride + column] = isValue ? values[index] : 0
                }
            }
        }

        var pass: Pass {
            var config = SGDConfig()
            (config.learningRate, config.momentum) = (0, 0.5)
            return Pass(
                count: batch, ids: ids.pointer, epoch: 0, update: WeightUpdate(.sgd(config), step: 1),
                lengths: nil, mask: nil)
        }

        /// What goes back to the input, and what the weight and the bias learn.
        func gradients() -> [[Float]] {
            layer.backward(pass)
            let input = (0..<batch).flatMap { row in
                (0..<x.channels).map { x.gradient!.pointer[row * x.stride + $0] }
            }
            return [input] + layer.weights.map { $0.unpadded($0.first!) }
        }

        /// The same as whole products.
        var wanted: [[Float]] {
            let (inputs, outputs) = (x.channels, y.channels)
            let gradient = UnsafePointer(y.gradient!.pointer!)
            let transposed = Buffer<Float>(count: outputs * x.stride)
            for (index, value) in layer.weight.unpadded.enumerated() {
                transposed[index % outputs * x.stride + index / outputs] = value
            }
            let one = Buffer<Float>([1])
            func product(
                _ a: UnsafePointer<Float>, _ rowStride: Int, _ depthStride: Int, rows: Int,
                _ b: UnsafePointer<Float>, _ stride: Int, depth: Int, columns: Int
            ) -> [Float] {
                let c = Buffer<Float>(count: rows * stride)
                kernels.training.multiply(
                    MatrixProduct(
                        a: a, aRowStride: rowStride, aDepthStride: depthStride, b: b, bStride: stride,
                        c: c.pointer, cStride: stride, rows: rows, columns: stride, depth: depth))
                return (0..<rows).flatMap { row in (0..<columns).map { c[row * stride + $0] } }
            }
            return [
                product(
                    gradient, y.stride, 1, rows: batch, transposed.pointer, x.stride, depth: outputs,
                    columns: inputs),
                product(
                    x.values.pointer, 1, x.stride, rows: inputs, gradient, y.stride, depth: batch,
                    columns: outputs),
                product(one.pointer, 1, 0, rows: 1, gradient, y.stride, depth: batch, columns: outputs),
            ]
        }
    }

    @Test(arguments: InstructionSet.supported, [1, 2, 3, 8])
    func `gradients have the same bits with lists and without, as whole products`(
        set: InstructionSet, threads: Int
    ) {
        for size in Self.sizes {
            for share: Float in [0, 0.2, 1] {
                let fixture = Fixture(set, size, threads: threads, share: share)
                #expect((fixture.layer.nonZeros(fixture.pass) != nil) == (share < 1))
                let (found, wanted) = (fixture.gradients(), fixture.wanted)
                for (place, what) in ["input", "weight", "bias"].enumerated() {
                    #expect(
                        found[place].map(\.bitPattern) == wanted[place].map(\.bitPattern),
                        "\(what), \(size.inputs) inputs, share \(share)")
                    // The comparison sees values that are not there.
                    let other = Fixture(set, size, threads: 1, share: share == 0 ? 0.01 : 0.9 * share)
                    #expect(other.gradients()[place] != wanted[place])
                }
            }
        }
    }

    @Test func `lists are made where they pay, and where they give the same bits`() {
        let set = InstructionSet.supported.max()!
        func hasLists(share: Float, leaves: Int = 1) -> Bool {
            let fixture = Fixture(set, threads: 1, share: share, leaves: leaves)
            return fixture.layer.nonZeros(fixture.pass) != nil
        }
        // Of 48 columns 15 are padding.
        #expect(hasLists(share: 0.4))
        #expect(!hasLists(share: 0.6))
        #expect(!hasLists(share: 0.1, leaves: 2))
    }
}
