extension TraceErrorTests {
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
            #"local t = { x:lt(1), -x } if t[1] == t[2] then return x end return x"#,
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
            test.lua:3: error: tensors have no method 'clip'
            Instead: x:clamp(low, high)
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
            test.lua:3: error: rng is not a number
            Instead: a draw, such as rng:normal(x)
            [M11] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:count()"#,
            #"""
            test.lua:3: error: tensors have no method 'count'
            Instead: x:ne(0):count()
            [M17] in apply of noise 'test'
            """#),
        Mistake(
            #"return x:lt(1):mean()"#,
            #"""
            test.lua:3: error: masks have no method 'mean'
            Instead: mottle.where(m, 1, 0):mean()
            [M17] in apply of noise 'test'
            """#),
    ]
}
