extension HostilePlugin {
    /// What `expect` and `apply` return, and functions that are not what they should be.
    // swift-format-ignore
    package static let resultAbuse: [HostilePlugin] = [
        .file(
            "mottle.noise { name = 'a', expect = 5, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'expect' must be a function"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function()\#nwhile true do end end }"#,
            .time, "M18", line: 2, "stopped after 20,000,000 instructions."),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nreturn x end }"#,
            .script, "M13", line: 2, "expect returned 'high'; it gives plain numbers named mean, variance, rate, ratio"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nreturn 5 end }"#,
            .script, "M13", line: 2, "expect returned no table"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nreturn { mean = {} } end }"#,
            .script, "M13", line: 2, "expect returned 'mean'; it gives plain numbers named mean, variance, rate, ratio"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nreturn { mean = 0, [{}] = 1 } end }"#,
            .script, nil, "a table's key is a table; only strings and 1, 2, 3 and so on can be keys here"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nreturn { mean = mottle.zeros 'N' } end }"#,
            .script, "M15", line: 2, "'zeros' is for tensors, and here Lua runs with plain numbers"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nlocal t = {} t.mean = t return t end }"#,
            .script, nil, "tables within tables, more than 16 deep"),
        .file(
            #"mottle.noise { name = 'a', apply = function(x) return x end, expect = function(p, x)\#nerror(p) end }"#,
            .script, nil, line: 2, "the script raised a table value; error wants a string"),
        .file(
            "mottle.noise { name = 'a', apply = tostring }",
            .script, "M10", "a tensor has no text: its values are not known while tracing"),
        .file("mottle.noise { name = 'a', apply = mottle.abs }", .script, "M11", "abs takes 0 arguments, got 3"),
        .file(
            "mottle.mask { name = 'a', apply = function(x) return x end }",
            .script, "M02", "mottle.mask: unknown field 'apply'; its fields are name, doc, source, axes, params, severities, iden"),
        .file(
            "mottle.mask { name = 'a', make = function(x) return x end }",
            .script, "M13", "make returned a tensor; mask 'a' must return a mask"),
        .file(
            "mottle.tokens { name = 'a', apply = function(x) return x:gt(1) end }",
            .script, "M13", "apply returned a mask; tokens 'a' must return values like its input's"),
        .file(
            "mottle.mask { name = 'a', make = function(x, p, rng) return rng:bernoulli({ 'N', 3, 3, 3 }, 0.5) end }",
            .script, "M13", "make returned a mask of shape [3, 3, 3]; its input's is [4, 6, 2]"),
        .noise("return", .script, "M13", "apply returned nothing"),
        .noise("return nil, x", .script, "M13", "apply returned nothing"),
        .noise(
            "return 0 / 0",
            .script, "M13", "apply returned a number; noise 'test' must return values like its input's"),
        .noise(
            "return x, x, x",
            .script, "M13", "apply returned a tensor as a further result, which must be a mask, or a table of extra outputs"),
        .noise(
            "return x, { a = {} }",
            .script, "M13", "the extra output 'a' is a table, not a tensor or a mask"),
        .noise(
            "return x, { ['a b'] = x }",
            .script, "M13", "an extra output's name must have letters, digits and '_', got 'a b'"),
        .noise(
            "return x, { a = 'text' }",
            .script, "M13", "the extra output 'a' is a string, not a tensor or a mask"),
        .noise(
            "return x, { 1, 2 }",
            .script, "M13", "apply returned a table as a further result, which must be a mask, or a table of extra outputs"),
        .noise(
            "return x, { [('n'):rep(1e6)] = x }",
            .script, "M13", "an extra output's name must have letters, digits and '_', got 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"),
        .noise(
            "return x, x:gt(0), { a = x }, 5",
            .script, "M13", "apply returned a number as a further result, which must be a mask, or a table of extra outputs"),
        .noise(
            "return x, rng:bernoulli({ 'N', 4, 6, 2, 3 }, 0.5)",
            .script, "M13", "apply returned a mask of shape [4, 6, 2, 3]; its input's is [4, 6, 2]"),
        .noise(
            "return x, function() end",
            .script, "M13", "apply returned a function as a further result, which must be a mask, or a table of extra outputs"),
        .noise(
            "return function() return x end",
            .script, "M13", "apply returned a function; noise 'test' must return values like its input's"),
        .noise("return table.unpack({}, 1, 4000)", .script, "M13", "apply returned nothing"),
        .noise("local t = {} t.t = t return x, t", .script, nil, line: 1, "tables within tables, more than 16 deep"),
        .noise(
            "local t = x for i = 1, 30 do t = { t, t, t, t } end return t",
            .script, nil, line: 1, "tables within tables, more than 16 deep"),
    ]
}
