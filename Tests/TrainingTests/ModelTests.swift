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
            planError([.relu, .dense(10)]) == "model[1] dense: expects [batch, features], "
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
        let rows = model.forward(batch, Pass(count: 3, ids: batch.ids, epoch: 0, update: nil))
        let found = (0..<3).flatMap { row in (0..<3).map { rows.values[row * rows.stride + $0] } }
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

    @Test func `threads share all of a matrix and nothing twice`() {
        for (rows, columns) in [(1, 16), (32, 128), (784, 16), (3, 160), (50, 48), (7, 1024)] {
            for threads in 1...8 {
                var seen = Set<Int>()
                let partition = Partition(columns: columns, threads: threads)
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
}
