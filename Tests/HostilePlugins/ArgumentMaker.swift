import Generators

/// Small numbers from a seed: SplitMix64 (Steele, Lea & Flood 2014).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() >> 33) % count }

    mutating func one(in count: Int) -> Bool { below(count) == 0 }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

/// Writes arguments for operations: mostly what the manual asks for, at times anything.
struct ArgumentMaker {
    var dice: Dice
    /// The plugin's axes, without N.
    var letters: [String]
    /// One of how many arguments is anything.
    var wildness: Int

    /// What breaks code that was not thought through.
    static let odd = [
        "nil", "true", "false", "{}", "''", "'text'", "'HW'", "'NHWC'", "'N'", "'Q'", "'HH'", "'\\255'",
        "'\\0'", "'é'",
        "('x'):rep(5000)", "-1", "0", "-0.0", "0 / 0", "1 / 0", "-1 / 0", "2 ^ 63", "-2 ^ 63", "1e300",
        "1e-320", "0.5",
        "math.maxinteger", "math.mininteger", "1 << 24", "1 << 31", "1 << 53", "65537", "function() end",
        "function(v) return v end", "error", "rng", "p", "x", "mottle", "math", "x.abs", "{ 1, 2 }",
        "{ a = 1 }",
        "{ 'N', 3 }", "{ 'N', 'H', 2 }", "{ { 1, 2 }, { 3, 4 } }", "{ [5] = 1 }", "{ H = 2 }",
        "{ H = x, W = x }", "{ x }",
        "rng:partner(x).id", "x.length", "x.words", "x.H", "x.low", "{ { {} } }", "loop", "T", "p.a", "p.b",
    ]
    private static let numbers = [
        "0", "1", "2", "3", "-1", "0.5", "-2.5", "0.1", "7", "100", "1e-3", "x.high", "x.low", "-0.0",
        "0 / 0", "1 / 0", "p.a",
    ]

    mutating func tensor() -> String { "T[1 + \(dice.below(97)) % #T]" }
    mutating func mask() -> String { "M[1 + \(dice.below(97)) % #M]" }
    mutating func number() -> String { dice.pick(Self.numbers) }
    /// Plain or traced.
    mutating func value() -> String { dice.one(in: 2) ? tensor() : number() }
    mutating func whole() -> String {
        dice.pick(["1", "2", "3", "4", "5", "7", "9", "0", "8", "16", "x.H", "p.b"])
    }
    mutating func letter() -> String { letters.isEmpty ? "'H'" : "'\(dice.pick(letters))'" }

    /// For reductions: some letters.
    mutating func axes() -> String {
        let some = letters.filter { _ in dice.one(in: 2) }
        return some.isEmpty ? "nil" : "'\(some.joined())'"
    }

    /// For draws: a shape.
    mutating func shape() -> String {
        switch dice.below(5) {
        case 0: return tensor()
        case 1: return "'N'"
        case 2: return "'N\(letters.joined())'"
        case 3: return "'N\(letters.filter { _ in dice.one(in: 2) }.joined())'"
        default:
            let sizes = (0..<dice.below(4)).map { _ in dice.one(in: 2) ? whole() : letter() }
            return "{ \((["'N'"] + sizes).joined(separator: ", ")) }"
        }
    }

    mutating func list(_ count: Int) -> String {
        "{ \((0..<count).map { _ in number() }.joined(separator: ", ")) }"
    }

    private mutating func kernel() -> String {
        switch dice.below(4) {
        case 0: return "mottle.constant(\(list(dice.pick([1, 3, 5]))), \(letter()))"
        case 1: return "mottle.constant { \((0..<3).map { _ in list(3) }.joined(separator: ", ")) }"
        case 2: return "rng:uniform { 'N', 3, \(dice.pick([1, 3])) }"
        default: return tensor()
        }
    }

    private mutating func border() -> String {
        dice.pick(["nil", "'edge'", "'wrap'", "'reflect'", "0.5", "false", "rng:uniform 'N'"])
    }

    /// The body of a function for `map`.
    private mutating func body() -> String {
        dice.pick([
            "return v * 2", "return v:abs() + 1", "if v > 0.5 then return v * 0.9 end return v + 0.1",
            "return 3", "return nil",
            "return {}", "if v > 2 then error('late') end return v < 1 and v or 1", "return math.sin(v)",
            "return x",
            "n = n + 1 return v < 2 and n or 0", "return v < 0 and -v or v", "return tonumber(v)",
            "return mottle.abs(v)",
        ])
    }

    /// An argument for a word of a form.
    mutating func argument(_ word: String, of template: FormTemplate) -> String {
        if dice.one(in: wildness) { return "(\(dice.pick(Self.odd)))" }
        switch word {
        case "x", "a": return template.entry.face == .value && dice.one(in: 3) ? mask() : tensor()
        case "m": return mask()
        case "re", "im": return dice.one(in: 4) ? tensor() : "x"
        case "b", "low", "high", "c", "d", "e", "f", "q", "degrees": return value()
        case "rate", "scale", "mean": return dice.one(in: 2) ? "mottle.abs(\(value())) + 0.1" : value()
        case "shape": return dice.one(in: 2) ? "mottle.abs(\(value())) + 0.1" : number()
        case "axis": return letter()
        case "axes":
            let isShape =
                template.entry.face == .random || ["zeros", "none", "all"].contains(template.entry.name)
            return isShape && template.entry.face != .mask ? shape() : axes()
        case "n", "size", "window", "hop", "radius", "h", "w": return whole()
        case "k": return dice.one(in: 3) ? value() : whole()
        case "sigma": return dice.pick(["0", "0.5", "1.5", "rng:uniform('N')", "rng:uniform('N', 0, 2)"])
        case "border": return border()
        case "mode": return dice.pick(["nil", "'bilinear'", "'nearest'"])
        case "positions", "order", "rows", "columns":
            return dice.one(in: 2)
                ? "mottle.index(\(letter()))"
                : dice.one(in: 2) ? value() : "mottle.index(\(letter()), \(whole()))"
        case "gain": return dice.one(in: 2) ? "mottle.frequency(\(letter()))" : value()
        case "kernel": return kernel()
        default: return rest(of: template)
        }
    }

    /// For "…".
    private mutating func rest(of template: FormTemplate) -> String {
        switch template.entry.name {
        case "map": return body()
        case "reshape": return whole()
        default: return (0..<dice.below(6)).map { _ in number() }.joined(separator: ", ")
        }
    }

    /// An expression with one operation.
    mutating func expression(_ template: FormTemplate) -> String {
        if template.entry.name == "reshape", !dice.one(in: 3) {
            // Sizes whose count is right.
            let value = tensor()
            return "(function(v) return v:reshape { 'N', \(dice.pick(Self.reshapes)) } end)(\(value))"
        }
        return template.parts.map { part in
            switch part {
            case .text(let text): text
            case .word(let word): argument(word, of: template)
            }
        }.joined()
    }

    private static let reshapes = [
        "v.H * v.W * v.C", "v.W, v.H, v.C", "v.C, v.W * v.H", "v.H, v.W * v.C", "1, v.H, 1, v.W, 1, v.C",
        "v.L", "1, v.L", "v.T * v.F",
        "v.F, 1, v.T",
    ]
}
