import Reports
import Training

/// How a model is judged while it is trained, on samples that are kept back from training.
struct ValidationConfig {
    /// The share of the samples to learn from that is kept back.
    var holdOut = 0.1
    /// Epochs between two validations.
    var every = 1
    /// Sets as in `evaluate`; none: the clean one.
    var entries: [EvaluationEntry] = []
    /// What decides which weights are better.
    var criterion: Criterion
    /// Training stops behind so many validations without a better one; nil: never.
    var patience: Int?
    /// Whether a run results in the weights that did best, not in the last ones.
    var keepsBest = false

    init(_ node: ConfigNode, _ files: ChainFiles, _ loss: ModelLoss) throws(ConfigError) {
        criterion = loss.first(.labels) == nil ? .loss : .accuracy
        var table = try node.table()
        try table.read("hold_out", into: &holdOut, in: 0.0001...0.9999)
        try table.read("every", into: &every, in: 1...1_000_000)
        entries =
            try table.read("on", as: "evaluations") { node throws(ConfigError) in
                try EvaluationEntry.list(node, files)
            } ?? []
        criterion =
            try table.read("by", as: "criterion") { node throws(ConfigError) in
                try Criterion(node, loss)
            } ?? criterion
        patience = try table.read("patience", as: "patience") { node throws(ConfigError) in
            try node.value(in: 1...1_000_000)
        }
        var kept = Kept.last
        try table.read("keep", into: &kept)
        keepsBest = kept == .best
        try table.finish()
    }

    private enum Kept: String, CaseIterable, ConfigValue { case best, last }

    /// As the lock file spells it, without the sets.
    var settings: [ConfigEntry] {
        var settings = [
            ConfigEntry("hold_out", .number(holdOut)), ConfigEntry("every", .whole(every)),
            ConfigEntry("by", .string(criterion.name)),
            ConfigEntry("keep", .string(keepsBest ? Kept.best.rawValue : Kept.last.rawValue)),
        ]
        if let patience { settings.append(ConfigEntry("patience", .whole(patience))) }
        return settings
    }
}

/// A number of which more, or less, is better.
enum Criterion: Equatable {
    case accuracy
    case loss
    case metric(Metric)

    private static let metrics: [Metric] = [.top(3), .top(5), .top(10), .calibration, .psnr]

    var name: String {
        switch self {
        case .accuracy: "accuracy"
        case .loss: "loss"
        case .metric(let metric): metric.name
        }
    }

    init(_ node: ConfigNode, _ loss: ModelLoss) throws(ConfigError) {
        let names = ["accuracy", "loss"] + Self.metrics.map(\.name)
        let word = try node.word(among: names)
        guard names.contains(word) else {
            throw node.mismatch(wanted: "one of " + names.joined(separator: ", "))
        }
        switch word {
        case "accuracy":
            guard loss.first(.labels) != nil || node.isProbe else {
                throw ConfigError(node.place, "'accuracy' judges classes, " + loss.lack(of: .labels))
            }
            self = .accuracy
        case "loss": self = .loss
        default:
            let metric = Self.metrics.first { $0.name == word }!
            try metric.check(node, loss)
            self = .metric(metric)
        }
    }

    var isMoreBetter: Bool { self != .loss && self != .metric(.calibration) }

    /// NaN where there is none.
    func value(of metrics: ModelMetrics) -> Double {
        switch self {
        case .accuracy: return metrics.classes?.accuracy ?? .nan
        case .loss: return metrics.loss
        case .metric(let metric):
            guard case .number(let value) = metric.value(of: metrics) else { return .nan }
            return value
        }
    }
}
