import Tensors
import Training
import VectorKernels

extension TrainConfig: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let epochsNode = try table.requireNode("epochs")
        self.init(epochs: try epochsNode.value(in: 1...))
        // Addresses of draws have 32 bits for the epoch.
        guard epochs <= UInt32.max else { throw epochsNode.mismatch(wanted: "at most \(UInt32.max)") }
        try table.read("loss", into: &loss)
        consistency = try table.read("consistency", as: "consistency") { node throws(ConfigError) in
            try node.consistency()
        }
        try table.read("optimizer", into: &optimizer)
        let epochs = epochs
        schedule =
            try table.read("schedule", as: "schedule") { node throws(ConfigError) in
                try LearningRateSchedule(node, epochs: epochs)
            } ?? schedule
        clipNorm = try table.read("clip_norm", as: "clip_norm") { node throws(ConfigError) in
            try node.value(in: 1e-12...1e12)
        }
        try table.read("groups", into: &groups)
        try table.read("freeze", into: &freeze)
        initFrom = try table.read("init_from", as: "init_from") { node throws(ConfigError) in
            try EarlierRun(node)
        }
        try table.read("accumulate", into: &accumulate, in: 1...65_536)
        averageDecay = try table.read("average", as: "average") { node throws(ConfigError) in
            try node.averageDecay()
        }
        try table.read("precision", into: &precision)
        try table.read("batch_size", into: &batchSize, in: 1...65_536)
        if let node = table.take("leaves") {
            leaves = try node.value(in: 1...64)
            if leaves & (leaves - 1) != 0 { throw node.mismatch(wanted: "a power of two") }
            if leaves > 1 && precision == .bf16 {
                throw node.mismatch(wanted: "1, since 'precision' is bf16")
            }
        }
        try table.read("checkpoint", into: &checkpoint)
        try table.finish()
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        var entries = [
            ConfigEntry("loss", loss.node), ConfigEntry("optimizer", optimizer.node),
            ConfigEntry("schedule", schedule.node), ConfigEntry("accumulate", .whole(accumulate)),
        ]
        if let consistency {
            entries.append(ConfigEntry("consistency", .table(["js": .number(consistency)])))
        }
        if let initFrom { entries.append(ConfigEntry("init_from", initFrom.node)) }
        if !groups.isEmpty { entries.append(ConfigEntry("groups", .list(groups.map(\.node)))) }
        if !freeze.isEmpty { entries.append(ConfigEntry("freeze", freeze.node)) }
        if let clipNorm { entries.append(ConfigEntry("clip_norm", .number(clipNorm))) }
        if let averageDecay {
            entries.append(ConfigEntry("average", .table(["decay": .number(averageDecay)])))
        }
        entries += [
            ConfigEntry("precision", .string(precision.rawValue)),
            ConfigEntry("batch_size", .whole(batchSize)), ConfigEntry("epochs", .whole(epochs)),
            ConfigEntry("leaves", .whole(leaves)), ConfigEntry("checkpoint", checkpoint.node),
        ]
        return ConfigNode(.table(entries))
    }
}

extension Precision: ConfigValue {}

extension NamePattern: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) { self.init(try String(node)) }
}

extension [NamePattern] {
    var node: ConfigNode { .list(map { .string($0.text) }) }
}

extension ConfigNode {
    /// `{ js: 12 }`.
    fileprivate func consistency() throws(ConfigError) -> Double {
        var table = try table()
        let strength: Double = try table.requireNode("js").value(in: 0...1e6)
        try table.finish()
        return strength
    }

    /// `{ decay: 0.999 }`.
    fileprivate func averageDecay() throws(ConfigError) -> Double {
        var table = try table()
        var decay = 0.999
        try table.read("decay", into: &decay, in: 0..<1)
        try table.finish()
        return decay
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
