import LuaRuntime

/// Finds, in a plugin's source, traced values that Lua is asked the truth of (rule M08).
///
/// Lua itself calls nobody for `if tensor` or `tensor == 0`. Only what is plain to see is refused: masks straight from a
/// method (`x:lt(…)`, `rng:bernoulli(…)`), and the first parameter of `apply` or `make` where nothing assigns to it. The
/// source must be one that Lua takes, which bounds how deep its brackets nest and so the time that this takes.
struct TruthLint {
    struct Mistake: Equatable {
        var line: Int
        var what: String
        var instead: String

        func error(source: String, file: String) -> LuaError {
            var error = LuaError(
                kind: .load, code: "M08", file: file, line: line, what: what, instead: instead)
            let lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            if lines.indices.contains(line - 1) { error.sourceLine = String(lines[line - 1].prefix(160)) }
            return error
        }
    }

    private static let maskMethods: Set = ["lt", "le", "gt", "ge", "eq", "ne", "any", "all", "bernoulli"]
    /// After these a new expression begins.
    private static let starts: Set = ["if", "elseif", "while", "return", "=", "(", ",", "{", "not", "until"]
    /// These go on with the operand before them.
    private static let suffixes: Set = [".", ":", "[", "(", "{"]
    /// Tokens of a list that are looked at on either side of a name: long tables must not take quadratic time.
    private static let longestList = 100
    private static let never = "a tensor is never false in Lua"

    private var tokens: [LuaTokens.Token] = []
    private var lines: [Int] = []

    init(_ source: String) {
        var scanner = LuaTokens(source)
        while let token = scanner.next() {
            tokens.append(token)
            lines.append(scanner.line)
        }
    }

    /// The first one in the source.
    var mistake: Mistake? {
        let own = ownNames
        let found = tokens.indices.compactMap { maskMistake(at: $0, except: own) ?? inputMistake(at: $0) }
        return found.min { $0.line < $1.line }
    }

    private func symbol(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .symbol(let text) = tokens[place] else { return nil }
        return text
    }

    private func name(_ place: Int) -> String? {
        guard tokens.indices.contains(place), case .name(let text) = tokens[place] else { return nil }
        return text
    }

    /// Whether what stands here goes on with the operand before it.
    private func continues(_ place: Int) -> Bool {
        guard tokens.indices.contains(place) else { return false }
        return tokens[place] == .string || symbol(place).map(Self.suffixes.contains) == true
    }

    private func isStart(_ place: Int) -> Bool { symbol(place).map(Self.starts.contains) == true }

    // MARK: Masks from methods

    /// Names that the file uses for something of its own: a method of that name may give anything.
    private var ownNames: Set<String> {
        var own: Set<String> = []
        for place in tokens.indices {
            guard let name = name(place) else { continue }
            let isCall = symbol(place - 1) == ":" && symbol(place - 3) != "function"
            let isOurs = symbol(place - 1) == "." && self.name(place - 2) == "mottle"
            if !isCall && !isOurs { own.insert(name) }
        }
        return own
    }

    /// A mask's method called here, and its truth asked for.
    private func maskMistake(at place: Int, except own: Set<String>) -> Mistake? {
        guard let method = name(place), Self.maskMethods.contains(method), !own.contains(method),
            symbol(place - 1) == ":", symbol(place + 1) == "(", let end = closing(place + 1),
            !continues(end + 1)
        else { return nil }
        // Where the object is a name, what stands before it is what uses the result.
        let before = name(place - 2) != nil ? place - 3 : -1
        let shown = "\(name(place - 2) ?? "x"):\(method)(…)"
        if symbol(before) == "not" { return notMistake(shown, at: before) }
        switch symbol(end + 1) {
        case "then": return branchMistake("if", shown, at: end + 1, instead: "mottle.where(\(shown), a, b)")
        case "do" where lastLoop(before: place) == "while":
            return branchMistake("while", shown, at: end + 1, instead: "mottle.where(\(shown), a, b)")
        case "and": return chainMistake("and", shown, at: end + 1)
        case "or" where isStart(before): return chainMistake("or", shown, at: end + 1)
        default: return nil
        }
    }

