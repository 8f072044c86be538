import Generators

/// A plugin out of a seed: declarations and operations of the language, right and wrong ones.
package struct PluginMaker {
    package private(set) var source = ""
    /// Sizes of a sample, mostly such that the plugin takes it.
    package private(set) var shape: [Int] = []
    /// For what else a case needs to choose.
    private var arguments: ArgumentMaker
    private var axes = ""
    /// Whether the declaration has mistakes, too.
    private var isMisdeclared = false

    /// Every way of writing every operation of the language.
    private static let templates = OperationEntry.all.flatMap { FormTemplate.all(of: $0) }
    /// Samples by the axes of plugins.
    private static let samples: [(axes: String, shapes: [[Int]])] = [
        ("NHWC", [[4, 6, 2], [3, 5, 1], [1, 1, 1], [5, 4], [16, 2, 3], [0, 3, 2], [2, 17, 1]]),
        ("NL", [[7], [16], [1], [33], [0]]), ("NTF", [[6, 5], [8, 3], [1, 9]]),
        ("N...", [[4, 6, 2], [5], [2, 3, 2, 2], [], [3, 0]]), ("NHW", [[4, 5], [8, 2]]),
        ("NHWC", [[6, 4, 3], [5, 5, 1]]),
    ]

    package init(seed: UInt64) {
        var dice = Dice(seed)
        let (axes, shapes) = dice.pick(Self.samples)
        (self.axes, shape) = (axes, dice.one(in: 30) ? [2, 2, 2, 2, 2] : dice.pick(shapes))
        let letters = axes.hasSuffix("...") ? [] : axes.dropFirst().map(String.init)
        arguments = ArgumentMaker(dice: dice, letters: letters, wildness: dice.pick([4, 12, 40]))
        isMisdeclared = arguments.dice.one(in: 6)
        source = write()
    }

    private mutating func write() -> String {
        let (isEager, kind) = (
            arguments.dice.one(in: 6), arguments.dice.pick(["noise", "noise", "noise", "mask", "tokens"])
        )
        let entry = kind == "mask" ? "make" : "apply"
        let body = isEager ? eagerBody() : tracedBody(kind)
        let fields = declaration() + (isEager ? "  eager = true,\n" : "")
        return """
            local n = 0
            local function loop() while true do end end
            mottle.\(kind) {
            \(fields)  \(entry) = function(x, p, rng\(isEager ? ", hidden" : ""))
            \(body)  end,
            }

            """
    }

    // MARK: Declarations

    private mutating func declaration() -> String {
        var lines = ["name = 'made'", "axes = '\(axes)'"]
        lines.append(
            "params = { a = \(parameter("number")), b = \(parameter("integer")), c = \(parameter(nil)) }")
        if arguments.dice.one(in: 3) { lines.append("doc = \(text())") }
        if arguments.dice.one(in: 8) { lines.append("source = \(text())") }
        if arguments.dice.one(in: 6) { lines.append("identity = \(settings())") }
        if arguments.dice.one(in: 6) {
            let count = isMisdeclared ? arguments.dice.below(7) : 5
            lines.append("severities = { \((0..<count).map { _ in settings() }.joined(separator: ", ")) }")
        }
        if arguments.dice.one(in: 6) { lines.append("expect = \(expectation())") }
        if isMisdeclared, arguments.dice.one(in: 2) {
            let field = arguments.dice.pick([
                "name", "axes", "params", "doc", "severities", "identity", "expect", "eager", "other",
            ])
            lines.append("\(field) = \(anything())")
        }
        return lines.map { "  \($0),\n" }.joined()
    }

    private mutating func anything() -> String {
        arguments.dice.pick([
            "nil", "1", "-1", "0 / 0", "'a'", "{}", "{ {} }", "{ a = 1 }", "{ 1 }", "true", "function() end",
            "mottle", "('x'):rep(5000)",
        ])
    }

    private mutating func text() -> String {
        arguments.dice.pick([
            "'a text'", "''", "'\\27\\n'", "('d'):rep(4000)", isMisdeclared ? anything() : "'b'",
        ])
    }

    private mutating func parameter(_ name: String?) -> String {
        let kind = name ?? arguments.dice.pick(["number", "integer", "boolean", "choice", "range", "list"])
        var fields: [String] = []
        if !arguments.dice.one(in: 5) {
            let defaults = [
                "number": ["0.1", "0", "1", "2.5"], "integer": ["0", "1", "3"], "boolean": ["true", "false"],
                "choice": ["'u'", "'v'"], "range": ["{ 0, 1 }", "{ 0.25, 0.5 }"],
                "list": ["{}", "{ 1, 2 }", "{ 0, 3 }"],
            ]
            fields.append(
                "default = \(isMisdeclared && arguments.dice.one(in: 6) ? anything() : arguments.dice.pick(defaults[kind]!))"
            )
        }
        if kind == "choice" { fields.append("of = { 'u', 'v', 'w' }") }
        if arguments.dice.one(in: 4) {
            fields.append("min = \(isMisdeclared && arguments.dice.one(in: 4) ? anything() : "0")")
        }
        if arguments.dice.one(in: 4) {
            fields.append("max = \(isMisdeclared && arguments.dice.one(in: 4) ? anything() : "10")")
        }
        if arguments.dice.one(in: 3) {
            fields.append(
                "unit = '\(arguments.dice.pick(["range", "ratio", "count", "pixels", "db", "degrees"]))'")
        }
        if arguments.dice.one(in: 6) { fields.append("optional = true") }
        if ["number", "integer"].contains(kind), arguments.dice.one(in: 9) { fields.append("plain = true") }
        if isMisdeclared, arguments.dice.one(in: 8) {
            fields.append("\(arguments.dice.pick(["of", "doc", "unit", "x"])) = \(anything())")
        }
        return "mottle.\(kind) { \(fields.joined(separator: ", ")) }"
    }

    private mutating func settings() -> String {
        let values = ["a = 1", "b = 2", "a = 0.5", "b = 0"]
        var chosen = values.filter { _ in arguments.dice.one(in: 3) }
        if isMisdeclared, arguments.dice.one(in: 3) {
            chosen.append("\(arguments.dice.pick(["a", "b", "c", "d"])) = \(anything())")
        }
        return "{ \(chosen.joined(separator: ", ")) }"
    }

    private mutating func expectation() -> String {
        let result = arguments.dice.pick([
            "{ mean = p.a }", "{ rate = 0.5, ratio = 1 }", "{ variance = x.value }", "{ mean = x.low * 2 }",
            isMisdeclared ? anything() : "{}",
        ])
        return "function(p, x) return \(result) end"
    }

    // MARK: Traced bodies

    private mutating func tracedBody(_ kind: String) -> String {
        // What is made is sorted by what it can be used for; mistakes are held, or end the call.
        let holdsErrors = !arguments.dice.one(in: 4)
        var lines = [
            "local T, M = { x }, { x:gt(0.5) }",
            "local function keep(ok, v) if ok and type(v) == 'userdata' then",
            "  if pcall(function() return v | v end) then M[#M + 1] = v elseif pcall(function() return v + 0 end) then T[#T + 1] = v end",
            "end end",
        ]
        for _ in 0..<1 + arguments.dice.below(8) {
            let expression = arguments.expression(arguments.dice.pick(Self.templates))
            lines.append(
                holdsErrors
                    ? "keep(pcall(function() return \(expression) end))" : "keep(true, (\(expression)))")
        }
        lines.append("local y, m = \(arguments.tensor()), \(arguments.mask())")
        // Of whatever shape: as much of it as fits.
        lines.append("if not pcall(function() return x + y end) then y = y:amax() end")
        lines.append("if not pcall(function() return mottle.where(m, x, x + y) end) then m = m:any() end")
        lines.append(result(kind))
        return lines.map { "    \($0)\n" }.joined()
    }

    private mutating func result(_ kind: String) -> String {
        if arguments.dice.one(in: arguments.wildness * 3) {
            return
                "return \(arguments.dice.pick(ArgumentMaker.odd)), \(arguments.dice.pick(ArgumentMaker.odd))"
        }
        let extras = arguments.dice.pick([
            "", "", ", { e = \(arguments.tensor()) }", ", { e = \(arguments.mask()), f = 3 }",
        ])
        if kind == "mask" { return "return m & mottle.all(x)\(extras)" }
        let mask = arguments.dice.one(in: 3) ? ", m" : ""
        return
            "return \(arguments.dice.pick(["x + y", "mottle.where(m, x, x + y)", "x * y"]))\(mask)\(extras)"
    }

    // MARK: Eager bodies

    private mutating func eagerBody() -> String {
        var lines = ["local T = { 1, 0.5 }"]
        for _ in 0..<1 + arguments.dice.below(6) {
            let statement = eagerStatement()
            lines.append(arguments.dice.one(in: 3) ? statement : "pcall(function() \(statement) end)")
        }
        return lines.map { "    \($0)\n" }.joined()
    }

    private mutating func plainArgument(_ usual: [String]) -> String {
        arguments.dice.one(in: arguments.wildness)
            ? "(\(arguments.dice.pick(ArgumentMaker.odd)))" : arguments.dice.pick(usual)
    }

    private mutating func positions() -> String {
        (0..<arguments.dice.below(5)).map { _ in
            plainArgument(["1", "1", "2", "x:size('H')", "rng:integer(1, 2)", "3"])
        }
        .joined(separator: ", ")
    }

    private mutating func eagerStatement() -> String {
        let at = positions()
        let end = at.isEmpty ? "" : "\(at), "
        switch arguments.dice.below(7) {
        case 0: return "T[#T + 1] = x:get(\(at))"
        case 1:
            return "x:set(\(end)\(plainArgument(["0.5", "rng:uniform()", "rng:normal()", "p.a", "T[#T]"])))"
        case 2: return "hidden:set(\(end)\(plainArgument(["true", "false", "rng:bernoulli(0.5)"])))"
        case 3:
            return
                "T[#T + 1] = rng:integer(\(plainArgument(["1", "0", "-3"])), \(plainArgument(["5", "9", "p.b"])))"
        case 4:
            return "T[#T + 1] = rng:uniform(\(plainArgument(["0", "-1"])), \(plainArgument(["1", "x.high"])))"
        case 5: return "for i = 1, \(plainArgument(["3", "9"])) do x:set(1, rng:uniform()) end"
        default: return "local a = \(plainArgument(["x.low", "p.a", "p.c", "x:get(1)", "#T"])) T[1] = a"
        }
    }
}
