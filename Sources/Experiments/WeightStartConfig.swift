import Training

extension WeightStart: ConfigValue {
    private enum Name: String, CaseIterable {
        case glorotUniform = "glorot_uniform"
        case glorotNormal = "glorot_normal"
        case heUniform = "he_uniform"
        case heNormal = "he_normal"
        case lecunNormal = "lecun_normal"
        case orthogonal, normal
        case truncatedNormal = "truncated_normal"
        case zeros
    }

    private enum Deviating: String, CaseIterable {
        case normal
        case truncatedNormal = "truncated_normal"
    }

    /// A name, or one of a normal distribution with its deviation: `{ truncated_normal: 0.02 }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            let name = try node.word(among: Name.allCases.map(\.rawValue))
            self =
                switch try Name(name, kind: "initialisation", place: node.place) {
                case .glorotUniform: .glorotUniform
                case .glorotNormal: .glorotNormal
                case .heUniform: .heUniform
                case .heNormal: .heNormal
                case .lecunNormal: .lecunNormal
                case .orthogonal: .orthogonal
                case .normal: .normal(0.02)
                case .truncatedNormal: .truncatedNormal(0.02)
                case .zeros: .zeros
                }
            return
        }
        var table = try node.table()
        let (name, entry) = try table.takeOnly(kind: "distribution", as: Deviating.self)
        try table.finish()
        let deviation: Double = try entry.value.value(in: 1e-9...1e3)
        self = name == .normal ? .normal(deviation) : .truncatedNormal(deviation)
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        func named(_ name: Name) -> ConfigNode { .string(name.rawValue) }
        return switch self {
        case .glorotUniform: named(.glorotUniform)
        case .glorotNormal: named(.glorotNormal)
        case .heUniform: named(.heUniform)
        case .heNormal: named(.heNormal)
        case .lecunNormal: named(.lecunNormal)
        case .orthogonal: named(.orthogonal)
        case .normal(let deviation): .table([Deviating.normal.rawValue: .number(deviation)])
        case .truncatedNormal(let deviation):
            .table([Deviating.truncatedNormal.rawValue: .number(deviation)])
        case .zeros: named(.zeros)
        }
    }
}
