import LuaRuntime
import Tensors

/// The kinds of generator.
package enum GeneratorKind: String, Sendable {
    /// Values in, values out; may say which it destroyed.
    case noise
    /// Says what to hide; the host fills.
    case mask
    /// Token ids in, token ids out.
    case tokens
}

/// What a plugin's file registers.
struct PluginDeclaration: Sendable {
    var kind: GeneratorKind
    var name: String
    var documentation: String
    var citation: String
    /// As written: `N...` or letters such as `NHWC`.
    var axes: String
    var parameters: [ParameterDeclaration]
    var severities: [[String: ParameterValue]]
    var identity: [String: ParameterValue]?
    var isEager: Bool
    var needsWords: Bool
    var marksMask: Bool
    var function: LuaFunction
    /// `expect`, if there is one.
    var expectation: LuaFunction?
    /// The line of the registration.
    var line: Int
}

/// Reads `mottle.noise { … }`, `mottle.mask { … }` and the parameters' constructors.
final class DeclarationReader {
    private(set) var declaration: PluginDeclaration?
    /// Parameters in the order in which their constructors ran; tables of Lua keep none.
    private var parameters: [ParameterDeclaration] = []
    private static let parameterLimit = 64
    private static let choiceLimit = 256

    /// `host.parameter(kind, fields)`: remembers the parameter and returns what stands for it in the plugin's table.
    func parameter(_ call: LuaCall) throws(LuaHostError) -> LuaValue {
        guard case .string(let kindName) = call[0] else { preconditionFailure("the prelude gives the kind") }
        let owner = "mottle.\(kindName)"
        let fields = try fields(of: call[1], owner)
        guard parameters.count < Self.parameterLimit else {
            throw LuaHostError(code: "M18", what: "more than \(Self.parameterLimit) parameters")
        }
        try refuseUnknown(
            fields,
            known: ["default", "min", "max", "unit", "doc", "optional"]
                + (kindName == "number" || kindName == "integer" ? ["plain"] : [])
                + (kindName == "choice" || kindName == "list" ? ["of"] : []),
            owner)
        var parameter = ParameterDeclaration(name: "", kind: try kind(kindName, fields), line: call.line)
        parameter.minimum = try number(fields["min"], "\(owner): 'min'")
        parameter.maximum = try number(fields["max"], "\(owner): 'max'")
        if let minimum = parameter.minimum, let maximum = parameter.maximum, minimum > maximum {
            throw LuaHostError(
                code: "M03",
                what: "\(owner): 'min' is \(formatted(minimum)), above 'max', which is \(formatted(maximum))")
        }
        parameter.documentation = try text(fields["doc"], "\(owner): 'doc'") ?? ""
        parameter.unit = try unit(fields["unit"], owner)
        parameter.isOptional = try flag(fields["optional"], "\(owner): 'optional'") ?? false
        parameter.isPlain = try flag(fields["plain"], "\(owner): 'plain'") ?? false
        if let value = fields["default"] {
            guard let value = parameterValue(value) else {
                throw LuaHostError(code: "M03", what: "\(owner): a default must be a plain value")
            }
            parameter.defaultValue = value
        }
        parameters.append(parameter)
        return .table(list: [], fields: ["parameter": .integer(parameters.count - 1)])
    }

    /// `host.register(kind, fields)`.
    func register(_ call: LuaCall) throws(LuaHostError) -> LuaValue {
        guard case .string(let kindName) = call[0], let kind = GeneratorKind(rawValue: kindName) else {
            preconditionFailure("the prelude gives the kind")
        }
        let owner = "mottle.\(kindName)"
        guard declaration == nil else {
            throw LuaHostError(
                code: "M01",
                what: "\(owner): this file has registered a generator already; a plugin is one generator")
        }
        let fields = try fields(of: call[1], owner)
        let entry = kind == .mask ? "make" : "apply"
        // The prelude adds how many parameters the function has.
        try refuseUnknown(
            fields.filter { $0.key != "arity" },
            known: [
                "name", "doc", "source", "axes", "params", "severities", "identity", "expect", "eager",
                "needs",
                entry,
            ], owner)
        guard case .function(let function) = fields[entry] else {
            throw LuaHostError(
                code: "M02", what: "\(owner): '\(entry)' must be a function",
                instead: "\(entry) = function(x, p, rng) … end")
        }
        guard let name = try text(fields["name"], "\(owner): 'name'"), Self.isName(name) else {
            throw LuaHostError(
                code: "M02", what: "\(owner): 'name' must be a name of letters, digits and '_'",
                instead: "name = \"my_noise\"")
        }
        let isEager = try flag(fields["eager"], "\(owner): 'eager'") ?? false
        let arity = fields["arity"]?.plainNumber ?? 0
        if isEager && kind == .mask && arity < 4 {
            throw LuaHostError(
                code: "M02", what: "\(owner): an eager mask sets a fourth parameter",
                instead: "make = function(x, p, rng, hidden) … hidden:set(row, column, true) … end")
        }
        let parameters = try parameterList(fields["params"] ?? .table(list: [], fields: [:]), kind, owner)
        declaration = PluginDeclaration(
            kind: kind, name: name, documentation: try text(fields["doc"], "\(owner): 'doc'") ?? "",
            citation: try text(fields["source"], "\(owner): 'source'") ?? "",
            axes: try axes(fields["axes"], owner), parameters: parameters,
            severities: try severities(fields["severities"], parameters, owner),
            identity: try fields["identity"].map { value throws(LuaHostError) in
                try values(value, of: parameters, "\(owner): 'identity'")
            },
            isEager: isEager, needsWords: try needsWords(fields["needs"], kind, owner),
            marksMask: isEager && arity >= 4, function: function,
            expectation: try expectation(fields["expect"], owner), line: call.line)
        return .none
    }

