import Datasets
import Kernels

/// Sounds in folders or tables, and what samples are made of them:
///
///     audio:
///       train: clips/train                    # or .csv, .tsv, .jsonl
///       test: clips/test
///       path: path                            # the column of a table's paths
///       label: label                          # the column of the classes
///       rate: 16000
///       seconds: 1
///       features: { log_mel: { window: 400, hop: 160, bins: 64, low: 0, high: 8000 } }
extension AudioFiles: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let train: String = try table.require("train")
        let test = try table.take("test").map { node throws(ConfigError) in try String(node) }
        self.init(train: train, test: test, format: try AudioFormat(&table))
        if areTables || node.isProbe {
            try table.read("path", into: &path)
            try table.read("label", into: &label)
        }
        try table.finish()
    }

    /// What reads back as these files, for the lock file.
    var node: ConfigNode {
        var entries = [ConfigEntry("train", .string(train))]
        if let test { entries.append(ConfigEntry("test", .string(test))) }
        if areTables {
            entries += [ConfigEntry("path", .string(path)), ConfigEntry("label", .string(label))]
        }
        return ConfigNode(.table(entries + format.entries))
    }
}

extension AudioFormat {
    /// Takes the keys that say what samples are made of sounds.
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        let rate: Int = try table.require("rate", in: 1...Resampler.largestRate)
        let node = try table.requireNode("seconds")
        let seconds = try Double(node)
        guard seconds > 0 else { throw node.mismatch(wanted: "above 0") }
        let count = Self.sampleCount(rate: rate, seconds: seconds)
        guard (1...Self.largestCount).contains(count) else {
            throw node.mismatch(
                wanted: "such that a sample has 1 to \(Self.largestCount) values",
                hint: ", \(count) values at a 'rate' of \(rate)")
        }
        self.init(rate: rate, seconds: seconds)
        guard let node = table.take("features") else { return }
        var features = try node.table()
        let settings = try features.requireNode("log_mel")
        try features.finish()
        logMel = try settings.value(as: "MelSettings") { node throws(ConfigError) in
            try MelSettings(node, rate: rate)
        }
    }

    fileprivate var entries: [ConfigEntry] {
        var entries = [ConfigEntry("rate", .whole(rate)), ConfigEntry("seconds", .number(seconds))]
        if let logMel {
            entries.append(ConfigEntry("features", ConfigNode(.table([ConfigEntry("log_mel", logMel.node)]))))
        }
        return entries
    }
}

extension MelSettings {
    fileprivate init(_ node: ConfigNode, rate: Int) throws(ConfigError) {
        guard rate >= 2 || node.isProbe else {
            throw ConfigError(node.place, "'log_mel' wants a 'rate' of at least 2, got \(rate)")
        }
        var table = try node.table()
        self.init(rate: rate)
        try table.read("window", into: &window, in: 2...Self.longestWindow)
        hop = min(hop, window)
        try table.read("hop", into: &hop, in: DerivedRange(range: 1...window, origin: "up to 'window'"))
        let highest = max(1, Double(rate) / 2)
        try table.read(
            "high", into: &high, in: DerivedRange(range: 1...highest, origin: "up to half of 'rate'"))
        try table.read("low", into: &low, in: DerivedRange(range: 0..<high, origin: "below 'high'"))
        let count = table.take("bins")
        if let count { bins = try count.value(in: DerivedRange(range: 1...window, origin: "up to 'window'")) }
        try table.finish()
        if !node.isProbe, let empty = MelFilters.firstEmpty(self) {
            func hertz(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
            throw ConfigError(
                (count ?? node).place,
                "\(bins) 'bins' are too many: one from \(hertz(empty.lowerBound)) to \(hertz(empty.upperBound)) Hz lies "
                    + "between the frequencies of the window, which are \(hertz(Double(rate) / Double(window))) Hz apart; "
                    + "take fewer bins or a longer 'window'")
        }
    }

    /// Samples; four seconds at 16 kHz.
    private static let longestWindow = 1 << 16

    fileprivate var node: ConfigNode {
        .table([
            "window": .whole(window), "hop": .whole(hop), "bins": .whole(bins), "low": .number(low),
            "high": .number(high),
        ])
    }
}
