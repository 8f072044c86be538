/// Refuses, before Lua sees it, what rule M20 does not allow.
///
/// - Sources that are too long: Lua compiles with no hook, and some forms take it quadratic time.
/// - Compiled code: the interpreter trusts it.
/// - More than 64 fields in a row (`t.t.t…`): to name the value in an error, Lua 5.4.4 recurses once for each, and
///   a long chain costs it megabytes of stack and a second that nothing can interrupt.
/// - More than 256 operators in a row: the compiler's quadratic time again.
func checkSource(_ source: String, file: String, limit: Int) throws(LuaError) {
    func refuse(_ what: String, line: Int = 0, instead: String? = nil) -> LuaError {
        LuaError(kind: .load, code: "M20", file: file, line: line, what: what, instead: instead)
    }
    let count = source.utf8.count
    if source.utf8.first == 0x1b { throw refuse("this is compiled Lua; plugins must be source text.") }
    if count > limit { throw refuse("\(grouped(count)) bytes; plugins may have \(grouped(limit)).") }
    switch longestChain(in: source) {
    case .fields(let line):
        throw refuse(
            "more than \(ChainScanner.longestFields) fields in a row.", line: line,
            instead: "local part = a.b.c, then part.d.")
    case .operators(let line):
        throw refuse(
            "more than \(ChainScanner.longestOperators) operators in a row.", line: line,
            instead: "a loop over a table.")
    case nil:
        return
    }
}

/// A chain that is too long, with the line where it becomes so.
enum LongChain: Equatable {
    case fields(line: Int)
    case operators(line: Int)
}

func longestChain(in source: String) -> LongChain? {
    var tokens = LuaTokens(source)
    var scanner = ChainScanner()
    while let token = tokens.next() {
        if let chain = scanner.take(token, line: tokens.line) { return chain }
    }
    return nil
}

/// Follows the expressions of a token stream just closely enough to count chains. What it cannot tell apart, it
/// counts as one chain: it may refuse too much, never too little.
struct ChainScanner {
    static let longestFields = 64
    static let longestOperators = 256

    /// The expression at hand between two brackets, or in a block.
    private struct Level {
        var fields = 0
        var operators = 0
        /// Whether the last token ended an operand, so that a bracket continues it.
        var isAfterOperand = false
        var isAfterDot = false
        /// What opened the next level, and whether it continues an operand of this one.
        var opener = ""
        var continuesOperand = false
    }

    private var level = Level()
    private var outer: [Level] = []

    mutating func take(_ token: LuaTokens.Token, line: Int) -> LongChain? {
        switch token {
        case .name: takeName()
        case .string: level.isAfterOperand ? endCall() : startOperand()
        case .number: startOperand()
        case .symbol(let text): takeSymbol(text)
        }
        if level.fields > Self.longestFields { return .fields(line: line) }
        if level.operators > Self.longestOperators { return .operators(line: line) }
        return nil
    }

    private mutating func takeName() {
        if level.isAfterDot {
            level.isAfterDot = false
            level.isAfterOperand = true
            level.fields += 1
        } else {
            startOperand()
        }
    }

    private mutating func takeSymbol(_ text: String) {
        switch text {
        case ".", ":": level.isAfterDot = true
        case "nil", "true", "false", "...": startOperand()
        case "(", "[", "{", "function", "do", "if", "repeat": open(text)
        case ")", "]", "}", "end", "until": close()
        case "and", "or", "not", "+", "-", "*", "/", "//", "%", "^", "#", "&", "|", "~", "<<", ">>", "..",
            "<", ">",
            "<=", ">=", "==", "~=":
            level.operators += 1
            level.fields = 0
            level.isAfterOperand = false
        default: level = Level()  // a comma, an assignment, a keyword: a new expression
        }
    }

    /// An operand straight after another begins a new statement.
    private mutating func startOperand() {
        if level.isAfterOperand { level.operators = 0 }
        level.fields = 0
        level.isAfterOperand = true
    }

    /// A call's result has no name, so the chain of fields ends.
    private mutating func endCall() {
        level.fields = 0
        level.isAfterOperand = true
    }

    private mutating func open(_ opener: String) {
        let isBracket = opener == "(" || opener == "[" || opener == "{"
        if !isBracket && level.isAfterOperand { level = Level() }
        level.opener = opener
        level.continuesOperand = isBracket && level.isAfterOperand
        outer.append(level)
        level = Level()
    }

    private mutating func close() {
        let inner = level
        guard let opened = outer.popLast() else { return level = Level() }  // Lua will refuse it
        level = opened
        switch opened.opener {
        case "(" where !opened.continuesOperand:
            level.fields = inner.fields  // (t.t).t is one chain
            level.isAfterOperand = true
        case "[" where opened.continuesOperand:
            level.fields += 1
            level.isAfterOperand = true
        case "(", "{", "function": endCall()
        default: level = Level()
        }
    }
}