    private func needsWords(
        _ value: LuaValue?, _ kind: GeneratorKind, _ owner: String
    ) throws(LuaHostError) -> Bool {
        guard let need = try text(value, "\(owner): 'needs'") else { return false }
        guard kind == .tokens, need == "words" else {
            throw LuaHostError(
                code: "M02", what: "\(owner): 'needs' can only be \"words\", and only of mottle.tokens")
        }
        return true
    }

    private func expectation(
        _ value: LuaValue?, _ owner: String
    ) throws(LuaHostError) -> LuaFunction? {
        switch value {
        case nil: return nil
        case .function(let function): return function
        default:
            throw LuaHostError(
                code: "M02", what: "\(owner): 'expect' must be a function",
                instead: "expect = function(p, x) return { mean = 0, variance = p.sigma ^ 2 } end")
        }
    }

    private func severities(
        _ value: LuaValue?, _ parameters: [ParameterDeclaration], _ owner: String
    ) throws(LuaHostError) -> [[String: ParameterValue]] {
        guard let value else { return [] }
        guard case .table(let list, let fields) = value, fields.isEmpty, list.count == 5 else {
            throw LuaHostError(
                code: "M02",
                what: "\(owner): 'severities' must list five tables of parameters, the mildest first",
                instead: "severities = { { sigma = 0.1 }, … }")
        }
        var levels: [[String: ParameterValue]] = []
        for level in list { levels.append(try values(level, of: parameters, "\(owner): 'severities'")) }
        return levels
    }

