import LuaRuntime

/// Goes through a plugin's source once, as Lua's grammar has it, and follows which names hold traced values.
///
/// The source must be one that Lua takes: that bounds how deep its blocks and brackets nest. Nothing is run, so only what is
/// sure counts: what a function of the script returns is unknown, and so is a name that something else is assigned to.
struct SourceWalk {
    /// Questions about the truth of traced values, in the order of the source.
    private(set) var mistakes: [TruthLint.Mistake] = []
    /// The parameters that `apply` or `make` reads as `p.name`; nil where it may read any, or is not written in place.
    private(set) var readParameters: Set<String>?

    private enum Kind { case unknown, none, tensor, mask, random, parameters, library }

    /// What an expression gives.
    private struct Value {
        var kind = Kind.unknown
        /// How messages show it.
        var shown = "…"
        /// What its kind rests on.
        var source: Int?

        var isTraced: Bool { kind == .tensor || kind == .mask }
    }

    /// A local name, of which there may be several with one spelling.
    private struct Variable {
        var kind: Kind
        /// Those whose kind rests on its own.
        var dependents: [Int] = []
        /// Whether it may hold something else.
        var isDoubtful = false
    }

    private static let maskMethods: Set = ["lt", "le", "gt", "ge", "eq", "ne", "any", "all", "bernoulli"]
    private static let tracedFunctions = Set(
        TraceFunctions.all.filter { $0.face == .function }.map(\.luaName))
    private static let draws = Set(TraceFunctions.all.filter { $0.face == .random }.map(\.luaName))
        .subtracting(["partner"])
    private static let precedence: [String: (left: Int, right: Int)] = [
        "or": (1, 1), "and": (2, 2), "<": (3, 3), ">": (3, 3), "<=": (3, 3), ">=": (3, 3), "~=": (3, 3),
        "==": (3, 3), "|": (4, 4), "~": (5, 5), "&": (6, 6), "<<": (7, 7), ">>": (7, 7), "..": (9, 8),
        "+": (10, 10), "-": (10, 10), "*": (11, 11), "/": (11, 11), "//": (11, 11), "%": (11, 11),
        "^": (14, 13),
    ]
    private static let unaryPrecedence = 12
    private static let blockEnds: Set = ["end", "else", "elseif", "until"]

    private var tokens: [LuaTokens.Token] = []
    private var lines: [Int] = []
    private var place = 0
    private var variables: [Variable] = []
    private var scopes: [[String: Int]] = [[:]]
    /// With what each mistake rests on.
    private var found: [(mistake: TruthLint.Mistake, source: Int?)] = []
    private var ownNames: Set<String> = []
    private var readsAnyParameter = false

    init(_ source: String) {
        var scanner = LuaTokens(source)
        while let token = scanner.next() {
            tokens.append(token)
            lines.append(scanner.line)
        }
        ownNames = namesOfItsOwn
        while place < tokens.count {
            let before = place
            block()
            if place == before { break }
        }
        spreadDoubt()
        mistakes = found.filter { $0.source.map { !variables[$0].isDoubtful } ?? true }.map(\.mistake)
            .sorted { $0.line < $1.line }
        if readsAnyParameter { readParameters = nil }
    }

    /// Names that the file uses for something of its own: a method of that name may give anything.
    private var namesOfItsOwn: Set<String> {
        var own: Set<String> = []
        for place in tokens.indices {
            guard let name = name(place) else { continue }
            let isCall = symbol(place - 1) == ":" && symbol(place - 3) != "function"
            let isOurs = symbol(place - 1) == "." && self.name(place - 2) == "mottle"
            if !isCall && !isOurs { own.insert(name) }
        }
        return own
    }

    /// What rests on a doubtful name is doubtful, too.
    private mutating func spreadDoubt() {
        var open = variables.indices.filter { variables[$0].isDoubtful }
        while let next = open.popLast() {
            for dependent in variables[next].dependents where !variables[dependent].isDoubtful {
                variables[dependent].isDoubtful = true
                open.append(dependent)
            }
        }
    }

    // MARK: Tokens

    private func symbol(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .symbol(let text) = tokens[place] else { return nil }
        return text
    }

    private func name(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .name(let text) = tokens[place] else { return nil }
        return text
    }

    private mutating func take(_ text: String) -> Bool {
        guard symbol(place) == text else { return false }
        place += 1
        return true
    }

    private mutating func takeName() -> String {
        defer { place += 1 }
        return name(place) ?? ""
    }

    // MARK: Names

    private mutating func declare(_ name: String, _ value: Value) {
        variables.append(Variable(kind: value.kind))
        let new = variables.count - 1
        scopes[scopes.count - 1][name] = new
        if let source = value.source { variables[source].dependents.append(new) }
    }

    private func variable(_ name: String) -> Int? {
        for scope in scopes.reversed() { if let place = scope[name] { return place } }
        return nil
    }

