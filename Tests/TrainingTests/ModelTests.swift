import Tensors
import Testing

@testable import Training

private func planError(
    _ layers: [LayerConfig], input: Shape = [28, 27, 1], classes: Int = 10
) -> String? {
    #expect(throws: ModelError.self) { try ModelPlan(layers, input: input, classes: classes) }?.description
}

struct ModelTests {
    @Test func `a plan has names numbered by kind and shapes`() throws {
        let plan = try ModelPlan(
            [.flatten, .dense(128), .relu, .dropout(0.2), .dense(10)], input: [28, 27, 1], classes: 10)
        #expect(plan.layers.map(\.name) == ["flatten1", "dense1", "relu1", "dropout1", "dense2"])
        #expect(plan.layers.map(\.input) == [[28, 27, 1], [756], [128], [128], [128]])
        #expect(plan.layers.map(\.output) == [[756], [128], [128], [128], [10]])
    }

    @Test func `descriptions that are no model say what is wrong`() {
        #expect(
            planError([.relu, .dense(10)])
                == "model[1] dense: expects [batch, features] or [batch, positions, features], "
                + "gets [batch, 28, 27, 1]; a flatten is missing before it?")
        #expect(planError([.flatten, .dense(0)]) == "model[1] dense: wants at least one output, got 0")
        #expect(
            planError([.flatten, .dropout(1)])
                == "model[1] dropout: the rate must be at least 0 and below 1, got 1.0")
        #expect(
            planError([.flatten, .dropout(.nan)])
                == "model[1] dropout: the rate must be at least 0 and below 1, got nan")
        #expect(
            planError([.flatten, .dense(12)])
                == "model: the last layer gives [batch, 12], the data has 10 classes; "
                + "'dense: 10' as the last layer?")
        #expect(
            planError([]) == "model: the last layer gives [batch, 28, 27, 1], the data has 10 classes; "
                + "'dense: 10' as the last layer?")
        #expect(
            planError([.relu], input: [10])
                == "model: no layer has weights, so there is nothing to train; 'dense' has")
    }

    @Test func `weights leave and enter by name, without padding`() throws {
        let layers: [LayerConfig] = [.dense(5), .relu, .dense(3)]
        let model = try Fixture.model(layers, input: [4], classes: 3)
        #expect(
            model.weights.map(\.name) == ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"])
        var saved = model.savedWeights()
        #expect(
            saved.mapValues(\.shape) == [
                "dense1.weight": [4, 5], "dense1.bias": [5], "dense2.weight": [5, 3], "dense2.bias": [3],
            ])
        saved["dense1.weight"]!.values = Fixture.floats(20, seed: 51)
        saved["dense2.bias"]!.values = [7, 8, 9]
        try model.load(saved)
        #expect(model.savedWeights() == saved)
        #expect(model.weights[0].values[16 + 1] == Fixture.floats(20, seed: 51)[6])
    }

    @Test func `weights that do not fit change nothing and say why`() throws {
        let model = try Fixture.model([.dense(5), .relu, .dense(3)], input: [4], classes: 3)
        let saved = model.savedWeights()
        func loadError(_ change: (inout [String: SavedWeight]) -> Void) -> String? {
            var changed = saved
            changed["dense1.weight"]!.values[0] = 77
            change(&changed)
            return #expect(throws: ModelError.self) { try model.load(changed) }?.description
        }
        #expect(
            loadError { $0["dense2.bias"] = nil }
                == "weight 'dense2.bias' [3] is missing; saved from another model?")
        #expect(
            loadError { $0["dense1.weight"]!.shape = [5, 4] }
                == "weight 'dense1.weight' is [5, 4], the model wants [4, 5]; saved from another model?")
        #expect(
            loadError { $0["dense1.bias"]!.values.removeLast() }
                == "weight 'dense1.bias' has 4 values, its shape [5] wants 5")
        #expect(
            loadError { $0["conv1.weight"] = $0["dense1.bias"] }
                == "weight 'conv1.weight' is not in the model, "
                + "which has dense1.weight, dense1.bias, dense2.weight, dense2.bias")
        #expect(model.savedWeights() == saved)
    }

    @Test func `a model without multiples of sixteen agrees with plain sums`() throws {
        let model = try Fixture.model([.flatten, .relu, .dense(3)], input: [3, 5], classes: 3)
        let samples = Samples(count: 4, shape: [3, 5], classes: 3)
        let weights = model.weights[0].unpadded
        let batch = samples.batch(1..<4)
        model.forward(batch, Pass(count: 3, ids: batch.ids, epoch: 0, update: nil))
        let output = model.outputs[0]
        let found = (0..<3).flatMap { row in (0..<3).map { output.values.pointer[row * output.stride + $0] } }
        let wanted = (0..<3).flatMap { row in
            (0..<3).map { output in
                (0..<15).reduce(0.0) { sum, input in
                    let x = max(batch.values[row * 15 + input], 0)
                    return sum + Double(x) * Double(weights[input * 3 + output])
                }
            }
        }
        expectClose(found, wanted)
    }

    @Test func `layers that hold others are planned with shapes and names`() throws {
        let plan = try ModelPlan(
            [
                .reshape([4, 9]),
                .repetition(2, [.residual([.sequence([.dense(5), .relu]), .dense(9)])]),
                .residual([.dense(3)], shortcut: [.relu, .dense(3)]),
                .branch([[.dense(2)], [.relu, .dense(5)], []]), .flatten, .dense(7),
            ], input: [36], classes: 7)
        #expect(
            plan.layers.map(\.name)
                == ["reshape1", "residual1", "residual2", "residual3", "branch1", "flatten1", "dense9"])
        #expect(plan.layers.map(\.output) == [[4, 9], [4, 9], [4, 9], [4, 3], [4, 10], [40], [7]])
        #expect(plan.layers[2].paths.map { $0.map(\.name) } == [["dense3", "relu2", "dense4"], []])
        #expect(plan.layers[3].paths.map { $0.map(\.name) } == [["dense5"], ["relu3", "dense6"]])
        #expect(plan.layers[4].paths.map { $0.map(\.name) } == [["dense7"], ["relu4", "dense8"], []])
    }

    @Test func `layers in others that do not fit say where they stand`() {
        #expect(
            planError([.residual([.flatten, .dense(5)])]) == "model[0] residual: its layers give [batch, 5], "
                + "its shortcut [batch, 28, 27, 1]; both must be one shape, so the shortcut needs layers that make it"
        )
        #expect(
            planError([.flatten, .residual([.relu, .repetition(2, [.dense(3), .dropout(2)])])])
                == "model[1].residual[1].repeat[1] dropout: the rate must be at least 0 and below 1, got 2.0")
        #expect(
            planError([.residual([.flatten, .dense(5)], shortcut: [.dense(5)])])
                == "model[0].residual.shortcut[0] dense: expects [batch, features] or "
                + "[batch, positions, features], gets [batch, 28, 27, 1]; a flatten is missing before it?")
        #expect(
            planError([.flatten, .branch([[.dense(5)], [.relu, .dropout(2)]])])
                == "model[1].branch[1][1] dropout: the rate must be at least 0 and below 1, got 2.0")
        #expect(
            planError([.branch([[], [.flatten], [.relu]])])
                == "model[0] branch: path 1 gives [batch, 756], path 0 [batch, 28, 27, 1]; "
                + "what is concatenated may differ only in the channels, the last axis")
        #expect(
            planError([.flatten, .branch([[.dense(5)], [.dense(5)], [.dense(6)]], join: .sum)])
                == "model[1] branch: path 2 gives [batch, 6], path 0 [batch, 5]; what is added up must be of one shape"
        )
        #expect(
            planError([.reshape([5, 5])])
                == "model[0] reshape: [28, 27, 1] has 756 values, [5, 5] wants 25")
    }

    @Test(
        arguments: [
            ([.residual([.dense(5), .relu, .dense(6)])], [6]),
            ([.dense(5), .branch([[.dense(4), .tanh], [], [.dense(19)]])], [6]),
            ([.branch([[.dense(7), .gelu], [.dense(7)]], join: .sum), .meanToken], [3, 6]),
            (
                [
                    .branch([
                        [
                            .convolution(
                                ConvolutionConfig(.conv2d, outputs: 3, window: WindowConfig(size: [3])))
                        ],
                        [.residual([.layerNorm])], [],
                    ]), .flatten,
                ], [4, 3, 2]
            ),
        ] as [([LayerConfig], Shape)])
    func `gradients meet where paths part`(layers: [LayerConfig], shape: Shape) throws {
        // The weights move as central differences of the loss say.
        let model = try Fixture.model(layers + [.dense(3)], input: shape, classes: 3)
        let samples = Samples(count: 4, shape: shape, classes: 3)
        let batch = samples.batch(0..<4)
        let pass = Pass(count: 4, ids: batch.ids, epoch: 0, update: nil)
        func loss() -> Double {
            model.forward(batch, pass)
            return CrossEntropy(of: model.outputs[0], engine: model.engine).evaluate(
                labels: batch.labels, count: 4
            ).lossSum
                / 4
        }
        let start = model.savedWeights()
        var wanted: [String: [Double]] = [:]
        for weight in model.weights {
            wanted[weight.name] = weight.unpadded.indices.map { index in
                let values = weight.unpadded
                defer { weight.unpadded = values }
                weight.unpadded[index] = values[index] + 0x1p-8
                let above = loss()
                weight.unpadded[index] = values[index] - 0x1p-8
                return (above - loss()) * 0x1p7
            }
        }
        #expect(model.savedWeights() == start)
        var config = SGDConfig()
        config.learningRate = 1
        _ = try Trainer(model, optimizer: .sgd(config)).step(batch)
        for weight in model.weights {
            let moved = zip(start[weight.name]!.values, weight.unpadded).map { $0 - $1 }
            expectClose(moved, wanted[weight.name]!, tolerance: 1e-3, "\(weight.name)")
        }
    }

    @Test func `what is never needed at the same time shares memory`() {
        let memory = MemoryPlan(capacity: 10)
        var activations: [Activation] = []
        for _ in 0..<3 {
            memory.beginLayer()
            activations.last.map(memory.use)
            activations.append(memory.output([2, 20], wantsGradient: true))
        }
        memory.beginLayer()
        memory.use(activations[2])
        let scratch = memory.scratch(700, in: .forward)
        memory.layOut()
        // Twenty rows and their padding to 32; the values of three layers and two gradients are there at once.
        let size = 32 * 32
        #expect(memory.peak == 5 * size * 4)
        let places = activations.map { $0.values.pointer! }
        for (index, place) in places.enumerated() {
            #expect(abs(scratch.pointer - place) >= size)
            for other in places[..<index] { #expect(abs(place - other) >= size) }
        }
        // Backward through the second layer reads one gradient and writes another, when the third's values are done with.
        let gradients = activations.map { $0.gradient!.pointer! }
        #expect(abs(gradients[0] - gradients[1]) >= size && abs(gradients[1] - gradients[2]) >= size)
        #expect(gradients[0] == places[2] && scratch.pointer == gradients[1])
    }

    @Test func `threads share all of a matrix and nothing twice`() {
        for (rows, columns) in [(1, 16), (32, 128), (784, 16), (3, 160), (50, 48), (7, 1024)] {
            for (threads, leaves) in (1...8).flatMap({ threads in [1, 2, 4].map { (threads, $0) } }) {
                var seen = Set<Int>()
                let partition = Partition(columns: columns, threads: threads, rowLeaves: leaves)
                for index in 0..<partition.pieces {
                    let piece = partition.piece(index, rows: rows)
                    let panel = partition.columns(panel: piece.panel)
                    #expect(panel.lowerBound % 16 == 0 && panel.count <= partition.width)
                    for row in piece.rows {
                        for column in panel { #expect(seen.insert(row * columns + column).inserted) }
                    }
                }
                #expect(seen.count == rows * columns)
            }
        }
    }

    @Test func `threads compute every leaf of every product once, and those of their own rows`() {
        for (rows, columns, leaves) in [(784, 128, 2), (259, 48, 2), (1021, 16, 4)] {
            for threads in 1...8 {
                var seen = Set<[Int]>()
                let partition = Partition(columns: columns, threads: threads, rowLeaves: leaves)
                for index in 0..<partition.pieces {
                    let (piece, product) = (
                        partition.piece(index, rows: rows),
                        partition.product(index, leaves: leaves, count: 30)
                    )
                    #expect(product.panel == piece.panel)
                    let inputs = product.leaves.map { part($0, of: leaves, count: rows, unit: 4) }
                    // Three threads have no leaf of their own, but columns.
                    #expect(
                        piece.rows.isEmpty
                            || inputs[0].lowerBound <= piece.rows.lowerBound
                                && piece.rows.upperBound <= inputs.last!.upperBound
                    )
                    for leaf in product.leaves {
                        for sum in product.sums {
                            #expect(seen.insert([product.panel, leaf, sum]).inserted)
                        }
                    }
                }
                #expect(seen.count == partition.panels * leaves * 30)
            }
        }
    }
}
