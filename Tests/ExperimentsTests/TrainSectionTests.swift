import Testing
import Training

@testable import Experiments

@Suite struct TrainSectionTests {
    @Test func `only the epochs are required`() throws {
        let config = try TrainConfig(Fixture.node("train: { epochs: 7 }"))
        #expect(config == TrainConfig(epochs: 7))
        #expect(config.batchSize == 32)
        #expect(config.optimizer == .adam(AdamConfig()))
        #expect(
            Fixture.complaint(TrainConfig.self, "train:")
                == "test.yaml:1:7: error: 'epochs' is required in 'train'")
    }

    @Test(arguments: [
        "train: { epochs: 2, batch_size: 16, leaves: 4, optimizer: { sgd: { learning_rate: 0.5, momentum: 0.75 } } }",
        "train: { epochs: 3, optimizer: { adam: { learning_rate: 0.5, beta1: 0.25, beta2: 0.75, epsilon: 1e-5 } } }",
        "train: { epochs: 4, optimizer: sgd }",
        "train: { epochs: 4, loss: { cross_entropy: { label_smoothing: 0.25, class_weights: [1, 0.5, 0] } } }",
        "train: { epochs: 4, loss: binary_cross_entropy, consistency: { js: 12 } }",
        "train: { epochs: 4, loss: { binary_cross_entropy: { target: clean, over: visible } } }",
        "train: { epochs: 4, loss: mse }",
        "train: { epochs: 4, loss: { cross_entropy: { target: tokens, over: hidden } } }",
        "train: { epochs: 4, loss: { mse: { over: hidden } } }",
        "train: { epochs: 4, loss: { l1: { target: labels } } }",
        "train: { epochs: 4, loss: { huber: { delta: 0.5 } } }",
        "train: { epochs: 4, loss: cosine }",
        "train: { epochs: 4, loss: { heads: { a: cross_entropy, b: { mse: { over: hidden }, weight: 0.5 } } } }",
        "train: { epochs: 4, loss: { heads: { only: { weight: 0, huber: } } } }",
        "train: { epochs: 4, clip_norm: 0.5, accumulate: 3, average: { decay: 0.75 } }",
        "train: { epochs: 4, average: }",
        "train: { epochs: 4, precision: bf16 }",
        "train: { epochs: 4, groups: [{ weights: [\"*.table\", positions1.rows], weight_decay: 0 }] }",
        "train: { epochs: 4, groups: [{ weights: [a], learning_rate: 0.5 }, { weights: [b], learning_rate: 2, weight_decay: 0.25 }] }",
        "train: { epochs: 4, freeze: [\"dense1.*\", positions1.rows] }",
        "train: { epochs: 4, init_from: runs/before }",
        "train: { epochs: 4, init_from: { run: before, layers: [\"*1.*\", dense2.bias] } }",
        "train: { epochs: 4, init_from: { run: before, layers: { \"attention1.*\": \"attention3.*\" } } }",
        "train: { epochs: 4, schedule: cosine }",
        "train: { epochs: 4, schedule: one_cycle }",
        "train: { epochs: 4, schedule: { constant: { warm_up: { steps: 3 } } } }",
        "train: { epochs: 4, schedule: { cosine: { end: 0.25, warm_up: { epochs: 0.5 } } } }",
        "train: { epochs: 4, schedule: { step: { every: { epochs: 2 } } } }",
        "train: { epochs: 4, schedule: { step: { factor: 0.5, every: { steps: 9 }, warm_up: { steps: 1 } } } }",
        "train: { epochs: 4, schedule: { one_cycle: { start: 0.5, rise: 0.25, end: 0.125 } } }",
        "train: { epochs: 5, optimizer: { adam: { weight_decay: 0.125 } } }",
        "train: { epochs: 5, optimizer: adamw }",
        "train: { epochs: 5, optimizer: { adamw: { weight_decay: 0.5, beta1: 0.5 } } }",
        "train: { epochs: 5, optimizer: { sgd: { nesterov: true, momentum: 0.5, weight_decay: 0.25 } } }",
        "train: { epochs: 5, optimizer: { lion: { learning_rate: 0.5, beta1: 0.25, beta2: 0.5, weight_decay: 2 } } }",
        "train: { epochs: 5, optimizer: { rmsprop: { beta: 0.25, epsilon: 0.5, momentum: 0.75, weight_decay: 2 } } }",
    ])
    func `what the lock file writes reads back`(yaml: String) throws {
        let config = try TrainConfig(Fixture.node(yaml))
        let written = ConfigWriter.yaml(ConfigNode(.table([ConfigEntry("train", config.node)])))
        #expect(try TrainConfig(Fixture.node(written)) == config)
        #expect(config != TrainConfig(epochs: config.epochs))
    }

    @Test func `epochs fit their addresses`() throws {
        #expect(try TrainConfig(Fixture.node("train: { epochs: 4294967295 }")).epochs == 4_294_967_295)
        #expect(
            Fixture.complaint(TrainConfig.self, "train: { epochs: 4294967296 }")
                == "test.yaml:1:18: error: 'epochs' must be at most 4294967295, got '4294967296'")
    }

    @Test(arguments: [
        ("batch_size: 0", "1:33: error: 'batch_size' must be in 1...65536, got '0'"),
        (
            "init_from: { run: a, layers: { \"dense*.*\": \"dense1.*\" } }",
            "1:64: error: 'dense*.*' must be a name with as many '*' as 'dense*.*', where each stands for the same, got the "
                + "string \"dense1.*\""
        ),
        (
            "init_from: { run: a, layers: [] }",
            "1:50: error: 'layers' must be a list with at least one name of a weight, got a list"
        ),
        ("init_from: { layers: [] }", "1:32: error: 'run' is required in 'init_from'"),
        (
            "init_from: { run: a, sha256: abc }",
            "1:50: error: 'sha256' must be 64 hexadecimal digits, as a lock file has them, got 'abc'"
        ),
        ("leaves: 3", "1:29: error: 'leaves' must be a power of two, got '3'"),
        ("precision: fp64", "1:32: error: 'precision' must be one of fp32, bf16, got 'fp64'"),
        ("precision: bf16, leaves: 2", "1:46: error: 'leaves' must be 1, since 'precision' is bf16, got '2'"),
        ("leaves: 128", "1:29: error: 'leaves' must be in 1...64, got '128'"),
        (
            "loss: mze",
            "1:27: error: unknown loss 'mze'; known are cross_entropy, binary_cross_entropy, mse, l1, huber, cosine; did you mean 'mse'?"
        ),
        (
            "loss: { mse: { target: labels, over: hidden } }",
            "1:58: error: 'over' picks elements of a clean sample, but the target is the labels"
        ),
        (
            "loss: { cross_entropy: { class_weights: [0, 0] } }",
            "1:61: error: 'class_weights' must be a list with a number above 0 for at least one class, got a list"
        ),
        (
            "loss: { cross_entropy: { target: clean } }",
            "1:54: error: 'target' must be one of labels, tokens, got 'clean'"
        ),
        (
            "loss: { heads: { a: mze } }",
            "1:41: error: unknown loss 'mze'; known are cross_entropy, binary_cross_entropy, mse, l1, huber, cosine; did you mean 'mse'?"
        ),
        (
            "loss: { heads: { a: { weight: 2 } } }",
            "1:41: error: 'a' must name one loss, for instance cross_entropy, got nothing"
        ),
        (
            "loss: { heads: { } }",
            "1:36: error: 'heads' must be a table with a loss for each head of the model, got a table"
        ),
        (
            "loss: { heads: { a: { mse: , weight: -1 } } }",
            "1:58: error: 'weight' must be in 0.0...1000000.0, got '-1'"
        ),
        ("loss: { heads: { a: mse }, mse: }", "1:48: error: unknown key 'mse' in 'loss'; known are heads"),
        ("groups: { weights: [a] }", "1:29: error: 'groups' must be a list, got a table"),
        (
            "groups: [{ weights: [a] }]",
            "1:30: error: 'groups[0]' needs 'learning_rate', 'weight_decay' or both"
        ),
        ("groups: [{ weight_decay: 0 }]", "1:30: error: 'weights' is required in 'groups[0]'"),
        (
            "groups: [{ weights: [a], weight_decay: -1 }]",
            "1:60: error: 'weight_decay' must be in 0.0...1000000.0, got '-1'"
        ),
        (
            "groups: [{ weights: [a], rate: 1 }]",
            "1:46: error: unknown key 'rate' in 'groups[0]'; known are weights, learning_rate, weight_decay"
        ),
        ("consistency: { }", "1:34: error: 'js' is required in 'consistency'"),
        (
            "optimizer: adm",
            "1:32: error: unknown optimizer 'adm'; known are adam, adamw, sgd, lion, rmsprop; did you mean 'adam'?"
        ),
        (
            "optimizer: { adam: { learning_rate: 0 } }",
            "1:57: error: 'learning_rate' must be in 1.1754943508222875e-38...3.4028234663852886e+38, got '0'"
        ),
        (
            "optimizer: { adam: { epsilon: 1e-46 } }",
            "1:51: error: 'epsilon' must be in 1.1754943508222875e-38...3.4028234663852886e+38, got '1e-46'"
        ),
        (
            "optimizer: { sgd: { learning_rate: 1e-300 } }",
            "1:56: error: 'learning_rate' must be in 1.1754943508222875e-38...3.4028234663852886e+38, got '1e-300'"
        ),
        ("schedule: step", "1:31: error: 'every' is required in 'step'"),
        (
            "schedule: cosin",
            "1:31: error: unknown schedule 'cosin'; known are constant, step, cosine, one_cycle; did you mean 'cosine'?"
        ),
        (
            "schedule: { cosine: { warm_up: { epochs: 3 } } }",
            "1:31: error: 'warm_up' takes 3.0 epochs, but training has only 2"
        ),
        (
            "schedule: { one_cycle: { warm_up: { epochs: 1 } } }",
            "1:46: error: unknown key 'warm_up' in 'one_cycle'; known are start, rise, end"
        ),
        (
            "schedule: { step: { every: { epochs: 0 } } }",
            "1:58: error: 'epochs' must be in 1e-06...1000000000.0, got '0'"
        ),
        ("accumulate: 0", "1:33: error: 'accumulate' must be in 1...65536, got '0'"),
        ("average: { decay: 1 }", "1:39: error: 'decay' must be in 0.0..<1.0, got '1'"),
        ("optimizer: { adam: { beta2: 1 } }", "1:49: error: 'beta2' must be in 0.0..<1.0, got '1'"),
        (
            "optimizer: { sgd: { momentun: 0.5 } }",
            "1:41: error: unknown key 'momentun' in 'sgd'; did you mean 'momentum'?"
        ),
        (
            "optimizer: { adam: , sgd: }",
            "1:42: error: 'optimizer' must name one optimizer, for instance adam, got 'adam' and 'sgd'"
        ),
    ])
    func `a setting that cannot be used`(yaml: String, message: String) {
        #expect(
            Fixture.complaint(TrainConfig.self, "train: { epochs: 2, \(yaml) }") == "test.yaml:" + message)
    }
}