    private mutating func assign(_ value: Value, to target: Int) {
        guard variables[target].kind != .unknown else { return }
        if value.isTraced {
            if variables[target].kind != value.kind { variables[target].kind = .tensor }
            if let source = value.source, source != target { variables[source].dependents.append(target) }
        } else {
            variables[target].isDoubtful = true
        }
    }

    // MARK: Statements

    private mutating func block() {
        scopes.append([:])
        statements()
        scopes.removeLast()
    }

    private mutating func statements() {
        while place < tokens.count, !(symbol(place).map(Self.blockEnds.contains) ?? false) {
            let before = place
            statement()
            if place == before { place += 1 }  // Lua takes no such source
        }
    }

    private mutating func statement() {
        switch symbol(place) {
        case ";", "break": place += 1
        case "::": place += 3
        case "goto": place += 2
        case "do":
            place += 1
            block()
            _ = take("end")
        case "while":
            place += 1
            test("while")
            _ = take("do")
            block()
            _ = take("end")
        case "repeat":
            place += 1
            scopes.append([:])
            statements()
            if take("until") { test("until") }
            scopes.removeLast()
        case "if":
            repeat {
                place += 1
                test("if")
                _ = take("then")
                block()
            } while symbol(place) == "elseif"
            if take("else") { block() }
            _ = take("end")
        case "for": loop()
        case "function":
            place += 1
            if let target = variable(name(place) ?? ""), symbol(place + 1) == "(" {
                variables[target].isDoubtful = true
            }
            while symbol(place) != "(", place < tokens.count { place += 1 }
            function()
        case "local": local()
        case "return":
            place += 1
            if !endsBlock { _ = expressions() }
        default: expressionStatement()
        }
    }

    private var endsBlock: Bool {
        place >= tokens.count || symbol(place).map { $0 == ";" || Self.blockEnds.contains($0) } ?? false
    }

    private mutating func loop() {
        place += 1
        var names = [takeName()]
        while take(",") { names.append(takeName()) }
        place += 1  // = or in
        _ = expressions()
        _ = take("do")
        scopes.append([:])
        for name in names { declare(name, Value()) }
        block()
        scopes.removeLast()
        _ = take("end")
    }

    private mutating func local() {
        place += 1
        if take("function") {
            declare(takeName(), Value())
            return function()
        }
        var names: [String] = []
        repeat {
            names.append(takeName())
            if symbol(place) == "<" { place += 3 }
        } while take(",")
        let values = take("=") ? expressions() : []
        for (index, name) in names.enumerated() {
            declare(name, index < values.count ? values[index] : Value())
        }
    }

    private mutating func expressionStatement() {
        var targets: [Int?] = []
        repeat {
            let start = place
            _ = suffixed()
            targets.append(place == start + 1 ? variable(name(start) ?? "") : nil)
        } while take(",")
        guard take("=") else { return }
        let values = expressions()
        for (index, target) in targets.enumerated() {
            guard let target else { continue }
            assign(index < values.count ? values[index] : Value(), to: target)
        }
    }

    /// Parameters and body, from the bracket on, with what is known of the parameters.
    private mutating func function(_ known: [Value] = []) {
        _ = take("(")
        scopes.append([:])
        var index = 0
        while place < tokens.count, !take(")") {
            if name(place) != nil {
                declare(takeName(), index < known.count ? known[index] : Value())
                index += 1
            } else {
                place += 1
            }
        }
        block()
        scopes.removeLast()
        _ = take("end")
    }

    // MARK: Expressions

    private mutating func expressions() -> [Value] {
        var values = [expression()]
        while take(",") { values.append(expression()) }
        return values
    }

    private mutating func expression(above limit: Int = 0) -> Value {
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

    private mutating func combined(_ left: Value, _ sign: String, _ right: Value, _ start: Int) -> Value {
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

    private mutating func simple() -> Value {
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
    private mutating func suffixed() -> Value {
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

    private mutating func suffix(of value: Value) -> Value? {
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

    private func result(of method: String, on object: Value) -> Value {
        let shown = "\(object.shown == "…" || object.shown.contains("(") ? "x" : object.shown):\(method)(…)"
        let isMask = Self.maskMethods.contains(method)
        if object.isTraced && method != "size" || object.kind == .random && Self.draws.contains(method) {
            return Value(kind: isMask ? .mask : .tensor, shown: shown, source: object.source)
        }
        return Value(kind: isMask && !ownNames.contains(method) ? .mask : .unknown, shown: shown)
    }

    /// The arguments of a call, nil if there is none here.
    private mutating func arguments() -> [Value]? {
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

    private mutating func table() {
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
    private mutating func entry() {
        readParameters = readParameters ?? []
        function([Value(kind: .tensor), Value(kind: .parameters), Value(kind: .random)])
    }

    // MARK: Questions

    private mutating func test(_ keyword: String) {
        let start = place
        let value = expression()
        if value.isTraced { note(.branch(keyword, value.shown, isMask: value.kind == .mask), value, start) }
    }

    private mutating func note(_ question: TruthLint.Question, _ value: Value, _ start: Int) {
        found.append((TruthLint.Mistake(line: lines[start], question), value.source))
    }
}
