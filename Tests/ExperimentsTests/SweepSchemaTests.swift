import Foundation
import Reports
import Testing

@testable import Experiments

@Suite struct SweepSchemaTests {
    private static let plugins = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "plugins").path
    private static let schema = Result {
        SchemaValidator(root: try ConfigSchema(.sweep, pluginFolders: [plugins]).json)
    }

    private static func json(_ yaml: String) throws -> JSONValue {
        try ConfigDocument(text: yaml, file: "test.yaml").root.json
    }

    @Test(arguments: [
        "{ config: a.yaml, vary: { model: { narrow: {}, wide: { model.1.dense: 512 } } } }",
        "{ config: a.yaml, seeds: [3, 4], vary: { a: { b: , c: { config: c.yaml } } }, baseline: { a: b }, measure: psnr }",
        "{ vary: { a: { b: { config: b.yaml, chain: [] } } } }",
        """
        config: a.yaml
        set: { train.epochs: 5, train: { epochs: 3 }, data.subset.first: 9, validate.hold_out: 0.1 }
        pretrain: { patches: { chain: [mae_patches], train.loss: { mse: { over: hidden } } } }
        vary:
          start: { none: {}, patches: { train.init_from: { run: patches, layers: ["a*"] } } }
          rate: { low: { train.optimizer.adam.learning_rate: 1e-4 }, high: { train.optimizer: { sgd: { learning_rate: 1 } } } }
          model: { small: { model: { resnet8: { width: 8 } } }, smaller: { model.resnet8.width: 4 } }
          noise: { some: { chain.0.gaussian.sigma: 0.2, evaluate.1: clean } }
        """,
    ])
    func `a sweep has the schema's form`(yaml: String) throws {
        _ = try SweepConfig(ConfigDocument(text: yaml, file: "test.yaml").root, base: "/d")
        #expect(try Self.schema.get().accepts(Self.json(yaml)))
    }

    @Test(arguments: [
        "{ config: a.yaml }", "{ config: a.yaml, vary: {} }", "{ config: a.yaml, vary: { a: {} } }",
        "{ config: a.yaml, vary: { a: [b] } }", "{ config: a.yaml, vary: { a: { b: 1 } } }",
        "{ config: a.yaml, vary: { a: { b: } }, seed: 1 }",
        "{ config: a.yaml, vary: { a: { b: } }, seeds: [] }",
        "{ config: a.yaml, vary: { a: { b: } }, seeds: [-1] }",
        "{ config: a.yaml, vary: { a: { b: } }, pretrain: {} }", "{ config: [a], vary: { a: { b: } } }",
        "{ config: a.yaml, vary: { a: { b: { train.epochs: 0 } } } }",
        "{ config: a.yaml, vary: { a: { b: { train.epoch: 1 } } } }",
        "{ config: a.yaml, vary: { a: { b: { epochs: 1 } } } }",
        "{ config: a.yaml, vary: { a: { b: { train.optimizer.adam.rate: 1 } } } }",
        "{ config: a.yaml, vary: { a: { b: { chain: [gaussian: { sigma: -1 }] } } } }",
        "{ config: a.yaml, vary: { a: { b: } }, set: { config: b.yaml } }",
        "{ config: a.yaml, vary: { a: { b: } }, set: { model: flatten } }",
    ])
    func `what a sweep cannot have is refused`(yaml: String) throws {
        #expect(try !Self.schema.get().accepts(Self.json(yaml)))
    }

    @Test func `changes of a choice have the form that the config's schema gives them`() throws {
        let root = try Self.schema.get().root
        let (choice, changes) = (root["$defs"]?["choice"], root["$defs"]?["changes"])
        #expect(choice?["properties"]?["config"] == ["type": "string"])
        #expect(changes?["properties"]?["config"] == nil)
        #expect(
            changes?["properties"]?["train.epochs"] == root["$defs"]?["TrainConfig"]?["properties"]?["epochs"]
        )
        #expect(changes?["properties"]?["chain"] == root["$defs"]?["config"]?["properties"]?["chain"])
        #expect(
            changes?["properties"]?["chain.0"] == nil && changes?["patternProperties"]?["^chain\\."] == [:])
    }
}
