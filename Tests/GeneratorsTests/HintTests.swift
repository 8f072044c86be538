import Generators
import LuaRuntime
import Tensors
import Testing

/// What people write who know other libraries, and plain arguments that mean nothing.
struct HintTests {
    typealias Mistake = TraceErrorTests.Mistake

    @Test(arguments: nonsense) func `a plain argument that means nothing is refused`(mistake: Mistake) throws
    {
        try TraceErrorTests.expect(mistake)
    }

    @Test(arguments: habits) func `what other libraries have is answered with what is here`(mistake: Mistake)
        throws
    {
        try TraceErrorTests.expect(mistake)
    }

    static let nonsense: [Mistake] = [
        Mistake(
            #"return x:roll("W", 1.5)"#,
            #"""
            test.lua:3: error: roll wants a whole number of places, got 1.5
            Instead: mottle.round(k), or x:warp between places
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:shift("W", math.huge)"#,
            #"""
            test.lua:3: error: shift wants a whole number of places, got inf
            Instead: mottle.round(k), or x:warp between places
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:clamp(1, 0)"#,
            #"""
            test.lua:3: error: clamp wants the lower bound first, got 1 and 0
            Instead: x:clamp(0, 1)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x * mottle.clamp(3, 1, 0)"#,
            #"""
            test.lua:3: error: mottle.clamp wants the lower bound first, got 1 and 0
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:poisson(x, -1)"#,
            #"""
            test.lua:3: error: rng:poisson wants a mean of at least 0, got -1
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:laplace(x, -0.5)"#,
            #"""
            test.lua:3: error: rng:laplace wants a scale of at least 0, got -0.5
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:uniform(x, "a", "b")"#,
            #"""
            test.lua:3: error: rng:uniform wants numbers, got a string
            Instead: the draw's name comes last
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, x:top(2.5)"#,
            #"""
            test.lua:3: error: top wants a plain whole number of at least 0, got 2.5
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, rng:choose("N", 6, 7)"#,
            #"""
            test.lua:3: error: rng:choose wants a plain whole number between 0 and 6, got 7
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:resize({ H = 3 }, "cubic")"#,
            #"""
            test.lua:3: error: resize: the mode must be "bilinear" or "nearest"
            Instead: "bilinear"
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:rotate(1 / 0)"#,
            #"""
            test.lua:3: error: rotate wants finite numbers, got inf
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:affine({ { 1, 0, 1 / 0 }, { 0, 1, 0 } })"#,
            #"""
            test.lua:3: error: affine wants finite numbers, got inf
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:convolve(3)"#,
            #"""
            test.lua:3: error: convolve wants a kernel, got a number
            Instead: mottle.constant { 1, 2, 1 } / 4
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x, x:isin { a = 1 }"#,
            #"""
            test.lua:3: error: isin wants a list of plain numbers, got a table
            Instead: x:isin { 0, 101, 102 }
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + 0 / 0"#,
            #"""
            test.lua:3: error: adding: the plain number is nan, and so would every result be
            Instead: a look at how the script computes it, such as 0 / 0 or math.sqrt(-1)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.constant({ 1, math.sqrt(-1) }, "C")"#,
            #"""
            test.lua:3: error: constant: the plain number is nan, and so would every result be
            Instead: a look at how the script computes it, such as 0 / 0 or math.sqrt(-1)
            [M17] in apply of noise 'test'
            """#),
    ]

    static let habits: [Mistake] = [
        Mistake(
            #"return x:max("HW")"#,
            #"""
            test.lua:3: error: max is of two values, got axes
            Instead: x:amax("HW")
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return math.max(x, 0)"#,
            #"""
            test.lua:3: error: math.max wants a plain number, got a tensor
            Instead: x:max(0)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return math.min(0.5, x:mean())"#,
            #"""
            test.lua:3: error: math.min wants a plain number, got a tensor
            Instead: x:min(0.5)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:convolve({ { 1, 2, 1 } })"#,
            #"""
            test.lua:3: error: convolve wants numbers, got a table
            Instead: mottle.constant { … } makes a value of plain numbers
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + { 1, 2 }"#,
            #"""
            test.lua:3: error: adding wants numbers, got a table
            Instead: mottle.constant { … } makes a value of plain numbers
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:partner(x)"#,
            #"""
            test.lua:3: error: adding wants numbers, got a table
            Instead: one of its fields, such as p.sigma or rng:partner(x).value
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return rng:partner(x).values"#,
            #"""
            test.lua:3: error: a partner has no 'values'; it has value, id and length
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return rng:partner(x):blur(1)"#,
            #"""
            test.lua:3: error: a partner is a table and has no method 'blur'
            Instead: rng:partner(x).value:blur(…)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x.mean"#,
            #"""
            test.lua:3: error: adding wants numbers, got a function
            Instead: brackets behind the name call it: x:mean()
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:median()"#,
            #"""
            test.lua:3: error: tensors have no method 'median'
            Instead: x:take("W", x:order("W")) is x sorted along W; its median is in the middle
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:sort("W")"#,
            #"""
            test.lua:3: error: tensors have no method 'sort'
            Instead: x:take("W", x:order("W"))
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:where(x:lt(1), 0)"#,
            #"""
            test.lua:3: error: tensors have no method 'where'
            Instead: mottle.where(mask, a, b)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + x.shape"#,
            #"""
            test.lua:3: error: tensors have no method 'shape'
            Instead: x.H, x.W, x.C
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:lt(1):sum()"#,
            #"""
            test.lua:3: error: masks have no method 'sum'
            Instead: m:count()
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:lt(1):blur(1)"#,
            #"""
            test.lua:3: error: masks have no method 'blur'
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:gaussian(x)"#,
            #"""
            test.lua:3: error: rng has no method 'gaussian'
            Instead: rng:normal(x)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + rng:randn(x)"#,
            #"""
            test.lua:3: error: rng has no method 'randn'
            Instead: rng:normal(x)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.random()"#,
            #"""
            test.lua:3: error: 'mottle' has no 'random'
            Instead: rng:uniform(x)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + mottle.sum(x)"#,
            #"""
            test.lua:3: error: 'mottle' has no 'sum'
            Instead: x:sum(…)
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x + torch.randn(3)"#,
            #"""
            test.lua:3: error: 'torch' is not available: a plugin has its sample, p, rng and mottle
            Instead: x's own methods and mottle's functions, which 'mottle plugins docs' lists
            [M05] in apply of noise 'test'
            """#),
    ]

    @Test func `a return names its own line, of several the one that was taken`() throws {
        let plugin = try Plugin(
            source: """
                mottle.noise { name = "test", params = { k = mottle.integer { default = 1 } },
                  apply = function(x, p)
                    if p.k > 0 then
                      return x:lt(0.5)
                    end
                    return x
                  end }
                """, file: "test.lua")
        let error = #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: [3, 5])
        }
        #expect(
            error?.description == """
                test.lua:4: error: apply returned a mask; noise 'test' must return values like its input's
                Instead: mottle.where(mask, a, x)
                [M13] in apply of noise 'test'
                   4 |       return x:lt(0.5)
                """)
    }

    @Test func `parameters that are surely never read are known`() throws {
        func unread(_ body: String) throws -> [String] {
            try Fixture.noise(
                body,
                params: "a = mottle.number { default = 1 }, b = mottle.number { default = 1 }"
            ).unreadParameters.map(\.name)
        }
        #expect(try unread("return x + p.a") == ["b"])
        #expect(try unread("local function f() return p.b end return x * f()") == ["a"])
        #expect(try unread("local p = { a = 1, b = 2 } return x * p.a * p.b") == ["a", "b"])
        #expect(try unread("for name in pairs(p) do x = x + p[name] end return x") == [])
        #expect(try unread("local q = p return x + q.a") == [])
        #expect(try unread("return x + p.a * p['b']") == [])
    }

    @Test func `blur takes a border`() throws {
        let sample = Fixture.sample([3, 5, 2])
        func run(_ body: String) throws -> [Float] {
            Fixture.run(
                try Fixture.trace([ChainItem(plugin: Fixture.noise(body), name: "test")], shape: [3, 5, 2]),
                sample
            ).values
        }
        #expect(try run("return x:blur(1.5)") == run("return x:blur(1.5, 'HW', 6, 'edge')"))
        #expect(
            try run("return x:blur(1.5, 'W', 2, 'wrap'):roll('W', 1)")
                == run("return x:roll('W', 1):blur(1.5, 'W', 2, 'wrap')"))
        #expect(try run("return x:blur(1.5, 'HW', 6, 0)") != run("return x:blur(1.5)"))
    }
}
