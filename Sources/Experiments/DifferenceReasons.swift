import Generators
import Tensors

extension StreamDifference {
    /// What can make samples come in another order.
    static func orderReasons(_ a: RecordedStream, _ b: RecordedStream) -> [String] {
        var reasons = dataReasons(a, b)
        if a.samples.count != b.samples.count {
            reasons.append("the number of samples: \(a.samples.count) and \(b.samples.count)")
        }
        return reasons
    }

    /// What the configs say of the data that differs.
    static func dataReasons(_ a: RecordedStream, _ b: RecordedStream) -> [String] {
        let (x, y) = (ConfigWriter.inline(a.config.data.node), ConfigWriter.inline(b.config.data.node))
        return seedReasons(a, b) + (x == y ? [] : ["the data: \(x) and \(y)"])
    }

    static func seedReasons(_ a: RecordedStream, _ b: RecordedStream) -> [String] {
        a.config.seed == b.config.seed ? [] : ["the seed: \(a.config.seed) and \(b.config.seed)"]
    }

    static func chainReasons(_ a: RecordedStream, _ b: RecordedStream) -> [String] {
        var reasons = seedReasons(a, b)
        let (x, y) = (a.text, b.text)
        if x != y { reasons.append("the chain: \(x) and \(y)") }
        if a.traced.count != b.traced.count {
            reasons.append("the views: \(a.traced.count) and \(b.traced.count)")
        }
        return reasons
    }

    /// What differs in the entry behind which samples do.
    static func entryReasons(
        _ a: RecordedStream, _ b: RecordedStream, _ name: String, _ other: String
    ) -> [String] {
        guard name == other, let x = a.item(name), let y = b.item(name) else { return chainReasons(a, b) }
        var reasons = seedReasons(a, b)
        if x.plugin.source != y.plugin.source {
            reasons.append("the plugin's text" + lineDifference(x.plugin.source, y.plugin.source))
        }
        let (settings, others) = (x.completeSettings, y.completeSettings)
        for name in Set(settings.keys).union(others.keys).sorted() where settings[name] != others[name] {
            let (left, right) = (settings[name]?.text ?? "none", others[name]?.text ?? "none")
            reasons.append("the parameter '\(name)': \(left) and \(right)")
        }
        if x.probability != y.probability {
            reasons.append("the probability: \(x.probability) and \(y.probability)")
        }
        if x.fill != y.fill {
            reasons.append(
                "the fill: \(ConfigWriter.inline(x.fill.node)) and \(ConfigWriter.inline(y.fill.node))")
        }
        if x.match != y.match { reasons.append("what 'match' wants") }
        if a.config.train.batchSize != b.config.train.batchSize, reasons.isEmpty {
            reasons.append(
                "the batch size, on which schedules over steps depend: \(a.config.train.batchSize) and "
                    + "\(b.config.train.batchSize)")
        }
        return reasons.isEmpty ? chainReasons(a, b) : reasons
    }

    /// `, line 7: "…" and "…"`.
    private static func lineDifference(_ a: String, _ b: String) -> String {
        let (x, y) = (
            a.split(separator: "\n", omittingEmptySubsequences: false),
            b.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let line = zip(x, y).enumerated().first { $1.0 != $1.1 }?.offset ?? min(x.count, y.count)
        func shown(_ lines: [Substring]) -> String {
            line < lines.count ? "\"\(lines[line].drop { $0 == " " })\"" : "its end"
        }
        return ", line \(line + 1): \(shown(x)) and \(shown(y))"
    }
}

extension RecordedStream {
    /// The generator of a name.
    fileprivate func item(_ name: String) -> ChainItem? {
        func find(_ entries: [ChainEntry]) -> ChainItem? {
            for entry in entries {
                switch entry {
                case .generator(let item) where item.name == name: return item
                case .group(let group):
                    for turn in group.turns {
                        if let found = find(turn) { return found }
                    }
                default: continue
                }
            }
            return nil
        }
        return find(chain.entries)
    }

    fileprivate var text: String {
        chain.entries.isEmpty ? "none" : chain.entries.map(\.text).joined(separator: " → ")
    }
}
