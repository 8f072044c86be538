import Reports
import Tensors
import Training

/// What a table shows beside loss and accuracy.
enum Metric: Equatable {
    /// The share of samples whose label is among so many largest outputs.
    case top(Int)
    /// The expected calibration error.
    case calibration
    /// Recall and precision of each class.
    case perClass
    /// How many samples of each class were taken for which.
    case confusion
    /// The peak signal-to-noise ratio of outputs.
    case psnr
    /// That of the model's inputs.
    case inputPSNR

    /// As a config and a table call it.
    var name: String {
        switch self {
        case .top(let places): "top_\(places)"
        case .calibration: "calibration"
        case .perClass: "per_class"
        case .confusion: "confusion"
        case .psnr: "psnr"
        case .inputPSNR: "psnr_in"
        }
    }

    private static let all: [Metric] = [
        .top(3), .top(5), .top(10), .calibration, .perClass, .confusion, .psnr, .inputPSNR,
    ]

    /// `[top_5, calibration]`; each must fit what the loss makes of outputs.
    static func list(_ node: ConfigNode, _ loss: LossConfig) throws(ConfigError) -> [Metric] {
        var metrics: [Metric] = []
        for item in try node.items() { metrics.append(try Metric(item, loss)) }
        return metrics
    }

    private init(_ node: ConfigNode, _ loss: LossConfig) throws(ConfigError) {
        let names = Self.all.map(\.name)
        let word = try node.word(among: names)
        guard let metric = Self.all.first(where: { $0.name == word }) else {
            throw ConfigError(
                node.place,
                "unknown metric '\(word)'; known are \(names.joined(separator: ", "))"
                    + Suggestion.hint(word, among: names))
        }
        self = metric
        try check(node, loss)
    }

    /// Whether it can be measured where the model learns by this loss.
    func check(_ node: ConfigNode, _ loss: LossConfig) throws(ConfigError) {
        if node.isProbe { return }
        let wanted: (target: LossConfig.Target, task: String) =
            switch self {
            case .psnr: (.clean, "compares outputs with clean samples")
            case .inputPSNR: (.clean, "compares inputs with clean samples")
            case .top, .calibration, .perClass, .confusion: (.labels, "judges classes")
            }
        guard loss.target == wanted.target else {
            throw ConfigError(
                node.place,
                "'\(name)' \(wanted.task), "
                    + "but the loss has \(loss.target.description) as its target")
        }
        if self == .calibration, case .crossEntropy = loss.formula { return }
        guard self != .calibration else {
            throw ConfigError(node.place, "'calibration' wants the softmax of cross_entropy as its loss")
        }
    }

    /// What it is of a model on one test set.
    func value(of metrics: ModelMetrics) -> JSONValue {
        if let classes = metrics.classes {
            let all = 0..<classes.classes
            switch self {
            case .top(let places): return .number(classes.top(places))
            case .calibration: return .number(classes.calibrationError)
            case .perClass:
                return .list(
                    all.map { label in
                        .object([
                            "recall": .rate(classes.recall(label)),
                            "precision": .rate(classes.precision(label)),
                        ])
                    })
            case .confusion:
                return .list(
                    all.map { label in
                        .list(all.map { .whole(classes.confusion[label * classes.classes + $0]) })
                    })
            case .psnr, .inputPSNR: break
            }
        }
        switch self {
        case .psnr: return metrics.samples.map { .number($0.peakSignalToNoise) } ?? .null
        case .inputPSNR: return metrics.inputs.map { .number($0.peakSignalToNoise) } ?? .null
        case .top, .calibration, .perClass, .confusion: return .null
        }
    }
}

extension JSONValue {
    /// A share; null where there is nothing to have a share of.
    fileprivate static func rate(_ value: Double) -> JSONValue { value.isNaN ? .null : .number(value) }
}
