extension SourceWalk {
    mutating func expressions() -> [Value] {
        var values = [expression()]
        while take(",") { values.append(expression()) }
        return values
    }

    mutating func expression(above limit: Int = 0) -> Value {
        let start = place
        var value: Value
        if let sign = symbol(place), ["not", "-", "#", "~"].contains(sign) {
            place += 1
            let operand = expression(above: Self.unaryPrecedence)
            value = operand.isTraced && (sign == "-" || sign == "~") ? operand : Value()
            if sign == "not" && operand.isTraced { note(.negation(operand.shown), operand, start) }
            if value.isTraced { value.shown = sign + operand.shown }
        } else {
            value = simple()
        }
        while let sign = symbol(place), let power = Self.precedence[sign], power.left > limit {
            place += 1
            let right = expression(above: power.right)
            value = combined(value, sign, right, start)
        }
        return value
    }

    mutating func combined(_ left: Value, _ sign: String, _ right: Value, _ start: Int) -> Value {
        switch sign {
        case "and", "or":
            if left.isTraced { note(.chain(sign, left.shown), left, start) }
            return Value()
        case "==", "~=":
            let isAsked = left.kind != .none && right.kind != .none
            if isAsked, left.isTraced {
                note(.equality(sign, left.shown, isLeft: true), left, start)
            } else if isAsked, right.isTraced {
                note(.equality(sign, right.shown, isLeft: false), right, start)
            }
            return Value()
        case "<", ">", "<=", ">=", "..": return Value()
        default:
            guard left.isTraced || right.isTraced else { return Value() }
            let (known, shown) =
                left.isTraced ? (left, "\(left.shown) \(sign) …") : (right, "… \(sign) \(right.shown)")
            return Value(
                kind: ["&", "|", "~"].contains(sign) ? .mask : .tensor, shown: "(\(shown))",
                source: known.source)
        }
    }

    mutating func simple() -> Value {
        if tokens.indices.contains(place), tokens[place] == .number || tokens[place] == .string {
            place += 1
            return Value()
        }
        switch symbol(place) {
        case "nil":
            place += 1
            return Value(kind: .none)
        case "true", "false", "...":
            place += 1
            return Value()
        case "function":
            place += 1
            function()
            return Value()
        case "{":
            table()
            return Value()
        default: return suffixed()
        }
    }

    /// A name or brackets, with fields and calls behind.
    mutating func suffixed() -> Value {
        var value = Value()
        if take("(") {
            value = expression()
            _ = take(")")
        } else if let name = name(place) {
            place += 1
            let variable = variable(name)
            value = Value(
                kind: variable.map { variables[$0].kind } ?? (name == "mottle" ? .library : .unknown),
                shown: name, source: variable)
            // Whoever gets the whole table may read any of it.
            if value.kind == .parameters, !(symbol(place) == "." && self.name(place + 1) != nil) {
                readsAnyParameter = true
            }
        } else {
            place += 1
            return value
        }
        while let next = suffix(of: value) { value = next }
        return value
    }

    mutating func suffix(of value: Value) -> Value? {
        switch symbol(place) {
        case ".":
            place += 1
            let field = takeName()
            if value.kind == .parameters { readParameters?.insert(field) }
            guard value.kind == .library, let arguments = arguments() else { return Value() }
            let traced = arguments.first { $0.isTraced }
            let isMask = field == "none" || field == "all"
            guard Self.tracedFunctions.contains(field) || traced != nil else { return Value() }
            return Value(
                kind: isMask ? .mask : .tensor, shown: "mottle.\(field)(…)",
                source: Self.tracedFunctions.contains(field) ? nil : traced?.source)
        case ":":
            place += 1
            let method = takeName()
            _ = arguments()
            return result(of: method, on: value)
        case "[":
            place += 1
            _ = expression()
            _ = take("]")
            return Value()
        default: return arguments() == nil ? nil : Value()
        }
    }

    func result(of method: String, on object: Value) -> Value {
        let shown = "\(object.shown == "…" || object.shown.contains("(") ? "x" : object.shown):\(method)(…)"
        let isMask = Self.maskMethods.contains(method)
        if object.isTraced && method != "size" || object.kind == .random && Self.draws.contains(method) {
            return Value(kind: isMask ? .mask : .tensor, shown: shown, source: object.source)
        }
        return Value(kind: isMask && !ownNames.contains(method) ? .mask : .unknown, shown: shown)
    }

    /// The arguments of a call, nil if there is none here.
    mutating func arguments() -> [Value]? {
        if tokens.indices.contains(place), tokens[place] == .string {
            place += 1
            return []
        }
        if symbol(place) == "{" {
            table()
            return []
        }
        guard take("(") else { return nil }
        if take(")") { return [] }
        let values = expressions()
        _ = take(")")
        return values
    }

    mutating func table() {
        place += 1
        while place < tokens.count, !take("}") {
            if take("[") {
                _ = expression()
                place += 2  // ] =
                _ = expression()
            } else if let field = name(place), symbol(place + 1) == "=" {
                place += 2
                if (field == "apply" || field == "make"), take("function") {
                    entry()
                } else {
                    _ = expression()
                }
            } else {
                _ = expression()
            }
            _ = take(",") || take(";")
        }
    }

    /// The function that the host calls.
    mutating func entry() {
        readParameters = readParameters ?? []
        function([Value(kind: .tensor), Value(kind: .parameters), Value(kind: .random)])
    }

    // MARK: Questions

    mutating func test(_ keyword: String) {
        let start = place
        let value = expression()
        if value.isTraced { note(.branch(keyword, value.shown, isMask: value.kind == .mask), value, start) }
    }

    mutating func note(_ question: TruthLint.Question, _ value: Value, _ start: Int) {
        found.append((TruthLint.Mistake(line: lines[start], question), value.source))
    }
}
