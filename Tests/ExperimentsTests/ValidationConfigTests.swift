import Testing
import Training

@testable import Experiments

private func complaint(_ yaml: String) -> String? {
    #expect(throws: ConfigError.self) { try config(yaml) }?.description
}

@discardableResult
private func config(_ yaml: String) throws -> ExperimentConfig {
    let text = """
        data: fashion-mnist
        model: [flatten, dense: 10]
        \(yaml)
        """
    return try ExperimentConfig(ConfigDocument(text: text, file: "test.yaml").root, base: "/d")
}

@Suite struct ValidationConfigTests {
    @Test func `a tenth is kept back, and accuracy decides`() throws {
        let validation = try #require(try config("train: { epochs: 1 }\nvalidate:").validation)
        #expect(validation.holdOut == 0.1)
        #expect(validation.every == 1)
        #expect(validation.entries.isEmpty)
        #expect(validation.criterion == .accuracy)
        #expect(validation.patience == nil)
        #expect(!validation.keepsBest)
        #expect(try config("train: { epochs: 1 }").validation == nil)
        let samples = try config("train: { epochs: 1, loss: mse }\nvalidate:").validation
        #expect(samples?.criterion == .loss)
    }

    @Test func `what decides may be any number`() throws {
        let text = """
            train: { epochs: 1 }
            validate: { hold_out: 0.25, every: 3, on: [clean, gaussian], by: calibration, patience: 2, keep: best }
            """
        let validation = try #require(try config(text).validation)
        #expect(validation.criterion == .metric(.calibration))
        #expect(!validation.criterion.isMoreBetter)
        #expect(validation.keepsBest)
        #expect(validation.entries.count == 2)
        #expect((validation.holdOut, validation.every, validation.patience) == (0.25, 3, 2))
        #expect(Criterion.accuracy.isMoreBetter && Criterion.metric(.psnr).isMoreBetter)
        #expect(!Criterion.loss.isMoreBetter)
    }

    @Test(arguments: [
        (
            "train: { epochs: 1 }\nvalidate: { by: psnr }",
            "test.yaml:4:17: error: 'psnr' compares outputs with clean samples, but the loss has labels as its target"
        ),
        (
            "train: { epochs: 1, loss: mse }\nvalidate: { by: accuracy }",
            "test.yaml:4:17: error: 'accuracy' judges classes, but the loss has clean samples as its target"
        ),
        (
            "train: { epochs: 1 }\nvalidate: { by: acuracy }",
            "test.yaml:4:17: error: 'by' must be one of accuracy, loss, top_3, top_5, top_10, calibration, psnr, got 'acuracy'"
        ),
        (
            "train: { epochs: 1 }\nvalidate: { hold_out: 1 }",
            "test.yaml:4:23: error: 'hold_out' must be in 0.0001...0.9999, got '1'"
        ),
        (
            "train: { epochs: 1 }\nvalidate: { keep: first }",
            "test.yaml:4:19: error: 'keep' must be one of best, last, got 'first'"
        ),
        (
            "train: { epochs: 1 }\nvalidate: { patients: 3 }",
            "test.yaml:4:13: error: unknown key 'patients' in 'validate'; did you mean 'patience'?"
        ),
        (
            "train: { epochs: 1 }\nmetrics: [top_4]",
            "test.yaml:4:11: error: unknown metric 'top_4'; known are top_3, top_5, top_10, calibration, per_class, confusion, psnr, psnr_in; did you mean 'top_3'?"
        ),
        (
            "train: { epochs: 1 }\nmetrics: [calibration, psnr]",
            "test.yaml:4:24: error: 'psnr' compares outputs with clean samples, but the loss has labels as its target"
        ),
        (
            "train: { epochs: 1 }\nmetrics: [psnr_in]",
            "test.yaml:4:11: error: 'psnr_in' compares inputs with clean samples, but the loss has labels as its target"
        ),
        (
            "train: { epochs: 1, loss: binary_cross_entropy }\nmetrics: [calibration]",
            "test.yaml:4:11: error: 'calibration' wants the softmax of cross_entropy as its loss"
        ),
    ])
    func `a setting that cannot be used`(yaml: String, message: String) {
        #expect(complaint(yaml) == message)
    }

    @Test func `what is better is remembered`() {
        var validation = RunState.Validation()
        let found = [0.5, .nan, 0.7, 0.7, 0.6].enumerated().map {
            validation.add($0.element, epoch: $0.offset + 1, isMoreBetter: true)
        }
        #expect(found == [true, false, true, false, false])
        #expect(validation.best == 0.7)
        #expect((validation.bestEpoch, validation.withoutBetter) == (3, 2))
        var losses = RunState.Validation()
        #expect(
            [0.5, 0.6, 0.4].map { losses.add($0, epoch: 1, isMoreBetter: false) } == [true, false, true])
    }

    @Test(arguments: [
        (
            "train: { epochs: 1, loss: { cross_entropy: { class_weights: [1, 2] } } }",
            "'class_weights' must have a number for each of the 10 classes, got 2"
        ),
        (
            "train: { epochs: 1, loss: { mse: { over: hidden } } }",
            "the loss is over what is hidden, but no generator of the chain has a mask"
        ),
        (
            "train: { epochs: 1, consistency: { js: 12 } }",
            "'consistency' compares views of a sample: 'views' must be at least 2"
        ),
        (
            "train: { epochs: 1, loss: mse, consistency: { js: 12 } }\nviews: 3",
            "'consistency' compares classes, but the loss has clean samples as its target"
        ),
    ])
    func `a loss that the rest of the config does not fit`(yaml: String, message: String) throws {
        let config = try config(yaml)
        #expect(config.lossProblem(classes: 10, isText: false, hasMask: false) == message)
    }

    @Test func `texts have tokens as their target, values have none`() throws {
        let tokens = try config(
            "train: { epochs: 1, loss: { cross_entropy: { target: tokens, over: hidden } } }")
        #expect(tokens.lossProblem(classes: 2, isText: true, hasMask: true) == nil)
        #expect(
            tokens.lossProblem(classes: 2, isText: false, hasMask: true)
                == "the loss has tokens as its target, but the data are no texts")
        let values = try config("train: { epochs: 1, loss: mse }")
        #expect(
            values.lossProblem(classes: 2, isText: true, hasMask: true)
                == "the loss compares values, but samples are token ids; 'cross_entropy: { target: tokens }' tells them apart"
        )
        #expect(
            complaint("train: { epochs: 1, loss: { mse: { target: tokens } } }")
                == "test.yaml:3:44: error: 'target' must be one of labels, clean, got 'tokens'")
        #expect(
            complaint("train: { epochs: 1, loss: { cross_entropy: { target: tokens, class_weights: [1] } } }")
                == "test.yaml:3:44: error: 'class_weights' are for labels, but the target is tokens")
        #expect(throws: ConfigError.self) { try tokens.checkFirstLayer(of: [.flatten], vocabulary: 30) }
    }
}
