import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

private let place = LayerPlace.model(0)

/// A layer as a model makes it, over five samples.
private func bench(
    _ config: ConvolutionConfig, over shape: Shape, set: InstructionSet = InstructionSet.supported.max()!,
    threads: Int = 1
) -> LayerBench {
    LayerBench(shape, set: set, threads: threads) { input, engine in
        let output = try! config.outputShape(input: shape, place: place)
        let geometry = try! config.geometry(input: shape, place: place)
        if config.kind == .transposed {
            let layer = TransposedConvolution(
                name: "conv", input, geometry: geometry, outputShape: output, seed: 3, engine: engine)
            return (layer, layer.output)
        }
        let layer = Convolution(
            name: "conv", input, geometry: geometry, outputShape: output, following: .nothing, seed: 3,
            engine: engine)
        return (layer, layer.output)
    }
}

/// A convolution with ReLU and, where asked for, pooling behind it: in one pass, or as layers of their own.
private func rectified(
    _ config: ConvolutionConfig, over shape: Shape, isPooled: Bool, isFused: Bool, threads: Int = 1
) -> LayerBench {
    LayerBench(shape, threads: threads) { input, engine in
        let geometry = try! config.geometry(input: shape, place: place)
        let output = try! config.outputShape(input: shape, place: place)
        let pooled: Shape = [output[0] / 2, output[1] / 2, output[2]]
        let following: Convolution.Following = isFused ? (isPooled ? .reluAndPooling : .relu) : .nothing
        let convolution = Convolution(
            name: "conv", input, geometry: geometry, outputShape: isFused && isPooled ? pooled : output,
            following: following, seed: 3, engine: engine)
        if isFused { return (convolution, convolution.output) }
        engine.memory.beginLayer()
        let relu = ReLU(convolution.output, engine: engine)
        if !isPooled { return (Stack([convolution, relu], output: relu.output), relu.output) }
        engine.memory.beginLayer()
        let pooling = Pooling(
            relu.output, vertical: ConvolutionAxis(input: output[0], kernel: 2, stride: 2),
            horizontal: ConvolutionAxis(input: output[1], kernel: 2, stride: 2), outputShape: pooled,
            isMaximum: true, engine: engine)
        return (Stack([convolution, relu, pooling], output: pooling.output), pooling.output)
    }
}

struct ConvolutionLayerTests {
    @Test(arguments: [1, 3])
    func `a convolution with ReLU in one pass is the same as two layers`(threads: Int) {
        let shape: Shape = [9, 8, 17]
        let config = ConvolutionConfig(.conv2d, outputs: 33, window: WindowConfig(size: [3]))
        let apart = rectified(config, over: shape, isPooled: false, isFused: false, threads: threads)
        let fused = rectified(config, over: shape, isPooled: false, isFused: true, threads: threads)
        let x = Fixture.floats(LayerBench.count * shape.count, seed: 1)
        #expect(fused.forward(x) == apart.forward(x))
        let upstream = Fixture.floats(LayerBench.count * 9 * 8 * 33, seed: 2)
        let (one, two) = (fused.gradients(x, upstream: upstream), apart.gradients(x, upstream: upstream))
        #expect(one.input == two.input && one.weights == two.weights)
    }

    @Test(arguments: [(3, 17), (5, 8), (3, 3), (2, 16), (3, 1)])
    func `a convolution with ReLU and pooling in one pass agrees with three layers`(size: Int, channels: Int)
    {
        let shape: Shape = [9, 12, channels]
        let config = ConvolutionConfig(.conv2d, outputs: 20, window: WindowConfig(size: [size]))
        let apart = rectified(config, over: shape, isPooled: true, isFused: false)
        let fused = rectified(config, over: shape, isPooled: true, isFused: true)
        let x = Fixture.floats(LayerBench.count * shape.count, seed: 1)
        #expect(fused.forward(x) == apart.forward(x))
        let upstream = Fixture.floats(LayerBench.count * 4 * 6 * 20, seed: 2)
        let (one, two) = (fused.gradients(x, upstream: upstream), apart.gradients(x, upstream: upstream))
        expectClose(one.input, two.input.map(Double.init))
        for (one, two) in zip(one.weights, two.weights) {
            expectClose(one, two.map(Double.init), tolerance: 2e-5)
        }
    }

