import Generators
import Tensors

/// What a parameter that is no plain value is called by.
enum VaryingName: RawRepresentable, CaseIterable {
    case distribution(Distribution.Name)
    case schedule(Schedule.Name)

    static var allCases: [VaryingName] {
        Distribution.Name.allCases.map { .distribution($0) } + Schedule.Name.allCases.map { .schedule($0) }
    }

    init?(rawValue: String) {
        guard let name = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = name
    }

    var rawValue: String {
        switch self {
        case .distribution(let name): name.rawValue
        case .schedule(let name): name.rawValue
        }
    }
}

extension ParameterSetting: ConfigValue {
    /// A value, a list of numbers, a distribution such as `uniform: [low, high]`, or a schedule such as
    /// `ramp: { from:, to:, epochs: }`.
    package init(_ node: ConfigNode) throws(ConfigError) {
        if node.isTable {
            self = try Self.varying(node)
        } else if node.isList {
            self = .value(.numbers(try [Double](node)))
        } else if let flag = try? Bool(node) {
            self = .value(.boolean(flag))
        } else if let name = try? String(node) {
            self = .value(.choice(name))
        } else {
            self = .value(.number(try Double(node)))
        }
    }

    /// A distribution or a schedule.
    static func varying(_ node: ConfigNode) throws(ConfigError) -> ParameterSetting {
        try node.value(as: "varying") { node throws(ConfigError) in
            var table = try node.table()
            let (name, entry) = try table.takeOnly(kind: "distribution or schedule", as: VaryingName.self)
            try table.finish()
            return switch name {
            case .distribution(let name): .drawn(try Distribution(name, entry.value, of: node))
            case .schedule(let name): .scheduled(try Schedule(name, entry))
            }
        }
    }

    /// As the lock file spells it.
    var node: ConfigNode {
        switch self {
        case .value(.number(let number)): .number(number)
        case .value(.boolean(let flag)): .flag(flag)
        case .value(.choice(let name)): .string(name)
        case .value(.numbers(let numbers)): .list(numbers.map { .number($0) })
        case .scheduled(let schedule): schedule.node
        case .drawn(let distribution): distribution.node
        }
    }

    /// A few words for a table.
    var text: String {
        switch self {
        case .value(let value): value.description
        case .scheduled(let schedule): schedule.text
        case .drawn(let distribution): distribution.text
        }
    }
}
