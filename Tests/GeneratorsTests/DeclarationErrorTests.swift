import Generators
import LuaRuntime
import Testing

/// What an author is told about a declaration that is not right.
struct DeclarationErrorTests {
    /// A source, and the error without its line of source and frames.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var source: String
        var text: String
        init(_ source: String, _ text: String) { (self.source, self.text) = (source, text) }
        var testDescription: String { source }
    }

    @Test(arguments: fields + parameters)
    func `a wrong declaration is answered with its line and what is wanted`(mistake: Mistake) {
        let error = #expect(throws: LuaError.self) { try Plugin(source: mistake.source, file: "p.lua") }
        let lines = mistake.source.split(separator: "\n")
        let shown =
            error?.line == 0
            ? "" : "\n   \(lines.count) | \(lines.last!)\n  at p.lua:\(lines.count) in main chunk"
        #expect(error?.description == mistake.text + shown)
    }

    static let fields: [Mistake] = [
        Mistake(
            #"local a = 1"#,
            #"""
            p.lua: error: the file ran but registered nothing
            Instead: end it with mottle.noise { … }, mottle.mask { … } or mottle.tokens { … }
            [M01]
            """#),
        Mistake(
            #"mottle.noise { aply = 1 }"#,
            #"""
            p.lua:1: error: mottle.noise: unknown field 'aply' (did you mean 'apply'?)
            [M02]
            """#),
        Mistake(
            #"mottle.noise { name = 'a' }"#,
            #"""
            p.lua:1: error: mottle.noise: 'apply' must be a function
            Instead: apply = function(x, p, rng) … end
            [M02]
            """#),
        Mistake(
            #"mottle.noise { apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'name' must be a name of letters, digits and '_'
            Instead: name = "my_noise"
            [M02]
            """#),
        Mistake(
            #"mottle.noise { name = 'a b', apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'name' must be a name of letters, digits and '_'
            Instead: name = "my_noise"
            [M02]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', axes = 'HWC', apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got 'HWC'
            Instead: axes = "NHWC"
            [M12]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', axes = 'NHH', apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got 'NHH'
            Instead: axes = "NHWC"
            [M12]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', axes = 3, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'axes' must be a text of up to 4,096 bytes
            [M02]
            """#),
        Mistake(
            #"""
            local n = { name = 'a', apply = function() end }
            mottle.noise(n)
            mottle.noise(n)
            """#,
            #"""
            p.lua:3: error: mottle.noise: this file has registered a generator already; a plugin is one generator
            [M01]
            """#),
        Mistake(
            #"mottle.noise('x')"#,
            #"""
            p.lua:1: error: mottle.noise wants a table with named fields, such as { name = value }
            [M02]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', doc = 3, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: 'doc' must be a text of up to 4,096 bytes
            [M02]
            """#),
        Mistake(
            #"mottle.nose {}"#,
            #"""
            p.lua:1: error: 'mottle' has no 'nose' (did you mean 'noise'?)
            [M17]
            """#),
        Mistake(
            #"mottle.mask { name = 'a', apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.mask: unknown field 'apply'; its fields are name, doc, source, axes, params, severities, identity, expect, eager, needs, make
            [M02]
            """#),
        Mistake(
            #"mottle.mask { name = 'a', needs = "words", make = function() end }"#,
            #"""
            p.lua:1: error: mottle.mask: 'needs' can only be "words", and only of mottle.tokens
            [M02]
            """#),
    ]

    static let parameters: [Mistake] = [
        Mistake(
            #"mottle.noise { name = 'a', params = { v = 3 }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.noise: param 'v' has no type
            Instead: v = mottle.number { default = 0.1 }
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { default = 20, max = 10 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: line 1: the default of param 'v' must be a number of at most 10 (range), got 20
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { unit = 'meters' } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: unknown unit 'meters'; units are range, db, pixels, frames, tokens, ratio, count, degrees, value
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { dflt = 2 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: unknown field 'dflt'; its fields are default, min, max, unit, doc, optional, plain
            [M02]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { min = 2, max = 1 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: 'min' is 2, above 'max', which is 1
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { min = 0/0 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: 'min' must be a finite number
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { default = 1/0 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: line 1: the default of param 'v' must be a number (range), got inf
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.choice { default = 'a' } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.choice: 'of' must list the names
            Instead: of = { "a", "b" }
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.choice { of = {1} } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.choice: 'of' must list names in quotes
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { optional = 1 } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: 'optional' must be true or false
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { default = {} } }, apply = function() end }"#,
            #"""
            p.lua:1: error: line 1: the default of param 'v' must be a number (range), got []
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number { default = { 'a' } } }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number: a default must be a plain value
            [M03]
            """#),
        Mistake(
            #"mottle.noise { name = 'a', params = { v = mottle.number(3) }, apply = function() end }"#,
            #"""
            p.lua:1: error: mottle.number wants a table with named fields, such as { name = value }
            [M02]
            """#),
        Mistake(
            #"local t = {} for i = 1, 70 do t['p' .. i] = mottle.number {} end mottle.noise { name = 'a', params = t, apply = function() end }"#,
            #"""
            p.lua:1: error: more than 64 parameters
            [M18]
            """#),
    ]
}