    @Test func `gradients of convolutions are the same bits for any number of threads`() {
        let shape: Shape = [14, 12, 16]
        let config = ConvolutionConfig(.conv2d, outputs: 40, window: WindowConfig(size: [3]))
        let x = Fixture.floats(LayerBench.count * shape.count, seed: 1)
        for isPooled in [false, true] {
            let count = LayerBench.count * 14 * 12 * 40 / (isPooled ? 4 : 1)
            let upstream = Fixture.floats(count, seed: 2)
            func gradients(_ threads: Int) -> (input: [Float], weights: [[Float]]) {
                rectified(config, over: shape, isPooled: isPooled, isFused: true, threads: threads)
                    .gradients(x, upstream: upstream)
            }
            let one = gradients(1)
            for threads in [2, 3, 8] {
                let found = gradients(threads)
                #expect(found.input == one.input && found.weights == one.weights, "\(threads) threads")
            }
        }
    }

    @Test func `a transposed convolution gives each input to the outputs around it`() {
        // One channel, 2 × 2 windows side by side: each input pixel becomes its value times the kernel.
        let window = WindowConfig(size: [2], stride: [2], padding: .zeros([0]))
        let bench = bench(ConvolutionConfig(.transposed, outputs: 1, window: window), over: [1, 2, 1])
        bench.layer.weights[0].unpadded = [1, 2, 3, 4]
        bench.layer.weights[1].unpadded = [0.5]
        let found = bench.forward([5, 7] + Array(repeating: 0, count: 8))
        #expect(Array(found.prefix(8)) == [5.5, 10.5, 7.5, 14.5, 15.5, 20.5, 21.5, 28.5])
    }

    @Test func `poolings hand their gradient back to where it came from`() {
        let shape: Shape = [2, 3, 1]
        let (vertical, horizontal) = (
            ConvolutionAxis(input: 2, kernel: 2), ConvolutionAxis(input: 3, kernel: 2)
        )
        func bench(isMaximum: Bool) -> LayerBench {
            LayerBench(shape) {
                let layer = Pooling(
                    $0, vertical: vertical, horizontal: horizontal, outputShape: [1, 2, 1],
                    isMaximum: isMaximum, engine: $1)
                return (layer, layer.output)
            }
        }
        let x: [Float] = [3, 9, 1, 4, 2, 8] + Array(repeating: 0, count: 24)
        let upstream: [Float] = [10, 20] + Array(repeating: 0, count: 8)
        let maximum = bench(isMaximum: true)
        #expect(maximum.forward(x).prefix(2) == [9, 9])
        #expect(maximum.gradients(x, upstream: upstream).input.prefix(6) == [0, 30, 0, 0, 0, 0])
        let mean = bench(isMaximum: false)
        #expect(mean.forward(x).prefix(2) == [4.5, 5])
        #expect(mean.gradients(x, upstream: upstream).input.prefix(6) == [2.5, 7.5, 5, 2.5, 7.5, 5])
    }

    @Test func `enlarging repeats each pixel, and its gradient is the sum over them`() {
        let bench = LayerBench([1, 2, 1]) {
            let layer = Upsampling(
                $0, vertical: ConvolutionAxis(input: 2, kernel: 2, stride: 2),
                horizontal: ConvolutionAxis(input: 6, kernel: 3, stride: 3), outputShape: [2, 6, 1],
                engine: $1)
            return (layer, layer.output)
        }
        let x: [Float] = [3, 7] + Array(repeating: 0, count: 8)
        #expect(bench.forward(x).prefix(12) == [3, 3, 3, 7, 7, 7, 3, 3, 3, 7, 7, 7])
        let upstream = (0..<60).map { $0 < 12 ? Float($0) : 0 }
        #expect(bench.gradients(x, upstream: upstream).input.prefix(2) == [24, 42])
    }

