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
            ? "\n   3 | \(mistake.body)\n  at test.lua:3 in function of line 2" : ""
        let plugin = try Fixture.noise(mistake.body, params: params)
        let error = #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: [3, 5, 2])
        }
        #expect(error?.description == mistake.text + shown, sourceLocation: sourceLocation)
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
            test.lua:3: error: index takes 1 argument, got 0
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
            test.lua:1: error: apply returned a mask; noise 'test' must return values like its input's
            Instead: mottle.where(mask, a, x)
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return"#,
            #"""
            test.lua:1: error: apply returned nothing
            Instead: return … at its end
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return 3"#,
            #"""
            test.lua:1: error: apply returned a number; noise 'test' must return values like its input's
            Instead: mottle.where(mask, a, x)
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:mean()"#,
            #"""
            test.lua:1: error: apply returned values along fewer axes than its input's [3, 5, 2]
            Instead: return x + …
            [M13] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, 3"#,
            #"""
            test.lua:1: error: apply returned a number as its second result, which must be a mask
            [M13] in apply of noise 'test'
            """#),
    ]

    /// What a traced value cannot do, and what the sandbox lacks.
    static let rules: [Mistake] = [
        Mistake(
            #"return x + y"#,
            #"""
            test.lua:3: error: undefined variable 'y'
            [M05] in apply of noise 'test'
            """#),
        Mistake(
            #"z = 1 return x"#,
            #"""
            test.lua:3: error: cannot create global 'z'. Globals would be shared between calls and make results depend on order.
            Instead: local z = …
            [M04] in apply of noise 'test'
            """#),
        Mistake(
            #"return x * math.random()"#,
            #"""
            test.lua:3: error: math.random is not available, because its numbers cannot be repeated.
            Instead: rng:uniform("N") (one per sample) or rng:uniform(x) (one per element).
            [M06] in apply of noise 'test'
            """#),
        Mistake(
            #"if x < 1 then return x end return x"#,
            #"""
            test.lua:3: error: '<' needs one true or false, but a tensor's values are not known while tracing
            Instead: a:lt(b) gives a mask; mottle.where(a:lt(b), c, d) chooses per element
            [M07] in apply of noise 'test'
            """#),
        Mistake(
            #"if x <= 1 then return x end"#,
            #"""
            test.lua:3: error: '<=' needs one true or false, but a tensor's values are not known while tracing
            Instead: a:le(b) gives a mask; mottle.where(a:le(b), c, d) chooses per element
            [M07] in apply of noise 'test'
            """#),
        Mistake(
            #"local m = x:lt(1) if m == -x then return x end return x"#,
            #"""
            test.lua:3: error: '==' needs one true or false, but a tensor's values are not known while tracing
            Instead: a:eq(b) gives a mask
            [M08] in apply of noise 'test'
            """#),
        Mistake(
            #"x[1] = 0 return x"#,
            #"""
            test.lua:3: error: tensors cannot be assigned into
            Instead: x = mottle.where(mottle.index("H"):eq(1), 0, x) changes the first row
            [M09] in apply of noise 'test'
            """#),
        Mistake(
            #"return tostring(x)"#,
            #"""
            test.lua:3: error: a tensor has no text: its values are not known while tracing
            Instead: its shape is x.H or x:size("H")
            [M10] in apply of noise 'test'
            """#),
        Mistake(
            #"return #x"#,
            #"""
            test.lua:3: error: '#' needs one number, but a tensor has an axis for each letter
            Instead: x:size("H") is the length of one axis
            [M10] in apply of noise 'test'
            """#),
        Mistake(
            #"return x[1]"#,
            #"""
            test.lua:3: error: a tensor has no elements: its values are not known while tracing
            Instead: mottle.where(mottle.index("W"):eq(1), a, b) is a in the first column
            [M10] in apply of noise 'test'
            """#),
        Mistake(
            #"return x.N"#,
            #"""
            test.lua:3: error: the batch has no size here: what happens to a sample never depends on its neighbours
            [M10] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:clip(0, 1)"#,
            #"""
            test.lua:3: error: tensors have no method 'clip' (did you mean 'clamp'?)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return rng:norml(x)"#,
            #"""
            test.lua:3: error: rng has no method 'norml' (did you mean 'normal'?)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng.uniform(x)"#,
            #"""
            test.lua:3: error: uniform is a method of rng
            Instead: rng:uniform(x)
            [M06] in apply of noise 'test'
            """#),
        Mistake(
            #"return x.clamp(0, 1)"#,
            #"""
            test.lua:3: error: 'clamp' is a method and wants a colon
            Instead: x:clamp(…)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return rng:normal(x, 'a') + rng:normal(x, 'a')"#,
            #"""
            test.lua:3: error: the draw 'a' was made before, in line 3; the same name is the same numbers
            Instead: a name of its own for each draw
            [M06] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.foo(1)"#,
            #"""
            test.lua:3: error: 'mottle' has no 'foo'
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"mottle.where = 1 return x"#,
            #"""
            test.lua:3: error: cannot change 'where' of 'mottle'.
            Instead: a local of your own.
            [M04] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x:size('N')"#,
            #"""
            test.lua:3: error: the batch has no size here: what happens to a sample never depends on its neighbours
            [M10] in apply of noise 'test'
            """#),
        Mistake(
            #"local y = x for i = 1, 20000 do y = y + i end return y"#,
            #"""
            test.lua:3: error: more than 20000 operations in one trace
            Instead: tensor operations work on all elements at once; a loop over pixels is not needed
            [M18] in apply of noise 'test'
            """#),
        Mistake(
            #"error('my text')"#,
            #"""
            test.lua:3: error: my text
            in apply of noise 'test'
            """#),
        Mistake(
            #"local t = nil return t.a"#,
            #"""
            test.lua:3: error: attempt to index a nil value (local 't')
            in apply of noise 'test'
            """#),
        Mistake(
            #"return -rng"#,
            #"""
            test.lua:3: error: attempt to perform arithmetic on a rng value (local 'rng')
            in apply of noise 'test'
            """#),
        Mistake(
            #"return x:count()"#,
            #"""
            test.lua:3: error: tensors have no method 'count'
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:lt(1):mean()"#,
            #"""
            test.lua:3: error: masks have no method 'mean'
            [M17] in apply of noise 'test'
            """#),
    ]
}
