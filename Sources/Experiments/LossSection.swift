import Training

extension LossConfig: ConfigValue {
    /// `cross_entropy`, or another's name, or one of them with its settings: `mse: { target: clean, over: hidden }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            let word = try node.word(among: Kind.allCases.map(\.rawValue))
            self = try Kind(word, kind: "loss", place: node.place).defaults
            return
        }
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(
            naming: "one loss, for instance cross_entropy", kind: "loss", as: Kind.self)
        try table.finish()
        self = kind.defaults
        try read(entry.value)
    }

    private enum Kind: String, CaseIterable {
        case crossEntropy = "cross_entropy"
        case binaryCrossEntropy = "binary_cross_entropy"
        case mse, l1, huber, cosine

        var defaults: LossConfig {
            switch self {
            case .crossEntropy: .crossEntropy
            case .binaryCrossEntropy: LossConfig(.binaryCrossEntropy, target: .labels)
            case .mse: LossConfig(.squared, target: .clean)
            case .l1: LossConfig(.absolute, target: .clean)
            case .huber: LossConfig(.huber(delta: 1), target: .clean)
            case .cosine: LossConfig(.cosine, target: .clean)
            }
        }
    }

    private mutating func read(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        switch formula {
        case .crossEntropy:
            var smoothing = 0.0
            try table.read("label_smoothing", into: &smoothing, in: 0..<1)
            let weights = try table.take("class_weights")?.classWeights() ?? []
            formula = .crossEntropy(smoothing: smoothing, classWeights: weights)
            return try table.finish()
        case .huber:
            var delta = 1.0
            try table.read("delta", into: &delta, in: 1e-6...1e6)
            formula = .huber(delta: delta)
        case .binaryCrossEntropy, .squared, .absolute, .cosine: break
        }
        try table.read("target", into: &target)
        if let part = table.take("over") {
            over = try part.value()
            guard over == .all || target == .clean || part.isProbe else {
                throw ConfigError(
                    part.place, "'over' picks elements of a clean sample, but the target is the labels")
            }
        }
        try table.finish()
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        var comparison = [
            ConfigEntry("target", .string(target.rawValue)), ConfigEntry("over", .string(over.rawValue)),
        ]
        let kind: Kind
        switch formula {
        case .crossEntropy(let smoothing, let classWeights):
            kind = .crossEntropy
            comparison = [ConfigEntry("label_smoothing", .number(smoothing))]
            if !classWeights.isEmpty {
                let weights = classWeights.map { ConfigNode.number($0) }
                comparison.append(ConfigEntry("class_weights", .list(weights)))
            }
        case .huber(let delta):
            kind = .huber
            comparison.append(ConfigEntry("delta", .number(delta)))
        case .binaryCrossEntropy: kind = .binaryCrossEntropy
        case .squared: kind = .mse
        case .absolute: kind = .l1
        case .cosine: kind = .cosine
        }
        return ConfigNode(.table([ConfigEntry(kind.rawValue, ConfigNode(.table(comparison)))]))
    }
}

extension LossConfig.Target: ConfigValue {}
extension LossConfig.Part: ConfigValue {}

extension ConfigNode {
    /// A number of 0 or more for each class; how many there must be, only the data know.
    fileprivate func classWeights() throws(ConfigError) -> [Double] {
        var weights: [Double] = []
        for item in try items() { weights.append(try item.value(in: 0...1e9)) }
        guard weights.contains(where: { $0 > 0 }) || isProbe else {
            throw mismatch(wanted: "a list with a number above 0 for at least one class")
        }
        return weights
    }
}

extension ExperimentConfig {
    /// What the loss asks of the rest of a config.
    ///
    /// - Parameter hasMask: whether the chain hides something.
    func checkLoss(classes: Int, hasMask: Bool) throws(ConfigError) {
        if case .crossEntropy(_, let weights) = train.loss.formula, !weights.isEmpty, weights.count != classes
        {
            throw ConfigError(
                trainPlace,
                "'class_weights' must have a number for each of the \(classes) classes, got \(weights.count)")
        }
        if train.loss.over != .all, !hasMask {
            throw ConfigError(
                trainPlace,
                "the loss is over what is \(train.loss.over.rawValue), but no generator of the chain has a mask"
            )
        }
        if train.consistency != nil {
            guard views > 1 else {
                throw ConfigError(
                    trainPlace, "'consistency' compares views of a sample: 'views' must be at least 2")
            }
            guard train.loss.judgesClasses else {
                throw ConfigError(
                    trainPlace, "'consistency' compares classes, but the loss has clean samples as its target"
                )
            }
        }
    }
}
