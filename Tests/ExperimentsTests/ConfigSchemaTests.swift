import Foundation
import Generators
import Reports
import Tensors
import Testing
import Training

@testable import Experiments

@Suite struct ConfigSchemaTests {
    private static let plugins = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "plugins").path
    /// That of a folder without plugins.
    private static let plain = Result { SchemaValidator(root: try ConfigSchema(pluginFolders: []).json) }
    private static let full = Result {
        SchemaValidator(root: try ConfigSchema(pluginFolders: [plugins]).json)
    }

    private static func json(_ yaml: String) throws -> JSONValue {
        try ConfigDocument(text: yaml, file: "test.yaml").root.json
    }

    private static let rest = "\nmodel: [flatten, dense: 3]\ntrain: { epochs: 2 }\n"

    /// Configs that between them have every key.
    static let configs =
        [
            "data: fashion-mnist" + rest,
            """
            seed: 7
            data: { name: fashion-mnist, subset: { per_class: 10 }, balance: true, label_noise: 0.25, on_error: skip }
            chain:
            views: 2
            model: [flatten, dense: 128, relu, dropout: 0.2, dense: 10]
            train:
              epochs: 1
              loss: cross_entropy
              optimizer: { adam: { learning_rate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-7 } }
              batch_size: 64
              leaves: 4
              precision: fp32
              checkpoint: { seconds: 2.5 }
            evaluate: [clean, gaussian, { gaussian: { sigma: [0.1, 0.2] } }, { chain: [cutout], name: holes }]
            """,
            """
            data: { train: { images: x.npy, labels: y.npy }, test: { file: t.npz, images: x, labels: y }, classes: 3, range: [-1, 1.5] }
            chain:
              - gaussian
              - salt_and_pepper: { amount: { uniform: [0, { ramp: { from: 0.1, to: 0.2, epochs: 3 } }] } }
                probability: 0.5
                when: train
                name: pepper
              - ./own.lua:
                match: { psnr: { normal: { mean: 20, std: 2 } } }
              - cutout: { size: { choice: [2, 3] }, holes: 2 }
                fill: { constant: 0.25 }
              - one_of: [gaussian, { speckle: { sigma: 1 }, weight: 2.5, fill: mean, match: { snr: 3 } }]
              - some_of: { count: [1, 2], of: [gaussian, shot, { shot: { severity: 2 } }] }
              - sequence: [gaussian: { sigma: { cosine: { to: 0, steps: 100 } } }]
              - shuffle_order: [gaussian, speckle]
              - repeat: { times: 3, chain: [gaussian: { sigma: { steps: { from: 0, epochs: { 10: 0.5 } } } }] }
              - clip: [0, 1]
              - clip: true
              - standardise: { mean: [0.1, 0.2], std: 0.5 }
              - dtype: uint8
            model: [flatten]
            train: { epochs: 1, loss: { binary_cross_entropy: { target: clean } }, optimizer: { sgd: { learning_rate: 0.1, momentum: 0.9, nesterov: true, weight_decay: 0.1 } }, checkpoint: { steps: 9 } }
            evaluate:
            """,
            """
            data: { train: { cifar10: [a.bin, b.bin] }, test: { cifar100_fine: c.bin } }
            model: [flatten]
            train: { epochs: 1, init_from: a, optimizer: sgd, loss: { mse: { over: hidden } } }
            """,
            """
            data: fashion-mnist
            model: [flatten]
            train: { epochs: 1, init_from: { run: a, layers: { "a.*": "b.*" } }, consistency: { js: 12 }, loss: { l1: { target: labels } }, optimizer: { adamw: { weight_decay: 0.2, epsilon: 1e-6 } }, schedule: { cosine: { warm_up: { epochs: 0.5 }, end: 0.1 } } }
            """,
            """
            data: fashion-mnist
            model: [flatten]
            train: { epochs: 1, loss: { cross_entropy: { label_smoothing: 0.1, class_weights: [1, 2] } }, optimizer: { lion: { learning_rate: 0.001, beta1: 0.8, weight_decay: 1 } }, schedule: { step: { factor: 0.5, every: { epochs: 2 } } } }
            """,
            """
            data: fashion-mnist
            model: [flatten]
            train: { epochs: 1, loss: { huber: { delta: 0.5, target: clean, over: hidden } }, optimizer: { rmsprop: { beta: 0.9, momentum: 0.5 } }, schedule: { one_cycle: { start: 0.1, rise: 0.5, end: 0 } }, clip_norm: 1, groups: [{ weights: ["*.bias"], weight_decay: 0 }, { weights: [a], learning_rate: 0.1 }], freeze: ["*"], init_from: { run: a, layers: ["*"], sha256: "\(String(repeating: "7", count: 64))" }, accumulate: 2, average: { decay: 0.9 } }
            """,
            """
            data: { train: { cifar100_coarse: a.bin }, split: { train: 0.75 }, subset: { first: 9 } }
            model:
              - reshape: [96, 32]
              - sequence: [dense: 8, relu, leaky_relu: 0.1, group_norm: 4, stochastic_depth: 0.1, attention: 2]
              - sequence: [token_embedding: { tokens: 9, width: 8 }, positions: learned]
              - patch_embedding: { size: 2, width: 8 }
              - repeat: { times: 2, layers: [residual: [dense: 8]] }
              - residual: { layers: [dense: 5], shortcut: [dense: 5, dropout: 0.1] }
              - group_norm: 5
              - token_embedding: { tokens: 9, width: 4 }
              - patch_embedding: { size: 4, width: 8 }
              - positions: learned
              - attention: 2
              - stochastic_depth: 0.1
              - conv2d: { outputs: 8, kernel: [5, 3], stride: 2, padding: same, dilation: [2, 1], groups: 4 }
              - conv1d: 3
              - branch: [[conv2d: { outputs: 3, init: { truncated_normal: 0.1 } }], [relu, dense: classes], []]
              - branch: { paths: [[attention: { heads: 2, init: zeros }], [token_embedding: 9]], join: sum }
              - dense: { outputs: classes, init: orthogonal }
              - depthwise: { kernel: 3, padding: [1, 0] }
              - transposed_conv2d: { outputs: 8, stride: 2 }
              - max_pool: { size: 3, stride: 2, padding: 1 }
              - sequence: [average_pool: 2, max_pool, depthwise: [3, 5], upsample: 2, global_average_pool]
            train: { epochs: 1, optimizer: { adam: } }
            metrics: [top_5, calibration, per_class, confusion]
            validate: { hold_out: 0.2, every: 2, on: [clean, gaussian], by: top_5, patience: 3, keep: best }
            """,
            "data: { images: { train: a, test: b, size: [20, 30], channels: 3, fit: crop } }" + rest,
            "data: { images: { train: a, size: 24 }, split: { train: 0.5 }, subset: { fraction: 0.5 } }"
                + rest,
            """
            data:
              audio: { train: a.csv, test: b.csv, path: p, label: l, rate: 8000, seconds: 0.5, features: { log_mel: { window: 400, hop: 100, bins: 20, low: 20, high: 3000 } } }
            """ + rest,
            "data: { audio: { train: a, test: b, rate: 8000, seconds: 1, features: { log_mel: } } }" + rest,
            """
            data:
              text: { train: a.csv, test: b.csv, text: t, label: l, tokenizer: characters, vocabulary: 300, lowercase: true, length: 9, wrap: true, vocabulary_sha256: "0" }
            """ + rest,
            "data: { text: { train: a.txt, tokenizer: { bpe: t.json }, length: 5 }, split: { train: 0.5 } }"
                + rest,
            """
            data:
              shards: { train: "a-{00..02}.tar", test: [b.tar], image: [jpg, png], label: cls, classes: 5, size: 9, channels: 1, fit: pad, window: 99 }
            """ + rest,
            """
            data: { shards: { train: [a.tar, b.tar], image: jpg }, split: { train: 0.5 } }
            model: []
            train: { epochs: 1, loss: { cross_entropy: { target: tokens, over: visible } } }
            lock: { config: small, contract: \(numericContract), instruction_set: avx2 }
            plugins: []
            """,
        ]
        + [
            """
            data: fashion-mnist
            model: [flatten, heads: { classes: [dense: classes], picture: [relu, dense: 784] }]
            train: { epochs: 1, loss: { heads: { classes: cross_entropy, picture: { mse: { over: all }, weight: 0.5 } } } }
            metrics: [top_5, psnr]
            """
        ]
        + NamedModel.Name.allCases.map {
            "data: fashion-mnist\nmodel: { \($0.rawValue): }\ntrain: { epochs: 1 }\n"
        }

    @Test(arguments: configs)
    func `a valid config has the schema's form, and so has what the lock file makes of it`(yaml: String)
        throws
    {
        let document = try ConfigDocument(text: yaml, file: "test.yaml")
        let config = try ExperimentConfig(document.root, base: "/d")
        let schema = try Self.full.get()
        #expect(schema.accepts(document.root.json))
        #expect(schema.accepts(config.data.node.json, as: "DatasetSource"))
        #expect(schema.accepts(config.train.node.json, as: "TrainConfig"))
        guard case .layers(let layers) = config.model else { return }
        for layer in layers { #expect(schema.accepts(layer.node.json, as: "LayerConfig")) }
    }

    @Test func `every key of the schema stands in a valid config`() throws {
        // So that the tests of valid configs know of it when a key is added.
        var unseen: Set<String> = []
        func collect(_ schema: JSONValue) {
            for case (let keyword, .object(let members)) in schema.members ?? [] where keyword == "properties"
            {
                unseen.formUnion(members.map(\.key))
            }
            for (_, part) in schema.members ?? [] { collect(part) }
            for part in schema.items ?? [] { collect(part) }
        }
        func remove(_ value: JSONValue) {
            for (key, part) in value.members ?? [] {
                unseen.remove(key)
                remove(part)
            }
            for part in value.items ?? [] { remove(part) }
        }
        collect(try Self.plain.get().root)
        #expect(unseen.count > 80)
        for yaml in Self.configs { remove(try Self.json(yaml)) }
        // What the other tests have: an included file, forms of parameters, plugins in a lock file.
        let others: Set = [
            "include", "log_uniform", "a", "b", "reference", "source",
        ]
        #expect(unseen == others)
    }

    @Test(arguments: [
        "seeds: 1", "seed: -1", "seed: 1.5", "views: 0", "views: 65", "views: many", "train: { epochs: 0 }",
        "train: { batch_size: 3 }", "train: { epochs: 1, loss: hinge }",
        "train: { epochs: 1, optimizer: adm }",
        "train: { epochs: 1, optimizer: { adam: { beta1: 1 } } }",
        "train: { epochs: 1, optimizer: { adam: , sgd: } }",
        "train: { epochs: 1, checkpoint: { steps: 1, seconds: 1 } }", "train: { epochs: 1, rate: 1 }",
        "model: flatten", "model: { lenet: { width: 3 } }", "model: [dense: class]",
        "model: [dense: { outputs: 3, init: he }]", "model: [dense]", "model: [relu: 1]",
        "model: [dropout: 1]", "model: [dense: 0]", "model: [heads: { a: relu }]",
        "train: { epochs: 1, loss: { heads: { a: { mse: , weight: -1 } } } }",
        "train: { epochs: 1, loss: { heads: { a: hinge } } }",
        "train: { epochs: 1, loss: { heads: , mse: } }",
        "data:", "data: mnist", "data: { train: { images: x } }", "data: { train: { cifar10: [] } }",
        "data: { images: { train: a }, text: { train: a, length: 3 } }",
        "data: { images: { train: a, fit: crop } }", "data: { images: { train: a, size: [1, 2, 3] } }",
        "data: { images: { train: a, size: 0 } }", "data: { images: { train: a, channels: 2 } }",
        "data: { name: fashion-mnist, subset: { all: 1 } }",
        "data: { text: { train: a, length: 3, tokenizer: { bpe: x }, vocabulary: 50 } }",
        "data: { text: { train: a, length: 3, vocabulary: 5 } }",
        "data: { audio: { train: a, seconds: 3 } }", "data: { name: fashion-mnist, on_error: ignore }",
        "chain: gaussian", "chain: [one_of: []]", "chain: [{ gaussian: , probability: 2 }]",
        "chain: [{ one_of: [gaussian], fill: mean }]", "chain: [{ gaussian: , when: never }]",
        "chain: [some_of: { count: 1, off: [gaussian] }]", "chain: [clip: false]",
        "chain: [repeat: { times: 0, chain: [gaussian] }]", "chain: [standardise: { mean: 1 }]",
        "chain: [dtype: int4]", "chain: [{ gaussian: , match: { psnr: 1, snr: 2 } }]",
        "chain: [{ cutout: , fill: black }]", "chain: [gaussian: { sigma: -1 }]",
        "chain: [gaussian: { sigm: 1 }]",
        "chain: [gaussian: { sigma: { uniform: [1] } }]", "chain: [gaussian: { sigma: { unifrom: [0, 1] } }]",
        "chain: [gaussian: { sigma: { ramp: { to: 1 } } }]", "chain: [gaussian: { sigma: much }]",
        "chain: [gaussian: { sigma: { ramp: { to: 1, steps: 2, epochs: 2 } } }]",
        "chain: [gaussian: { severity: 6 }]", "chain: [cutout: { holes: { uniform: [1, 2] } }]",
        "evaluate: [{ chain: [] }]", "evaluate: clean",
        "lock: { config: a, contract: 1, instruction_set: avx2 }",
        "plugins: []",
    ])
    func `a wrong value is refused`(line: String) throws {
        let schema = try Self.full.get()
        guard case .object(var members) = try Self.json(Self.configs[0]) else { return }
        #expect(schema.accepts(.object(members)))
        for (key, value) in try Self.json(line).members! {
            members.removeAll { $0.key == key }
            members.append(JSONValue.Member(key, value))
        }
        #expect(!schema.accepts(.object(members)))
    }

    @Test(arguments: [
        "chain: [include: other.yaml]", "chain: [gaussian: { sigma: { log_uniform: [0.1, 1] } }]",
        "chain: [gaussian: { sigma: { truncated_normal: { mean: 1, std: 1, low: 0, high: 1 } } }]",
        "chain: [gaussian: { sigma: { beta: [2, 3] } }]",
        "chain: [gaussian: { sigma: { beta: { a: 2, b: 3 } } }]",
        "chain: [unheard_of: { some: thing }]", "chain: []",
        "chain: [{ ../x.lua: { a: [1, [2]] }, weight: }]",
    ])
    func `a chain of another kind is taken`(line: String) throws {
        // The last one names two generators, which a schema with open keys cannot tell.
        #expect(try Self.full.get().accepts(Self.json(Self.configs[0] + line)))
    }

    @Test func `a chain in a file of its own has a schema, too`() throws {
        let schema = SchemaValidator(root: try ConfigSchema(.chain, pluginFolders: [Self.plugins]).json)
        #expect(schema.accepts(try Self.json("- gaussian: { sigma: 0.5 }\n- shot")))
        #expect(schema.accepts(try Self.json("chain: [gaussian: { sigma: 0.5 }, shot]")))
        #expect(!schema.accepts(try Self.json("chain: [gaussian: { sigma: -1 }]")))
        #expect(!schema.accepts(try Self.json("chain: []")))
        #expect(!schema.accepts(try Self.json("chains: [shot]")))
        #expect(!schema.accepts(try Self.json(Self.configs[0])))
    }

    @Test func `editors are told what a plugin declares`() throws {
        let sigma = try #require(
            try Self.full.get().root["$defs"]?["plugin:gaussian"]?["properties"]?["sigma"])
        #expect(sigma["description"] == "standard deviation (range)")
        #expect(sigma["default"] == .number(0.1))
        #expect(
            sigma["anyOf"]?.items?[0] == ["type": "number", "minimum": .number(0), "maximum": .number(10)])
        #expect(sigma["anyOf"]?.items?[1] == ["$ref": "#/$defs/varying"])
        let names = try Self.full.get().root["$defs"]?["entry"]?["anyOf"]?.items?[0]["anyOf"]?.items?[0][
            "enum"]
        #expect(names?.items?.contains("salt_and_pepper") == true)
    }

    @Test func `required keys, names, ranges and closed tables stand where they belong`() throws {
        let definitions = try #require(try Self.plain.get().root["$defs"])
        #expect(definitions["config"]?["required"] == ["data", "model", "train"])
        #expect(definitions["config"]?["additionalProperties"] == false)
        #expect(
            definitions["config"]?["properties"]?["views"] == [
                "type": "integer", "minimum": 1, "maximum": 64,
            ])
        #expect(definitions["ImageFiles"]?["dependentRequired"] == ["fit": ["size"]])
        let plain = try #require(definitions["LayerConfig"]?["anyOf"]?.items?[0]["enum"]?.items)
        #expect(plain.contains("flatten") && plain.contains("leaky_relu") && !plain.contains("dense"))
        let forms = try #require(definitions["DatasetSource"]?["anyOf"]?.items?.dropFirst())
        #expect(
            Set(forms.map(\.["required"]))
                == [["name"], ["images"], ["audio"], ["text"], ["shards"], ["train"]])
        #expect(forms.allSatisfy { $0["additionalProperties"] == false })
    }

    @Test func `what readers take, the schema takes`() throws {
        let schema = try Self.plain.get()
        var random = Repeatable(state: 11)
        let trees = try Self.configs.map { try ConfigDocument(text: $0, file: "x.yaml").root }
        var (taken, refused, refusedByBoth) = (0, 0, 0)
        for _ in 0..<4000 {
            var tree = trees.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                tree.damage(with: trees.randomElement(using: &random)!, using: &random)
            }
            let isTaken = schema.accepts(tree.json)
            if (try? ExperimentConfig(tree, base: "/d")) != nil {
                taken += 1
                #expect(isTaken, "\(ConfigWriter.yaml(tree))")
            } else {
                refused += 1
                if !isTaken { refusedByBoth += 1 }
            }
        }
        #expect(taken > 500 && refused > 500)
        // The rest are checks between values, and of words such as paths.
        #expect(Double(refusedByBoth) > 0.9 * Double(refused))
    }

    @Test func `a reader that meets itself, and answers that exclude each other`() throws {
        /// `leaf`, `{ pair: [Tree, Tree] }`, or `{ low:, high: }` with both or none.
        func read(_ node: ConfigNode) throws(ConfigError) -> Int {
            try node.value(as: "tree") { node throws(ConfigError) in
                if !node.isTable { return try String(node).utf8.count }
                var table = try node.table()
                if let pair = table.take("pair") {
                    var sum = 0
                    let items = try pair.items()
                    if items.count != 2 { throw pair.mismatch(wanted: "a pair") }
                    for item in items { sum += try read(item) }
                    try table.finish()
                    return sum
                }
                let (low, high) = (table.take("low"), table.take("high"))
                if (low == nil) != (high == nil) { throw node.mismatch(wanted: "both or none") }
                try table.finish()
                if let low, let high { return try low.value(in: 0...9) + high.value(in: 3..<7) }
                return 0
            }
        }
        let explorer = SchemaExplorer()
        let schema = try explorer.explore("root", read).schema
        #expect(schema == ["$ref": "#/$defs/tree"])
        let tree = try #require(JSONValue.object(explorer.referenced)["tree"]?["anyOf"]?.items)
        let pair: JSONValue = [
            "type": "array", "items": ["$ref": "#/$defs/tree"], "minItems": 2, "maxItems": 2,
        ]
        #expect(
            tree == [
                ["type": "string"],
                [
                    "type": "object",
                    "properties": [
                        "low": ["type": "integer", "minimum": 0, "maximum": 9],
                        "high": ["type": "integer", "minimum": 3, "exclusiveMaximum": 7],
                    ], "dependentRequired": ["low": ["high"], "high": ["low"]], "additionalProperties": false,
                ],
                [
                    "type": "object", "properties": ["pair": pair], "required": ["pair"],
                    "additionalProperties": false,
                ],
            ])
    }
}
