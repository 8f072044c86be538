import Tensors
import Testing

@testable import Training

/// What two models have in common but for the last layer, and a second one's values by name.
private func models() throws -> (model: Model, saved: [String: SavedWeight]) {
    let layers: [LayerConfig] = [.dense(4), .layerNorm, .dense(6), .relu]
    let other = try Fixture.model(layers + [.dense(5)], input: [3], classes: 5)
    for (index, weight) in other.weights.enumerated() {
        weight.unpadded = Fixture.floats(weight.shape.count, seed: 80 + UInt64(index))
    }
    return (try Fixture.model(layers + [.dense(2)], input: [3], classes: 2), other.savedWeights())
}

private func choice(_ pattern: String, from source: String? = nil) -> WeightChoice {
    WeightChoice(NamePattern(pattern), from: NamePattern(source ?? pattern))
}

/// The weights that have changed, with the names of those that they are now.
private func taken(
    _ model: Model, _ before: [String: SavedWeight], _ saved: [String: SavedWeight]
) -> [String: String?] {
    var taken: [String: String?] = [:]
    for (name, values) in model.savedWeights() where values != before[name] {
        taken[name] = saved.first { $0.value == values }?.key
    }
    return taken
}

@Suite struct EarlierRunTests {
    @Test func `a model takes all that has a name and a shape of its own`() throws {
        let (model, saved) = try models()
        let before = model.savedWeights()
        #expect(try model.start(with: saved, nil) == 6)
        let names = ["dense1.weight", "dense1.bias", "layer_norm1.scale", "layer_norm1.shift"]
        for name in names + ["dense2.weight", "dense2.bias"] {
            #expect(model.savedWeights()[name] == saved[name], "\(name)")
        }
        #expect(model.savedWeights()["dense3.weight"] == before["dense3.weight"])
        #expect(model.savedWeights()["dense3.bias"] == before["dense3.bias"])
    }

    @Test func `patterns choose weights, and the first that means one counts`() throws {
        let (model, saved) = try models()
        let before = model.savedWeights()
        let choices = [
            choice("dense1.bias", from: "layer_norm1.shift"), choice("*1.*"), choice("dense2.bias"),
        ]
        #expect(try model.start(with: saved, choices) == 5)
        #expect(
            taken(model, before, saved) == [
                "dense1.bias": "layer_norm1.shift", "dense1.weight": "dense1.weight",
                "layer_norm1.scale": "layer_norm1.scale", "layer_norm1.shift": "layer_norm1.shift",
                "dense2.bias": "dense2.bias",
            ])
    }

    @Test func `stars stand for the same in both names`() throws {
        let (model, saved) = try models()
        let before = model.savedWeights()
        var renamed: [String: SavedWeight] = [:]
        for (name, values) in saved { renamed["encoder.\(name.replacing("2", with: "7")).old"] = values }
        let choices = [
            choice("dense2.*", from: "encoder.dense7.*.old"), choice("l*1.*", from: "encoder.l*1.*.old"),
        ]
        #expect(try model.start(with: renamed, choices) == 4)
        #expect(
            taken(model, before, renamed) == [
                "dense2.weight": "encoder.dense7.weight.old", "dense2.bias": "encoder.dense7.bias.old",
                "layer_norm1.scale": "encoder.layer_norm1.scale.old",
                "layer_norm1.shift": "encoder.layer_norm1.shift.old",
            ])
    }

    private static let mine =
        "dense1.weight, dense1.bias, layer_norm1.scale, layer_norm1.shift, dense2.weight, dense2.bias, "
        + "dense3.weight, dense3.bias"
    private static let its =
        "dense1.bias, dense1.weight, dense2.bias, dense2.weight, dense3.bias, dense3.weight, layer_norm1.scale, "
        + "layer_norm1.shift"

    @Test(arguments: [
        (
            choice("dens1.*"),
            "'layers' has 'dens1.*', but no weight of the model is named so; there are \(EarlierRunTests.mine)"
        ),
        (
            choice("dense1.*", from: "dense4.*"),
            "'layers' takes 'dense1.weight' from 'dense4.weight', but the run has no weight of this name; it has "
                + its
        ),
        (
            choice("dense*"),
            "'layers' takes 'dense3.weight' [6, 2] from 'dense3.weight' [6, 5], but both must be of one shape; leave "
                + "it out of 'layers', and it starts anew"
        ),
    ])
    func `what does not fit is told, and nothing is taken`(wrong: WeightChoice, text: String) throws {
        let (model, saved) = try models()
        let before = model.savedWeights()
        let error = #expect(throws: WeightChoiceError.self) {
            try model.start(with: saved, [choice("dense2.*"), wrong])
        }
        #expect(error?.description == text)
        #expect(model.savedWeights() == before)
    }

    @Test func `a run with nothing in common is told`() throws {
        let (model, saved) = try models()
        let error = #expect(throws: WeightChoiceError.self) {
            try model.start(with: ["dense9.weight": saved["dense1.weight"]!], nil)
        }
        #expect(
            error?.description
                == "no weight of the run has the name and the shape of one of the model's; the run has dense9.weight, the "
                + "model \(Self.mine); 'layers' takes weights by other names")
    }
}