    private static let network: [LayerConfig] = [
        .convolution(ConvolutionConfig(.conv2d, outputs: 20, window: WindowConfig(size: [3]))), .relu,
        .pooling(
            PoolingConfig(.maximum, window: WindowConfig(size: [2], stride: [2], padding: .zeros([0])))),
        .convolution(ConvolutionConfig(.depthwise, window: WindowConfig(size: [3]))),
        .convolution(ConvolutionConfig(.conv2d, outputs: 24, window: WindowConfig(size: [3], stride: [2]))),
        .relu, .upsample([2]),
        .convolution(
            ConvolutionConfig(.transposed, outputs: 18, window: WindowConfig(size: [2], stride: [2]))),
        .pooling(PoolingConfig(.average, window: WindowConfig(size: [3], stride: [2], padding: .zeros([1])))),
        .pooling(PoolingConfig(.globalAverage)), .dense(7),
    ]

    @Test func `a model of convolutions has names and shapes`() throws {
        let plan = try ModelPlan(Self.network, input: [11, 9, 1], classes: 7)
        #expect(
            plan.layers.map(\.name) == [
                "conv2d1", "relu1", "max_pool1", "depthwise1", "conv2d2", "relu2", "upsample1",
                "transposed_conv2d1", "average_pool1", "global_average_pool1", "dense1",
            ])
        #expect(
            plan.layers.map(\.output) == [
                [11, 9, 20], [11, 9, 20], [5, 4, 20], [5, 4, 20], [3, 2, 24], [3, 2, 24], [6, 4, 24],
                [12, 8, 18], [6, 4, 18], [18], [7],
            ])
    }

    @Test func `weights of a model of convolutions are bit-equal for any number of threads, and learn`()
        throws
    {
        func trained(threads: Int) throws -> (weights: [String: SavedWeight], losses: [Double]) {
            let model = try Fixture.model(Self.network, input: [11, 9, 1], classes: 7, threads: threads)
            let trainer = Trainer(model, optimizer: .adam(AdamConfig()))
            let samples = Samples(count: 32, shape: [11, 9, 1], classes: 7)
            let before = trainer.evaluate(samples.batch(0..<32))[0].lossSum
            for step in 0..<30 { _ = try trainer.step(samples.batch(0..<(step % 3 == 0 ? 19 : 32))) }
            return (model.savedWeights(), [before, trainer.evaluate(samples.batch(0..<32))[0].lossSum])
        }
        let one = try trained(threads: 1)
        #expect(one.losses[1] < one.losses[0])
        #expect(one.weights["conv2d2.weight"]?.shape == [3, 3, 20, 24])
        for threads in [2, 3] { #expect(try trained(threads: threads).weights == one.weights) }
    }

    @Test func `windows that have no place say why`() {
        func text(_ config: LayerConfig, _ input: Shape = [6, 5, 4]) -> String? {
            #expect(throws: ModelError.self) { try config.outputShape(input: input, place: place) }?
                .description
        }
        func convolution(_ window: WindowConfig, outputs: Int = 6, groups: Int = 1) -> LayerConfig {
            .convolution(ConvolutionConfig(.conv2d, outputs: outputs, window: window, groups: groups))
        }
        #expect(
            text(convolution(WindowConfig(size: [3])), [30])
                == "model[0] conv2d: expects [batch, height, width, channels], gets [batch, 30]")
        #expect(
            text(convolution(WindowConfig(size: [3, 3, 3])))
                == "model[0] conv2d: 'size' has 3 numbers, its input 2 axes beside the channels")
        #expect(
            text(convolution(WindowConfig(size: [0])))
                == "model[0] conv2d: 'size' must be at least 1, got 0")
        #expect(
            text(convolution(WindowConfig(size: [3], padding: .zeros([0]), dilation: [3])))
                == "model[0] conv2d: a window of 7 does not fit an axis of 6 with its padding; "
                + "a smaller one, or 'padding: same'?")
        #expect(
            text(convolution(WindowConfig(size: [3]), groups: 4))
                == "model[0] conv2d: 6 cannot be cut evenly by 4 groups")
        #expect(
            text(
                .pooling(
                    PoolingConfig(.maximum, window: WindowConfig(size: [2], padding: .zeros([2])))))
                == "model[0] max_pool: with a padding of 2 some windows of 2 see nothing")
    }
}
