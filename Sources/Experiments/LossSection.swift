import Datasets
import Training

extension LossConfig.Kind {
    fileprivate var defaults: LossConfig {
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

extension LossConfig: ConfigValue {
    /// `cross_entropy`, or another's name, or one of them with its settings: `mse: { target: clean, over: hidden }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            let word = try node.word(among: Kind.allCases.map(\.rawValue))
            self = try Kind(word, kind: "loss", place: node.place).defaults
            return
        }
        var table = try node.table()
        try self.init(&table)
        try table.finish()
    }

    /// The one loss that is left in a table.
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        let (kind, entry) = try table.takeOnly(
            naming: "one loss, for instance cross_entropy", kind: "loss", as: Kind.self)
        self = kind.defaults
        try read(entry.value)
    }

    private mutating func read(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        switch formula {
        case .crossEntropy:
            var smoothing = 0.0
            try table.read("label_smoothing", into: &smoothing, in: 0..<1)
            let weights = try table.take("class_weights")?.classWeights() ?? []
            formula = .crossEntropy(smoothing: smoothing, classWeights: weights)
        case .huber:
            var delta = 1.0
            try table.read("delta", into: &delta, in: 1e-6...1e6)
            formula = .huber(delta: delta)
        case .binaryCrossEntropy, .squared, .absolute, .cosine: break
        }
        if let node = table.take("target") { target = try self.target(node) }
        if let part = table.take("over") {
            over = try part.value()
            guard over == .all || target != .labels || part.isProbe else {
                throw ConfigError(
                    part.place, "'over' picks elements of a clean sample, but the target is the labels")
            }
        }
        if case .crossEntropy(_, let weights) = formula, target == .tokens, !weights.isEmpty, !node.isProbe {
            throw ConfigError(node.place, "'class_weights' are for labels, but the target is tokens")
        }
        try table.finish()
    }

    /// What this formula can be compared with.
    private func target(_ node: ConfigNode) throws(ConfigError) -> Target {
        let wanted: [Target] =
            if case .crossEntropy = formula { [.labels, .tokens] } else { [.labels, .clean] }
        let names = wanted.map(\.rawValue)
        let word = try node.word(among: names)
        guard let target = wanted.first(where: { $0.rawValue == word }) else {
            throw node.mismatch(wanted: "one of " + names.joined(separator: ", "))
        }
        return target
    }

    /// As the lock file spells it.
    var node: ConfigNode { ConfigNode(.table([entry])) }

    fileprivate var entry: ConfigEntry {
        var comparison = [
            ConfigEntry("target", .string(target.rawValue)), ConfigEntry("over", .string(over.rawValue)),
        ]
        switch formula {
        case .crossEntropy(let smoothing, let classWeights):
            comparison.append(ConfigEntry("label_smoothing", .number(smoothing)))
            if !classWeights.isEmpty {
                let weights = classWeights.map { ConfigNode.number($0) }
                comparison.append(ConfigEntry("class_weights", .list(weights)))
            }
        case .huber(let delta): comparison.append(ConfigEntry("delta", .number(delta)))
        case .binaryCrossEntropy, .squared, .absolute, .cosine: break
        }
        return ConfigEntry(formula.kind.rawValue, ConfigNode(.table(comparison)))
    }
}

extension ModelLoss: ConfigValue {
    /// A loss, or one for each head: `heads: { classes: cross_entropy, picture: { mse: { over: hidden }, weight: 0.5 } }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.has("heads") else {
            self.init(try LossConfig(node))
            return
        }
        var table = try node.table()
        let headsNode = try table.requireNode("heads")
        try table.finish()
        var rest = try headsNode.table()
        var heads: [Head] = []
        for entry in rest.takeRest() {
            heads.append(
                try entry.value.value(as: "head_loss") { node throws(ConfigError) in
                    try Head(entry.key, node)
                })
        }
        try rest.finish()
        guard !heads.isEmpty || headsNode.isProbe else {
            throw headsNode.mismatch(wanted: "a table with a loss for each head of the model")
        }
        self.init(heads: heads)
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        guard hasHeads else { return heads[0].loss.node }
        let entries = heads.map { head in
            ConfigEntry(
                head.name!,
                ConfigNode(.table([head.loss.entry, ConfigEntry("weight", .number(head.weight))])))
        }
        return .table(["heads": ConfigNode(.table(entries))])
    }
}