    /// Values for some of the parameters, checked against their declarations.
    private func values(
        _ value: LuaValue, of parameters: [ParameterDeclaration], _ owner: String
    ) throws(LuaHostError) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        for (name, value) in try fields(of: value, owner).sorted(by: { $0.key < $1.key }) {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                throw LuaHostError(
                    code: "M03",
                    what: "\(owner): there is no param '\(name)'"
                        + (Suggestion.nearest(name, among: parameters.map(\.name)).map {
                            " (did you mean '\($0)'?)"
                        }
                            ?? ""))
            }
            guard let plain = parameterValue(value) else {
                throw LuaHostError(code: "M03", what: "\(owner): '\(name)' must be a plain value")
            }
            if let problem = parameter.problem(with: .value(plain)) {
                throw LuaHostError(code: "M03", what: "\(owner): \(problem)")
            }
            values[name] = plain
        }
        return values
    }

    private func parameterList(
        _ value: LuaValue, _ kind: GeneratorKind, _ owner: String
    ) throws(LuaHostError) -> [ParameterDeclaration] {
        var placed: [(place: Int, parameter: ParameterDeclaration)] = []
        for (name, value) in try fields(of: value, "\(owner): 'params'").sorted(by: { $0.key < $1.key }) {
            // A script can write such a table itself, with any number.
            guard case .table(_, let fields) = value, case .integer(let place) = fields["parameter"],
                parameters.indices.contains(place)
            else {
                throw LuaHostError(
                    code: "M03", what: "\(owner): param '\(name)' has no type",
                    instead: "\(name) = mottle.number { default = 0.1 }")
            }
            guard Self.isName(name) else {
                throw LuaHostError(
                    code: "M03",
                    what: "\(owner): a param's name must have letters, digits and '_', got '\(name)'",
                    instead: "sigma = mottle.number { default = 0.1 }")
            }
            guard !placed.contains(where: { $0.place == place }) else {
                throw LuaHostError(
                    code: "M03", what: "\(owner): param '\(name)' shares its type with another one",
                    instead: "\(name) = mottle.number { default = 0.1 }")
            }
            if name == "severity" {
                throw LuaHostError(
                    code: "M03",
                    what: "\(owner): the param name 'severity' is taken: configs choose a level by it",
                    instead: "severities = { { … }, … } with five levels")
            }
            var parameter = parameters[place]
            parameter.name = name
            // A strength without a unit is a share of the data's range where it is added to data.
            if parameter.unit == nil, parameter.kind == .number || parameter.kind == .interval {
                parameter.unit = kind == .noise ? .range : .ratio
            }
            if let value = parameter.defaultValue, let problem = parameter.problem(with: .value(value)) {
                throw LuaHostError(
                    code: "M03", what: "line \(parameter.line): the default of param \(problem)")
            }
            placed.append((place, parameter))
        }
        return placed.sorted { $0.place < $1.place }.map(\.parameter)
    }

    private func kind(
        _ name: String, _ fields: [String: LuaValue]
    ) throws(LuaHostError) -> ParameterDeclaration.Kind {
        switch name {
        case "number": return .number
        case "integer": return .integer
        case "boolean": return .boolean
        case "range": return .interval
        case "list":
            switch fields["of"] {
            case nil, .string("number"): return .list(isWhole: false)
            case .string("integer"): return .list(isWhole: true)
            default:
                throw LuaHostError(
                    code: "M03", what: "mottle.list: 'of' must be \"integer\" or \"number\"")
            }
        default:
            guard case .table(let list, _) = fields["of"], !list.isEmpty else {
                throw LuaHostError(
                    code: "M03", what: "mottle.choice: 'of' must list the names",
                    instead: "of = { \"a\", \"b\" }")
            }
            guard list.count <= Self.choiceLimit else {
                throw LuaHostError(
                    code: "M18",
                    what: "mottle.choice: 'of' may list \(Self.choiceLimit) names, got \(list.count)")
            }
            var names: [String] = []
            for value in list {
                guard case .string(let name) = value else {
                    throw LuaHostError(code: "M03", what: "mottle.choice: 'of' must list names in quotes")
                }
                guard name.utf8.count <= 64 else {
                    throw LuaHostError(
                        code: "M18", what: "mottle.choice: a name may have 64 bytes, got \(name.utf8.count)")
                }
                names.append(name)
            }
            return .choice(names)
        }
    }

    private func axes(_ value: LuaValue?, _ owner: String) throws(LuaHostError) -> String {
        let axes = try text(value, "\(owner): 'axes'") ?? "N..."
        let letters = axes.hasSuffix("...") ? String(axes.dropLast(3)) : axes
        guard letters.first == "N", letters.allSatisfy({ $0.isASCII && $0.isUppercase }),
            Set(letters).count == letters.count,
            letters == axes || letters == "N"
        else {
            throw LuaHostError(
                code: "M12",
                what:
                    "\(owner): 'axes' must be N and a letter for each axis of a sample, or N... for any, got '\(axes)'",
                instead: "axes = \"NHWC\"")
        }
        guard letters.count <= 1 + Tracer.axisLimit else {
            throw LuaHostError(
                code: "M12",
                what: "\(owner): 'axes' may name \(Tracer.axisLimit) axes of a sample, got '\(axes)'")
        }
        return axes
    }

    private func unit(_ value: LuaValue?, _ owner: String) throws(LuaHostError) -> ParameterUnit? {
        guard let name = try text(value, "\(owner): 'unit'") else { return nil }
        guard let unit = ParameterUnit(rawValue: name) else {
            let known = ParameterUnit.allCases.map(\.rawValue).joined(separator: ", ")
            throw LuaHostError(code: "M03", what: "\(owner): unknown unit '\(name)'; units are \(known)")
        }
        return unit
    }

    private func refuseUnknown(
        _ fields: [String: LuaValue], known: [String], _ owner: String
    ) throws(LuaHostError) {
        guard let unknown = fields.keys.sorted().first(where: { !known.contains($0) }) else { return }
        let near = Suggestion.nearest(unknown, among: known)
        let hint =
            near.map { " (did you mean '\($0)'?)" } ?? "; its fields are \(known.joined(separator: ", "))"
        throw LuaHostError(code: "M02", what: "\(owner): unknown field '\(unknown)'\(hint)")
    }

    private func fields(of value: LuaValue, _ owner: String) throws(LuaHostError) -> [String: LuaValue] {
        guard case .table(let list, let fields) = value, list.isEmpty else {
            throw LuaHostError(
                code: "M02", what: "\(owner) wants a table with named fields, such as { name = value }")
        }
        return fields
    }

    private func text(_ value: LuaValue?, _ owner: String) throws(LuaHostError) -> String? {
        switch value {
        case nil: return nil
        case .string(let text) where text.utf8.count <= 4096: return text
        default: throw LuaHostError(code: "M02", what: "\(owner) must be a text of up to 4,096 bytes")
        }
    }

    private func number(_ value: LuaValue?, _ owner: String) throws(LuaHostError) -> Double? {
        switch value {
        case nil: return nil
        case .integer(let number): return Double(number)
        case .number(let number) where number.isFinite: return number
        default: throw LuaHostError(code: "M03", what: "\(owner) must be a finite number")
        }
    }

    private func flag(_ value: LuaValue?, _ owner: String) throws(LuaHostError) -> Bool? {
        switch value {
        case nil: return nil
        case .boolean(let flag): return flag
        default: throw LuaHostError(code: "M03", what: "\(owner) must be true or false")
        }
    }

    private func parameterValue(_ value: LuaValue) -> ParameterValue? {
        switch value {
        case .integer(let number): .number(Double(number))
        case .number(let number): .number(number)
        case .boolean(let flag): .boolean(flag)
        case .string(let name): .choice(name)
        case .table(let list, let fields) where fields.isEmpty:
            list.contains { $0.plainNumber == nil } ? nil : .numbers(list.map { $0.plainNumber! })
        default: nil
        }
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 64
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
