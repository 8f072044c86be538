import Tensors
import Training

extension TrainConfig: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let epochsNode = try table.requireNode("epochs")
        self.init(epochs: try epochsNode.value(in: 1...))
        // Addresses of draws have 32 bits for the epoch.
        guard epochs <= UInt32.max else { throw epochsNode.mismatch(wanted: "at most \(UInt32.max)") }
        try table.read("loss", into: &loss)
        try table.read("optimizer", into: &optimizer)
        try table.read("batch_size", into: &batchSize, in: 1...65_536)
        if let node = table.take("leaves") {
            leaves = try node.value(in: 1...64)
            if leaves & (leaves - 1) != 0 { throw node.mismatch(wanted: "a power of two") }
        }
        try table.read("checkpoint", into: &checkpoint)
        try table.finish()
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        .table([
            "loss": .string(loss.rawValue), "optimizer": optimizer.node, "batch_size": .whole(batchSize),
            "epochs": .whole(epochs), "leaves": .whole(leaves),
            "checkpoint": checkpoint.node,
        ])
    }
}

extension CheckpointInterval: ConfigValue {
    /// `{ seconds: 10 }` or `{ steps: 500 }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let (unit, entry) = try table.takeOnly(kind: "'checkpoint'", as: Unit.self)
        try table.finish()
        switch unit {
        case .seconds: self = .seconds(try entry.value.value(in: 0...1e9))
        case .steps: self = .steps(try entry.value.value(in: 1...))
        }
    }

    private enum Unit: String, CaseIterable { case seconds, steps }

    var node: ConfigNode {
        switch self {
        case .seconds(let seconds): .table(["seconds": .number(seconds)])
        case .steps(let steps): .table(["steps": .whole(steps)])
        }
    }
}

extension Loss: ConfigValue {}

extension Optimizer: ConfigValue {
    /// `adam`, `sgd`, or one of them with its settings: `adam: { learning_rate: 0.001 }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            let word = try node.word(among: Kind.allCases.map(\.rawValue))
            switch try Kind(word, kind: "optimizer", place: node.place) {
            case .adam: self = .adam(AdamConfig())
            case .sgd: self = .sgd(SGDConfig())
            }
            return
        }
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(
            naming: "one optimizer, adam or sgd", kind: "optimizer", as: Kind.self)
        try table.finish()
        switch kind {
        case .adam: self = .adam(try entry.value.value())
        case .sgd: self = .sgd(try entry.value.value())
        }
    }

    private enum Kind: String, CaseIterable { case adam, sgd }

    var node: ConfigNode {
        switch self {
        case .adam(let adam):
            .table([
                "adam": .table([
                    "learning_rate": .number(adam.learningRate), "beta1": .number(adam.beta1),
                    "beta2": .number(adam.beta2), "epsilon": .number(adam.epsilon),
                ])
            ])
        case .sgd(let sgd):
            .table([
                "sgd": .table(["learning_rate": .number(sgd.learningRate), "momentum": .number(sgd.momentum)])
            ])
        }
    }
}

extension ConfigValue {
    /// Updates work on Floats, in which anything smaller is 0.
    fileprivate static var positive: ClosedRange<Double> {
        Double(Float.leastNormalMagnitude)...Double(Float.greatestFiniteMagnitude)
    }
}

extension AdamConfig: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        self.init()
        var table = try node.table()
        try table.read("learning_rate", into: &learningRate, in: Self.positive)
        try table.read("beta1", into: &beta1, in: 0..<1)
        try table.read("beta2", into: &beta2, in: 0..<1)
        try table.read("epsilon", into: &epsilon, in: Self.positive)
        try table.finish()
    }
}

extension SGDConfig: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        self.init()
        var table = try node.table()
        try table.read("learning_rate", into: &learningRate, in: Self.positive)
        try table.read("momentum", into: &momentum, in: 0..<1)
        try table.finish()
    }
}