extension ModelLoss.Head {
    fileprivate init(_ name: String, _ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            self.init(name, try LossConfig(node))
            return
        }
        var table = try node.table()
        var weight = 1.0
        try table.read("weight", into: &weight, in: 0...1e6)
        self.init(name, try LossConfig(&table), weight: weight)
        try table.finish()
    }

    /// As error texts call it.
    fileprivate var text: String { name.map { "the loss of the head '\($0)'" } ?? "the loss" }
}

extension ModelLoss {
    /// Why nothing is compared with such targets, for an error's text.
    func lack(of target: LossConfig.Target) -> String {
        hasHeads
            ? "but no head has \(target.description) as its target"
            : "but the loss has \(heads[0].loss.target.description) as its target"
    }

    /// The same losses in the order of a model's outputs, for which there is one each.
    func ordered(as outputs: [ModelPlan.Output]) -> ModelLoss {
        ModelLoss(heads: outputs.flatMap { output in heads.filter { $0.name == output.name } })
    }
}

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
    /// What the loss asks of the rest of a config and of the data.
    ///
    /// - Parameter hasMask: whether the chain hides something.
    func checkLoss(_ data: any Dataset, hasMask: Bool) throws(ConfigError) {
        if let problem = lossProblem(
            classes: data.classes, isText: data.vocabularySize != nil, hasMask: hasMask)
        {
            throw ConfigError(trainNode.place, problem)
        }
    }

    func lossProblem(classes: Int, isText: Bool, hasMask: Bool) -> String? {
        for head in train.loss.heads {
            if let problem = problem(head, classes: classes, isText: isText, hasMask: hasMask) {
                return problem
            }
        }
        guard train.consistency != nil else { return nil }
        if views == 1 { return "'consistency' compares views of a sample: 'views' must be at least 2" }
        if train.loss.first(.labels) == nil {
            return "'consistency' compares classes, " + train.loss.lack(of: .labels)
        }
        return nil
    }

    private func problem(
        _ head: ModelLoss.Head, classes: Int, isText: Bool, hasMask: Bool
    ) -> String? {
        let (loss, text) = (head.loss, head.text)
        if case .crossEntropy(_, let weights) = loss.formula, !weights.isEmpty, weights.count != classes {
            return
                "'class_weights' must have a number for each of the \(classes) classes, got \(weights.count)"
        }
        if loss.target == .tokens, !isText {
            return "\(text) has tokens as its target, but the data are no texts"
        }
        if loss.target == .clean, isText {
            return
                "\(text) compares values, but samples are token ids; 'cross_entropy: { target: tokens }' tells them apart"
        }
        if loss.over != .all, !hasMask {
            return "\(text) is over what is \(loss.over.rawValue), but no generator of the chain has a mask"
        }
        return nil
    }
}

extension ModelLoss {
    /// What it asks of a model for these data.
    func targets(_ data: any Dataset) -> [(head: String?, target: ModelPlan.Target)] {
        heads.map { head in
            let target: ModelPlan.Target =
                switch head.loss.target {
                case .labels: .classes
                case .clean: .samples
                case .tokens: .tokens(data.vocabularySize ?? 0)
                }
            return (head.name, target)
        }
    }
}

extension LossConfig.Target {
    /// As error texts call it.
    var description: String {
        switch self {
        case .labels: "labels"
        case .clean: "clean samples"
        case .tokens: "tokens"
        }
    }
}
