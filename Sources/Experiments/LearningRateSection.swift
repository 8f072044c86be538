import Training

extension LearningRateSchedule {
    /// `cosine`, or another's name, or one of them with its settings: `cosine: { warm_up: { epochs: 1 } }`.
    ///
    /// - Parameter epochs: of the whole training.
    init(_ node: ConfigNode, epochs: Int) throws(ConfigError) {
        try self.init(node)
        if case .epochs(let warmUp) = warmUp, warmUp > Double(epochs), !node.isProbe {
            throw ConfigError(
                node.place, "'warm_up' takes \(warmUp) epochs, but training has only \(epochs)")
        }
    }

    private init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            // `step` alone says too little; where it stands, the reader asks for what is missing.
            let word = try node.word(among: Kind.allCases.filter { $0 != .step }.map(\.rawValue))
            try self.init(
                Kind(word, kind: "schedule", place: node.place),
                settings: ConfigNode(.nothing, place: node.place, path: node.path, name: word))
            return
        }
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(
            naming: "one schedule, for instance cosine", kind: "schedule", as: Kind.self)
        try table.finish()
        try self.init(kind, settings: entry.value)
    }

    private enum Kind: String, CaseIterable {
        case constant, step, cosine
        case oneCycle = "one_cycle"
    }

    private init(_ kind: Kind, settings: ConfigNode) throws(ConfigError) {
        self.init()
        var table = try settings.table()
        switch kind {
        case .constant: break
        case .step:
            var factor = 0.1
            try table.read("factor", into: &factor, in: 0...1)
            course = .step(factor: factor, every: try table.requireNode("every").span(from: 1))
        case .cosine:
            var end = 0.0
            try table.read("end", into: &end, in: 0...1)
            course = .cosine(end: end)
        case .oneCycle:
            var (start, rise, end) = (0.04, 0.3, 4e-6)
            try table.read("start", into: &start, in: 0...1)
            try table.read("rise", into: &rise, in: 0...1)
            try table.read("end", into: &end, in: 0...1)
            course = .oneCycle(start: start, rise: rise, end: end)
        }
        // One cycle rises by itself.
        if kind != .oneCycle, let node = table.take("warm_up") { warmUp = try node.span(from: 0) }
        try table.finish()
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        let warmUp: ConfigEntry = ConfigEntry("warm_up", warmUp.node)
        switch course {
        case .constant: return .table(["constant": ConfigNode(.table([warmUp]))])
        case .step(let factor, let every):
            let settings = [ConfigEntry("factor", .number(factor)), ConfigEntry("every", every.node), warmUp]
            return .table(["step": ConfigNode(.table(settings))])
        case .cosine(let end):
            return .table(["cosine": ConfigNode(.table([ConfigEntry("end", .number(end)), warmUp]))])
        case .oneCycle(let start, let rise, let end):
            let settings: ConfigNode = .table([
                "start": .number(start), "rise": .number(rise), "end": .number(end),
            ])
            return .table(["one_cycle": settings])
        }
    }
}

extension ConfigNode {
    /// `{ epochs: 1.5 }` or `{ steps: 500 }`; steps count at least `from`, and epochs are above 0 where that is 1.
    fileprivate func span(from: Int) throws(ConfigError) -> TrainingSpan {
        var table = try table()
        let (unit, entry) = try table.takeOnly(kind: "'\(name)'", as: SpanUnit.self)
        try table.finish()
        switch unit {
        case .epochs: return .epochs(try entry.value.value(in: (from == 0 ? 0 : 1e-6)...1e9))
        case .steps: return .steps(try entry.value.value(in: from...))
        }
    }
}

private enum SpanUnit: String, CaseIterable { case epochs, steps }

extension TrainingSpan {
    fileprivate var node: ConfigNode {
        switch self {
        case .epochs(let epochs): .table(["epochs": .number(epochs)])
        case .steps(let steps): .table(["steps": .whole(steps)])
        }
    }
}
