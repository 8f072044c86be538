import Training

extension Optimizer: ConfigValue {
    /// `adam`, or another's name, or one of them with its settings: `adam: { learning_rate: 0.001 }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            let word = try node.word(among: Kind.allCases.map(\.rawValue))
            self = try Kind(word, kind: "optimizer", place: node.place).defaults
            return
        }
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(
            naming: "one optimizer, for instance adam", kind: "optimizer", as: Kind.self)
        try table.finish()
        self = try kind.defaults.changed(by: entry.value)
    }

    private enum Kind: String, CaseIterable {
        case adam, adamw, sgd, lion, rmsprop

        var defaults: Optimizer {
            switch self {
            case .adam: .adam(AdamConfig())
            case .adamw: .adamW(.decoupled)
            case .sgd: .sgd(SGDConfig())
            case .lion: .lion(LionConfig())
            case .rmsprop: .rmsProp(RMSPropConfig())
            }
        }
    }

    private func changed(by node: ConfigNode) throws(ConfigError) -> Optimizer {
        switch self {
        case .adam(let config): .adam(try config.changed(by: node))
        case .adamW(let config): .adamW(try config.changed(by: node))
        case .sgd(let config): .sgd(try config.changed(by: node))
        case .lion(let config): .lion(try config.changed(by: node))
        case .rmsProp(let config): .rmsProp(try config.changed(by: node))
        }
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .adam(let config): .table(["adam": config.node])
        case .adamW(let config): .table(["adamw": config.node])
        case .sgd(let config): .table(["sgd": config.node])
        case .lion(let config): .table(["lion": config.node])
        case .rmsProp(let config): .table(["rmsprop": config.node])
        }
    }
}

extension ConfigTable {
    /// Updates work on Floats, in which anything smaller is 0.
    fileprivate static var positive: ClosedRange<Double> {
        Double(Float.leastNormalMagnitude)...Double(Float.greatestFiniteMagnitude)
    }

    /// What every optimiser has.
    fileprivate mutating func readRates(
        _ learningRate: inout Double, _ weightDecay: inout Double
    ) throws(ConfigError) {
        try read("learning_rate", into: &learningRate, in: Self.positive)
        try read("weight_decay", into: &weightDecay, in: 0...1e6)
    }
}

extension AdamConfig {
    fileprivate func changed(by node: ConfigNode) throws(ConfigError) -> AdamConfig {
        var config = self
        var table = try node.table()
        try table.readRates(&config.learningRate, &config.weightDecay)
        try table.read("beta1", into: &config.beta1, in: 0..<1)
        try table.read("beta2", into: &config.beta2, in: 0..<1)
        try table.read("epsilon", into: &config.epsilon, in: ConfigTable.positive)
        try table.finish()
        return config
    }

    fileprivate var node: ConfigNode {
        .table([
            "learning_rate": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2),
            "epsilon": .number(epsilon), "weight_decay": .number(weightDecay),
        ])
    }
}

extension SGDConfig {
    fileprivate func changed(by node: ConfigNode) throws(ConfigError) -> SGDConfig {
        var config = self
        var table = try node.table()
        try table.readRates(&config.learningRate, &config.weightDecay)
        try table.read("momentum", into: &config.momentum, in: 0..<1)
        try table.read("nesterov", into: &config.isNesterov)
        try table.finish()
        return config
    }

    fileprivate var node: ConfigNode {
        .table([
            "learning_rate": .number(learningRate), "momentum": .number(momentum),
            "nesterov": .flag(isNesterov),
            "weight_decay": .number(weightDecay),
        ])
    }
}

extension LionConfig {
    fileprivate func changed(by node: ConfigNode) throws(ConfigError) -> LionConfig {
        var config = self
        var table = try node.table()
        try table.readRates(&config.learningRate, &config.weightDecay)
        try table.read("beta1", into: &config.beta1, in: 0..<1)
        try table.read("beta2", into: &config.beta2, in: 0..<1)
        try table.finish()
        return config
    }

    fileprivate var node: ConfigNode {
        .table([
            "learning_rate": .number(learningRate), "beta1": .number(beta1), "beta2": .number(beta2),
            "weight_decay": .number(weightDecay),
        ])
    }
}

extension RMSPropConfig {
    fileprivate func changed(by node: ConfigNode) throws(ConfigError) -> RMSPropConfig {
        var config = self
        var table = try node.table()
        try table.readRates(&config.learningRate, &config.weightDecay)
        try table.read("beta", into: &config.beta, in: 0..<1)
        try table.read("epsilon", into: &config.epsilon, in: ConfigTable.positive)
        try table.read("momentum", into: &config.momentum, in: 0..<1)
        try table.finish()
        return config
    }

    fileprivate var node: ConfigNode {
        .table([
            "learning_rate": .number(learningRate), "beta": .number(beta), "epsilon": .number(epsilon),
            "momentum": .number(momentum), "weight_decay": .number(weightDecay),
        ])
    }
}

extension WeightGroup: ConfigValue {
    /// `{ weights: ["*.table"], learning_rate: 0.0001, weight_decay: 0 }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        self.init(try table.require("weights"))
        learningRate = try table.read("learning_rate", as: "learning_rate") { node throws(ConfigError) in
            try node.value(in: ConfigTable.positive)
        }
        weightDecay = try table.read("weight_decay", as: "weight_decay") { node throws(ConfigError) in
            try node.value(in: 0...1e6)
        }
        try table.finish()
        if learningRate == nil && weightDecay == nil && !node.isProbe {
            throw ConfigError(node.place, "\(node.subject) needs 'learning_rate', 'weight_decay' or both")
        }
    }

    var node: ConfigNode {
        var entries = [ConfigEntry("weights", weights.node)]
        if let learningRate { entries.append(ConfigEntry("learning_rate", .number(learningRate))) }
        if let weightDecay { entries.append(ConfigEntry("weight_decay", .number(weightDecay))) }
        return ConfigNode(.table(entries))
    }
}
