import Generators
import LuaRuntime
import Tensors
import Testing

/// Arguments and parameters that Lua itself would take without a word.
struct ArgumentErrorTests {
    typealias Mistake = TraceErrorTests.Mistake

    @Test(arguments: bounds + surplus) func `nonsense in arguments is refused`(mistake: Mistake) throws {
        try TraceErrorTests.expect(mistake)
    }

    static let bounds: [Mistake] = [
        Mistake(
            #"return x + rng:integer("N", 5, 1)"#,
            #"""
            test.lua:3: error: rng:integer wants the lower bound first, got 5 and 1
            Instead: rng:integer(x, 1, 5)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:integer("N", 1, 2.5)"#,
            #"""
            test.lua:3: error: rng:integer wants whole numbers, got 2.5
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:uniform(x, 0.5, -0.25, "named")"#,
            #"""
            test.lua:3: error: rng:uniform wants the lower bound first, got 0.5 and -0.25
            Instead: rng:uniform(x, -0.25, 0.5)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:uniform(x, 0, math.huge)"#,
            #"""
            test.lua:3: error: rng:uniform wants finite bounds, got inf
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, rng:bernoulli(x, 1.5)"#,
            #"""
            test.lua:3: error: rng:bernoulli wants a probability between 0 and 1, got 1.5
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, rng:bernoulli(x, 0/0)"#,
            #"""
            test.lua:3: error: rng:bernoulli wants a probability between 0 and 1, got nan
            [M17] in apply of noise 'test'
            """#),
    ]

    static let surplus: [Mistake] = [
        Mistake(
            #"return x:round(2)"#,
            #"""
            test.lua:3: error: round takes 0 arguments, got 1
            Instead: (x * 100):round() / 100 for two places
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x - x:sum("H", 2)"#,
            #"""
            test.lua:3: error: sum takes at most 1 argument, got 2
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"for _ = 1, 1e7 do rng:uniform("N") end return x"#,
            #"""
            test.lua:3: error: more than 20000 operations in one trace
            Instead: tensor operations work on all elements at once; a loop over pixels is not needed
            [M18] in apply of noise 'test'
            """#),
    ]

    @Test func `bounds that nothing is wrong with, or that are not known yet, are taken`() throws {
        let bodies = [
            "return x + rng:uniform(x, -1, -1) + rng:integer('N', 2, 2)",
            "return x + rng:uniform(x, rng:uniform('N'), 0)", "return x, rng:bernoulli(x, x * 3)",
            "return x, rng:bernoulli(x, 0) | rng:bernoulli(x, 1)",
        ]
        for body in bodies {
            _ = try Fixture.trace([ChainItem(plugin: Fixture.noise(body), name: "test")], shape: [2, 3, 1])
        }
    }

    @Test func `a parameter that is not declared is a mistake`() throws {
        let params = "sigma = mottle.number { default = 1 }, clip = mottle.range { optional = true }"
        try TraceErrorTests.expect(
            Mistake(
                #"return x + p.sgma * rng:normal(x)"#,
                #"""
                test.lua:3: error: no parameter 'sgma' (did you mean 'sigma'?)
                [M17] in apply of noise 'test'
                """#), params: params)
        try TraceErrorTests.expect(
            Mistake(
                #"return x + p.amplitude"#,
                #"""
                test.lua:3: error: no parameter 'amplitude'
                [M17] in apply of noise 'test'
                """#), params: params)
        try TraceErrorTests.expect(
            Mistake(
                #"return x + p[1]"#,
                #"""
                test.lua:3: error: no parameter a number
                [M17] in apply of noise 'test'
                """#))
    }

    @Test func `an optional parameter that is absent is nil`() throws {
        let plugin = try Fixture.noise(
            "if p.clip == nil then return x + 2 end return x:clamp(p.clip[1], p.clip[2])",
            params: "clip = mottle.range { optional = true }")
        let sample = Fixture.sample([2, 3, 1])
        func run(_ settings: [String: ParameterSetting]) throws -> [Float] {
            let item = ChainItem(plugin: plugin, name: "test", settings: settings)
            return Fixture.run(try Fixture.trace([item], shape: [2, 3, 1]), sample).values
        }
        #expect(try run([:]) == sample.map { $0 + 2 })
        #expect(try run(["clip": .value(.numbers([0.25, 0.5]))]) == sample.map { min(max($0, 0.25), 0.5) })
    }
}
