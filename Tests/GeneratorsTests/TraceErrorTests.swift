import Generators
import LuaRuntime
import Tensors
import Testing

/// What a script is told when it does what tracing cannot follow: every rule's whole text.
struct TraceErrorTests {
    /// A body of `apply`, which is line 3 of its file, and the error without its last two lines if they show that line.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var body: String
        var text: String
        init(_ body: String, _ text: String) { (self.body, self.text) = (body, text) }
        var testDescription: String { body }
    }

    @Test(arguments: operands + axes + results + rules)
    func `a mistake is answered with its line, the reason and what to write`(mistake: Mistake) throws {
        try Self.expect(mistake)
    }

    /// Demands the mistake's whole text; `params` are the plugin's declarations.
    static func expect(
        _ mistake: Mistake, params: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let shown =
            mistake.text.hasPrefix("test.lua:3")
            ? "\n   3 | \(mistake.body)"
                + (mistake.text.contains("[M13]") ? "" : "\n  at test.lua:3 in function of line 2") : ""
        let plugin = try Fixture.noise(mistake.body, params: params)
        let error = #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: [3, 5, 2])
        }
        #expect(error?.description == mistake.text + shown, sourceLocation: sourceLocation)
    }

    @Test func `expect can fail`() {
        withKnownIssue { try Self.expect(Mistake("return x .. 1", "test.lua:3: error: another text")) }
        withKnownIssue { try Self.expect(Mistake("return x", "test.lua:3: error: there is no mistake")) }
    }

    /// Operands of the wrong kind or number.
    static let operands: [Mistake] = [
        Mistake(
            #"return math.sin(x)"#,
            #"""
            test.lua:3: error: math.sin wants a plain number, got a tensor
            Instead: x:sin()
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:clamp(0.1)"#,
            #"""
            test.lua:3: error: clamp takes 2 arguments, got 1
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:abs(2)"#,
            #"""
            test.lua:3: error: abs takes 0 arguments, got 1
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:clamp(0.1, nil)"#,
            #"""
            test.lua:3: error: clamp wants numbers, got nil
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + nil"#,
            #"""
            test.lua:3: error: adding wants numbers, got nil
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + {}"#,
            #"""
            test.lua:3: error: adding wants numbers, got a table
            Instead: one of its fields, such as p.sigma or rng:partner(x).value
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x & x"#,
            #"""
            test.lua:3: error: '&' wants a mask, got a tensor of numbers
            Instead: x:gt(0.5)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:lt(1) + 1"#,
            #"""
            test.lua:3: error: adding wants numbers, got a mask
            Instead: mottle.where(mask, 1, 0)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return mottle.where(x, 1, 2)"#,
            #"""
            test.lua:3: error: where wants a mask, got a tensor of numbers
            Instead: x:gt(0.5)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return mottle.where(x:lt(1), 1)"#,
            #"""
            test.lua:3: error: where takes 3 arguments, got 2
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:uniform('N', 1)"#,
            #"""
            test.lua:3: error: rng:uniform takes axes and 0 or 2 numbers, got 1
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:normal(x, 2)"#,
            #"""
            test.lua:3: error: rng:normal takes axes and 0 numbers, got 1
            Instead: mean + deviation * rng:normal(x)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:bernoulli('N')"#,
            #"""
            test.lua:3: error: rng:bernoulli takes axes and 1 number, got 0
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.index()"#,
            #"""
            test.lua:3: error: index takes 1 to 2 arguments, got 0
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:mean('H', 'W')"#,
            #"""
            test.lua:3: error: mean takes at most 1 argument, got 2
            Instead: x:mean("HW")
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:min()"#,
            #"""
            test.lua:3: error: min takes 1 argument, got 0
            Instead: x:amin() for a whole sample, x:amin("HW") along axes
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return ~x"#,
            #"""
            test.lua:3: error: '~' wants a mask, got a tensor of numbers
            Instead: x:gt(0.5)
            [M11] in apply of noise 'test'
            """#),
    ]

    /// Axes that are not there.
    static let axes: [Mistake] = [
        Mistake(
            #"return x + rng:normal('HW')"#,
            #"""
            test.lua:3: error: rng:normal: the axes must start with N, since every sample has its own, got 'HW'
            Instead: "NHW"
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:normal('NQ')"#,
            #"""
            test.lua:3: error: unknown axis 'Q' in 'NQ'; this generator's axes are 'NHWC'
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:normal(3)"#,
            #"""
            test.lua:3: error: rng:normal wants axes, as letters or as a tensor of that shape, got a number
            Instead: "N" for one value a sample, x for one an element
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x.Q"#,
            #"""
            test.lua:3: error: unknown axis 'Q'; this generator's axes are 'NHWC'
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x:size('HW')"#,
            #"""
            test.lua:3: error: size wants one axis letter, for instance "H"
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.index('HW')"#,
            #"""
            test.lua:3: error: index wants one axis letter, for instance "H"
            [M12] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x:mean('NH')"#,
            #"""
            test.lua:3: error: mean over N: what happens to a sample never depends on its neighbours
            Instead: the other axes, or none for the whole sample
            [M12] in apply of noise 'test'
            """#),
    ]

    /// What `apply` returned.
    static let results: [Mistake] = [
        Mistake(
            #"return x:lt(0.5)"#,
            #"""
            test.lua:3: error: apply returned a mask; noise 'test' must return values like its input's
            Instead: mottle.where(mask, a, x)
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return"#,
            #"""
            test.lua:3: error: apply returned nothing
            Instead: return … at its end
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return 3"#,
            #"""
            test.lua:3: error: apply returned a number; noise 'test' must return values like its input's
            Instead: mottle.where(mask, a, x)
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:mean()"#,
            #"""
            test.lua:3: error: apply returned values along fewer axes than its input's [3, 5, 2]
            Instead: return x + …
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, 3"#,
            #"""
            test.lua:3: error: apply returned a number as a further result, which must be a mask, or a table of extra outputs
            Instead: return x, mask, { name = value }
            [M13] in apply of noise 'test'
            """#),
    ]
}
