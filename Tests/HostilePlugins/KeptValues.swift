extension HostilePlugin {
    /// Values kept from call to call, what is sealed, and Lua that tensors cannot follow.
    // swift-format-ignore
    package static let keptValues: [HostilePlugin] = [
        .file(
            #"local kept\#nmottle.noise { name = 'a', apply = function(x)\#nkept = kept or x\#nreturn x + kept end }"#,
            .script, "M15", line: 4, "this tensor belongs to an earlier call and has no data any more"),
        .file(
            #"local kept\#nmottle.noise { name = 'a', apply = function(x, p, rng)\#nkept = kept or rng:partner(x)\#nreturn x + kept.value end }"#,
            .script, "M15", line: 4, "this tensor belongs to an earlier call and has no data any more"),
        .file(
            #"local kept = {}\#nmottle.noise { name = 'a', apply = function(x)\#nkept[#kept + 1] = x:mean()\#nreturn x + kept[1] end }"#,
            .script, "M15", line: 4, "this tensor belongs to an earlier call and has no data any more"),
        .file(
            #"local n = 0\#nmottle.noise { name = 'a', apply = function(x)\#nn = n + 1\#nreturn x + n end }"#,
            .script, "M14", line: 4, "apply is not repeatable: two runs with the same input differ at operation 1"),
        .file(
            #"local n = 0\#nmottle.noise { name = 'a', apply = function(x)\#nn = n + 1\#nif n > 1 then return x end\#nreturn x + 1, x:gt(0) end }"#,
            .script, "M14", line: 5, "apply is not repeatable: two runs with the same input differ at operation 1"),
        .file(
            #"local n = 0\#nmottle.noise { name = 'a', apply = function(x, p, rng)\#nn = n + 1\#nreturn x + rng:uniform(x, 'd' .. n) end }"#,
            .script, "M14", line: 4, "apply is not repeatable: two runs with the same input differ at operation 1"),
        .file("mottle.abs(mottle.zeros 'N')", .script, "M15", "'zeros' works only while apply or make runs"),
        .file("local z = mottle.index('H')", .script, "M15", "'index' works only while apply or make runs"),
        .file(
            "mottle.noise { name = 'a', apply = function(x) mottle.noise { name = 'b', apply = function(x) return x end } return x end }",
            .script, "M01", "mottle.noise: this file has registered a generator already; a plugin is one generator"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end }\#nmottle.noise { name = 'b', apply = function(x) return x end }"#,
            .script, "M01", line: 2, "mottle.noise: this file has registered a generator already; a plugin is one generator"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end }\#npcall(mottle.noise, { name = 'b', apply = function(x) return x * 2 end })\#nerror 'late'"#,
            .script, nil, line: 3, "late"),
        .file("mottle.noise = nil", .script, "M04", "cannot change 'noise' of 'mottle'."),
        .file("mottle.where = function() end", .script, "M04", "cannot change 'where' of 'mottle'."),
        .file("mottle.number.default = 1", .script, nil, "attempt to index a function value (field 'number')"),
        .file("local m = mottle m.mask = 1", .script, "M04", "cannot change 'mask' of 'mottle'."),
        .file("for k in pairs(mottle) do mottle[k] = nil end", .script, "M04", "cannot change 'abs' of 'mottle'."),
        .file("table.insert(mottle, 1)", .script, "M04", "cannot change a number of 'mottle'."),
        .file("mottle()", .script, nil, "attempt to call a table value (global 'mottle')"),
        .file("return mottle.nose", .script, "M17", "'mottle' has no 'nose' (did you mean 'noise'?)"),
        .file("string.rep = nil", .script, "M04", "cannot change 'rep' of 'string'."),
        .file("('x').y = 1", .script, nil, "attempt to index a string value (constant 'x')"),
        .file(
            "local f = ('x').gsub",
            .script, "M19", "string.gsub is not available (it can run for ever); string.sub and string.byte are."),
        .file("('x'):rep(1e6):rep(1e6)", .script, nil, "string.rep: the result would be longer than 1,000,000 bytes"),
        .file("('%s'):rep(1000):format()", .script, nil, "bad argument #2 to 'format' (no value)"),
        .file("('%99999d'):format(1)", .script, nil, "invalid conversion specification: '%99999d'"),
        .noise("return x .. 'a'", .script, "M10", "a tensor has no text: its values are not known while tracing"),
        .noise("return #x", .script, "M10", "'#' needs one number, but a tensor has an axis for each letter"),
        .noise("x.H = 1 return x", .script, "M09", "tensors cannot be assigned into"),
        .noise("x[1] = x return x", .script, "M09", "tensors cannot be assigned into"),
        .noise("rng.uniform = 1 return x", .script, nil, "attempt to index a rng value (local 'rng')"),
        .noise("p.sigma = x return x + p.sigmx", .script, "M17", "no parameter 'sigmx' (did you mean 'sigma'?)"),
        .noise("return p[{}]", .script, "M17", "no parameter a table"),
        .noise("return rng + 1", .script, "M11", "rng is not a number"),
        .noise(
            "return rng",
            .script, "M13", "apply returned rng; noise 'test' must return values like its input's"),
        .noise("return x + rng", .script, "M11", "adding wants numbers, got rng"),
        .noise("return x()", .script, nil, "attempt to call a tensor value (local 'x')"),
        .noise(
            "return x < x",
            .script, "M07", "'<' needs one true or false, but a tensor's values are not known while tracing"),
        .noise("return tostring(x)", .script, "M10", "a tensor has no text: its values are not known while tracing"),
        .noise("error(x)", .script, nil, "the script raised a tensor value; error wants a string"),
        .noise("error({ x })", .script, nil, "the script raised a table value; error wants a string"),
        .noise(
            "error(setmetatable)",
            .script, "M19", "setmetatable is not available in plugins: it can outlive the time and memory limits. Plain tables an"),
        .noise(
            "error(('long '):rep(2000))",
            .script, nil, "long long long long long long long long long long long long long long long long long long long long "),
        .noise(#"error('\27[2J\n[M99]')"#, .script, "M99", "\u{1b}[2J"),
        .noise(
            "table.sort({ x, x }) return x",
            .script, "M07", "'<' needs one true or false, but a tensor's values are not known while tracing"),
        .noise(
            "table.concat({ x }) return x",
            .script, nil, "invalid value (userdata) at index 1 in table for 'concat'"),
        .noise(
            "for i in pairs(x) do end return x",
            .script, nil, "bad argument #1 to 'pairs' (table expected, got tensor)"),
        .noise(
            "for i in ipairs(x) do end return x",
            .script, "M10", "a tensor has no elements: its values are not known while tracing"),
        .noise("return math.max(x, 1)", .script, "M11", "math.max wants a plain number, got a tensor"),
        .noise("return ('%d'):format(x)", .script, nil, "bad argument #2 to 'format' (number expected, got tensor)"),
        .noise("return x.add(x, 1)", .script, "M17", "tensors have no method 'add'"),
        .noise("return x.abs(1)", .script, "M17", "'abs' is a method and wants a colon"),
        .noise("return x:abs():map()", .script, "M11", "map wants a function, got a nil"),
        .noise(
            "return x.map(1, function(v) return 1 end)",
            .script, "M12", "zeros wants axes, as letters or as a tensor of that shape, got a number"),
        .noise("return x:uniform('N')", .script, "M17", "tensors have no method 'uniform'"),
        .noise("return rng.uniform(x)", .script, "M06", "uniform is a method of rng"),
        .noise("return rng:uniform(x, 0 / 0, 1)", .script, "M17", "rng:uniform wants finite bounds, got nan"),
        .noise("return rng:uniform(x, 1, -1 / 0)", .script, "M17", "rng:uniform wants finite bounds, got -inf"),
        .noise("return rng:uniform(x, {}, {})", .script, "M11", "rng:uniform wants numbers, got a table"),
        .noise(
            "return rng:uniform(x, x, rng:uniform { 'N', 5 })",
            .script, "M12", "rng:uniform: a number of shape [5] for draws of shape [4, 6, 2]"),
        .noise("return rng:integer(x, 0.5, 2)", .script, "M17", "rng:integer wants whole numbers, got 0.5"),
        .noise("return rng:gamma(x, -1)", .script, "M17", "rng:gamma wants a shape above 0, got -1"),
        .noise("return rng:beta(x, 0, 1 / 0)", .script, "M17", "rng:beta wants a shape above 0, got 0"),
        .noise("return rng:exponential(x, 0)", .script, "M17", "rng:exponential wants a rate above 0, got 0"),
        .noise(
            "return rng:bernoulli(x, 0 / 0)",
            .script, "M17", "rng:bernoulli wants a probability between 0 and 1, got nan"),
        .noise("return rng:poisson(x, 'a')", .script, "M11", "rng:poisson takes axes and 1 number, got 0"),
        .noise(
            "return rng:normal(x, 'a') + rng:normal(x, 'a')",
            .script, "M06", "the draw 'a' was made before, in line 3; the same name is the same numbers"),
        .noise(
            "return rng:normal(x, 1, 2, 3, 4, 5, 6, 7, 8, 9)",
            .script, "M11", "normal takes at most 7 arguments, got 10"),
        .noise("local f = x.abs return f(rng)", .script, "M11", "abs wants numbers, got rng"),
        .noise("return x.clamp(x, {}, rng)", .script, "M11", "clamp wants numbers, got a table"),
        .noise("return mottle.clamp(1, 2)", .script, "M11", "mottle.clamp takes 3 arguments, got 2"),
        .noise(
            "return mottle.where(x:gt(0), x, x:gt(0))",
            .script, "M11", "where wants a mask, got a tensor of numbers"),
        .noise("return mottle.where(nil, x, x)", .script, "M11", "where wants a mask, got nil"),
        .noise("return x & x", .script, "M11", "'&' wants a mask, got a tensor of numbers"),
        .noise("return ~rng", .script, "M11", "rng is not a number"),
        .noise("return x << 1", .script, nil, "attempt to perform bitwise operation on a tensor value (local 'x')"),
        .noise("return x:isin(x)", .script, "M11", "isin wants a list of plain numbers, got a tensor"),
        .noise("return x:isin { {} }", .script, "M11", "isin wants a plain number, got a table"),
        .noise("return x:lt()", .script, "M11", "lt takes 1 argument, got 0"),
        .noise("return x ^ {}", .script, "M11", "'^' wants numbers, got a table"),
        .noise("return -x:gt(0)", .script, "M11", "'-' wants numbers, got a mask"),
    ]
}
