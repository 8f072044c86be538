import LuaRuntime

/// Goes through a plugin's source once, as Lua's grammar has it, and follows which names hold traced values.
///
/// The source must be one that Lua takes: that bounds how deep its blocks and brackets nest. Nothing is run, so only what is
/// sure counts: what a function of the script returns is unknown, and so is a name that something else is assigned to.
struct SourceWalk {
    /// Questions about the truth of traced values, in the order of the source.
    var mistakes: [TruthLint.Mistake] = []
    /// The parameters that `apply` or `make` reads as `p.name`; nil where it may read any, or is not written in place.
    var readParameters: Set<String>?

    enum Kind { case unknown, none, tensor, mask, random, parameters, library }

    /// What an expression gives.
    struct Value {
        var kind = Kind.unknown
        /// How messages show it.
        var shown = "…"
        /// What its kind rests on.
        var source: Int?

        var isTraced: Bool { kind == .tensor || kind == .mask }
    }

    /// A local name, of which there may be several with one spelling.
    struct Variable {
        var kind: Kind
        /// Those whose kind rests on its own.
        var dependents: [Int] = []
        /// Whether it may hold something else.
        var isDoubtful = false
    }

    static let maskMethods: Set = ["lt", "le", "gt", "ge", "eq", "ne", "any", "all", "bernoulli"]
    static let tracedFunctions = Set(
        TraceFunctions.all.filter { $0.face == .function }.map(\.luaName))
    static let draws = Set(TraceFunctions.all.filter { $0.face == .random }.map(\.luaName))
        .subtracting(["partner"])
    static let precedence: [String: (left: Int, right: Int)] = [
        "or": (1, 1), "and": (2, 2), "<": (3, 3), ">": (3, 3), "<=": (3, 3), ">=": (3, 3), "~=": (3, 3),
        "==": (3, 3), "|": (4, 4), "~": (5, 5), "&": (6, 6), "<<": (7, 7), ">>": (7, 7), "..": (9, 8),
        "+": (10, 10), "-": (10, 10), "*": (11, 11), "/": (11, 11), "//": (11, 11), "%": (11, 11),
        "^": (14, 13),
    ]
    static let unaryPrecedence = 12
    static let blockEnds: Set = ["end", "else", "elseif", "until"]

    var tokens: [LuaTokens.Token] = []
    var lines: [Int] = []
    var place = 0
    var variables: [Variable] = []
    var scopes: [[String: Int]] = [[:]]
    /// With what each mistake rests on.
    var found: [(mistake: TruthLint.Mistake, source: Int?)] = []
    var ownNames: Set<String> = []
    var readsAnyParameter = false

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
    var namesOfItsOwn: Set<String> {
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
    mutating func spreadDoubt() {
        var open = variables.indices.filter { variables[$0].isDoubtful }
        while let next = open.popLast() {
            for dependent in variables[next].dependents where !variables[dependent].isDoubtful {
                variables[dependent].isDoubtful = true
                open.append(dependent)
            }
        }
    }

    // MARK: Tokens

    func symbol(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .symbol(let text) = tokens[place] else { return nil }
        return text
    }

    func name(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .name(let text) = tokens[place] else { return nil }
        return text
    }

    mutating func take(_ text: String) -> Bool {
        guard symbol(place) == text else { return false }
        place += 1
        return true
    }

    mutating func takeName() -> String {
        defer { place += 1 }
        return name(place) ?? ""
    }

    // MARK: Names

    mutating func declare(_ name: String, _ value: Value) {
        variables.append(Variable(kind: value.kind))
        let new = variables.count - 1
        scopes[scopes.count - 1][name] = new
        if let source = value.source { variables[source].dependents.append(new) }
    }

    func variable(_ name: String) -> Int? {
        for scope in scopes.reversed() { if let place = scope[name] { return place } }
        return nil
    }

    mutating func assign(_ value: Value, to target: Int) {
        guard variables[target].kind != .unknown else { return }
        if value.isTraced {
            if variables[target].kind != value.kind { variables[target].kind = .tensor }
            if let source = value.source, source != target { variables[source].dependents.append(target) }
        } else {
            variables[target].isDoubtful = true
        }
    }

    // MARK: Statements

    mutating func block() {
        scopes.append([:])
        statements()
        scopes.removeLast()
    }

    mutating func statements() {
        while place < tokens.count, !(symbol(place).map(Self.blockEnds.contains) ?? false) {
            let before = place
            statement()
            if place == before { place += 1 }  // Lua takes no such source
        }
    }

    mutating func statement() {
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

    var endsBlock: Bool {
        place >= tokens.count || symbol(place).map { $0 == ";" || Self.blockEnds.contains($0) } ?? false
    }

    mutating func loop() {
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

    mutating func local() {
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

    mutating func expressionStatement() {
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
    mutating func function(_ known: [Value] = []) {
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
}