    /// The place of the bracket that closes the one here.
    private func closing(_ place: Int) -> Int? {
        var depth = 0
        for place in place..<tokens.count {
            switch symbol(place) {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            if depth == 0 { return place }
        }
        return nil
    }

    private func lastLoop(before place: Int) -> String? {
        tokens[..<place].indices.reversed().lazy.compactMap(symbol).first { $0 == "while" || $0 == "for" }
    }

    // MARK: The first parameter

    /// The first parameter of `apply` or `make`, whose function begins here, and its truth asked for.
    private func inputMistake(at place: Int) -> Mistake? {
        guard name(place) == "apply" || name(place) == "make", symbol(place + 1) == "=",
            symbol(place + 2) == "function", symbol(place + 3) == "(", let input = name(place + 4),
            let bodyStart = closing(place + 3), let bodyEnd = end(ofFunctionAt: place + 2)
        else { return nil }
        let uses = (bodyStart..<bodyEnd).filter {
            name($0) == input && symbol($0 - 1) != "." && symbol($0 - 1) != ":"
        }
        guard !uses.contains(where: isAssigned) else { return nil }
        return uses.lazy.compactMap { inputMistake(input, usedAt: $0) }.first
    }

    private func inputMistake(_ input: String, usedAt place: Int) -> Mistake? {
        let (before, after) = (symbol(place - 1), symbol(place + 1))
        guard !continues(place + 1) else { return nil }
        for (sign, constant, method) in [("==", "false", "eq"), ("~=", "true", "ne")] {
            let isLeft = after == sign && symbol(place + 2) != "nil"
            let isRight = before == sign && symbol(place - 2) != "nil"
            guard isLeft || isRight else { continue }
            let shown = isLeft ? "\(input) \(sign) …" : "… \(sign) \(input)"
            return Mistake(
                line: lines[place], what: "'\(shown)' is always \(constant) for a tensor",
                instead: "\(input):\(method)(…) gives a mask")
        }
        if before == "not" { return notMistake(input, at: place - 1) }
        let instead = "mottle.where(\(input):gt(0.5), a, b); \(input) ~= nil asks whether it is given"
        switch (before, after) {
        case ("if", "then"), ("elseif", "then"):
            return branchMistake("if", input, at: place, instead: instead)
        case ("while", "do"): return branchMistake("while", input, at: place, instead: instead)
        case (_, "and") where isStart(place - 1): return chainMistake("and", input, at: place)
        case (_, "or") where isStart(place - 1): return chainMistake("or", input, at: place)
        default: return nil
        }
    }

    /// Whether the name here is assigned or declared anew; rather too often yes.
    private func isAssigned(_ place: Int) -> Bool {
        // `x = …`, `x, y = …`, `for y, x in …`
        var next = place + 1
        while symbol(next) == ",", name(next + 1) != nil {
            next += 2
            if next > place + Self.longestList { return true }
        }
        if symbol(next) == "=" || symbol(next) == "in" { return true }
        // `local x`, `local y, x`, `function(y, x)`, `function t.f(y, x)`
        var first = place
        while symbol(first - 1) == ",", name(first - 2) != nil {
            first -= 2
            if first < place - Self.longestList { return true }
        }
        guard symbol(first - 1) == "(" else { return symbol(first - 1) == "local" }
        var opener = first - 2
        while name(opener) != nil || symbol(opener) == "." || symbol(opener) == ":" { opener -= 1 }
        return symbol(opener) == "function"
    }

    /// The place of the `end` of the function whose keyword is here.
    private func end(ofFunctionAt place: Int) -> Int? {
        var depth = 0
        for place in place..<tokens.count {
            switch symbol(place) {
            case "function", "do", "if", "repeat": depth += 1
            case "end", "until": depth -= 1
            default: break
            }
            if depth == 0 { return place }
        }
        return nil
    }

    // MARK: Messages

    private func branchMistake(
        _ keyword: String, _ shown: String, at place: Int, instead: String
    ) -> Mistake {
        let result = keyword == "if" ? "always takes the first branch" : "never ends"
        return Mistake(
            line: lines[place], what: "'\(keyword) \(shown)' \(result): \(Self.never)", instead: instead)
    }

    private func chainMistake(_ keyword: String, _ shown: String, at place: Int) -> Mistake {
        let (side, sign) = keyword == "and" ? ("right", "&") : ("left", "|")
        return Mistake(
            line: lines[place],
            what: "'\(shown) \(keyword) …' is always its \(side) side: \(Self.never)",
            instead: "a \(sign) b for masks")
    }

    private func notMistake(_ shown: String, at place: Int) -> Mistake {
        Mistake(
            line: lines[place], what: "'not \(shown)' is always false: \(Self.never)",
            instead: "~a for a mask")
    }
}
