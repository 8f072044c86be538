extension HostilePlugin {
    /// Generators whose Lua runs for each sample.
    // swift-format-ignore
    package static let eagerAbuse: [HostilePlugin] = [
        .eager("while true do end", .time, "M18", "stopped after 20,000,000 instructions."),
        .eager(
            "while true do pcall(function() while true do end end) end",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .eager("repeat rng:uniform() until false", .time, "M18", "stopped after 20,000,000 instructions."),
        .eager(
            "repeat x:set(1, 1, 1, rng:normal()) until false",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .eager(
            "local t = {} while true do t[#t + 1] = {} end",
            .memory, "M18", "asked for more than 4 MB in one piece."),
        .eager(
            "local s = 'x' while true do s = s .. s end",
            .memory, "M18", "asked for more than 4 MB in one piece."),
        .eager(
            "local function f() return 1 + f() end f()",
            .memory, "M18", "functions call each other without end: their calls fill more than 4 MB."),
        .eager("x:get(0, 1, 1)", .script, nil, "position 1 is 0, outside 1 to 4"),
        .eager("x:get(5, 1, 1)", .script, nil, "position 1 is 5, outside 1 to 4"),
        .eager("x:get(1, 1, 1, 2)", .script, nil, "position 4 is 2, outside 1 to 1"),
        .eager("x:get(1, 1, 3)", .script, nil, "position 3 is 3, outside 1 to 2"),
        .eager("x:get(0 / 0, 1, 1)", .script, nil, "position 1 is not a whole number"),
        .eager("x:get(1 / 0, 1, 1)", .script, nil, "position 1 is not a whole number"),
        .eager("x:get(1.5, 1, 1)", .script, nil, "position 1 is not a whole number"),
        .eager("x:get('1', 1, 1)", .script, nil, "position 1 is not a whole number"),
        .eager("x:get({}, 1, 1)", .script, nil, "position 1 is not a whole number"),
        .eager(
            "x:get(math.maxinteger, math.maxinteger, math.maxinteger)",
            .script, nil, "position 1 is 9223372036854775807, outside 1 to 4"),
        .eager("x:get(-2 ^ 63, 1, 1)", .script, nil, "position 1 is -9223372036854775808, outside 1 to 4"),
        .eager("x:get(table.unpack({}, 1, 4000))", .script, nil, "position 1 is not a whole number"),
        .eager("x.get()", .script, nil, "get and set are methods and want a colon"),
        .eager("x.get(rng, 1)", .script, nil, "get and set are methods and want a colon"),
        .eager("x.get('x', 1)", .script, nil, "get and set are methods and want a colon"),
        .eager("x:set()", .script, nil, "set wants the positions and then a value"),
        .eager("x:set(1, 1, 1, 'a')", .script, nil, "set wants a number as its last argument, behind the positions"),
        .eager("x:set(1, 1, 1, nil)", .script, nil, "set wants a number as its last argument, behind the positions"),
        .eager("x:set(1, 1, 1, true)", .script, nil, "set wants a number as its last argument, behind the positions"),
        .eager("x:set(1, 1, 1, x)", .script, nil, "set wants a number as its last argument, behind the positions"),
        .eager("x:set(1, 1, 3, 1)", .script, nil, "position 3 is 3, outside 1 to 2"),
        .eager("x.set(1, 1, 1)", .script, nil, "get and set are methods and want a colon"),
        .eager("x[1] = 1", .script, "M09", "arrays are written with set"),
        .eager("x.H = 1", .script, "M09", "arrays are written with set"),
        .eager("return x + 1", .script, "M11", "an array is a sample's memory, not a number: an eager generator works on one element at a time"),
        .eager("return #x", .script, "M11", "'#' needs one number, but an array has an axis for each letter"),
        .eager("return x .. x", .script, "M11", "an array is a sample's memory, not a number: an eager generator works on one element at a time"),
        .eager("return x < x", .script, "M11", "an array is a sample's memory, not a number: an eager generator works on one element at a time"),
        .eager("return x[1]", .script, "M09", "arrays are read with get"),
        .eager("return x.Q", .script, "M12", "unknown axis 'Q'; this generator's axes are 'NHWC'"),
        .eager("return x:mean()", .script, "M17", "arrays have no method 'mean'"),
        .eager(
            "return mottle.where(true, 1, 2)",
            .script, "M15", "'where' is for tensors, and here Lua runs with plain numbers"),
        .eager(
            "return mottle.zeros('N')",
            .script, "M15", "'zeros' is for tensors, and here Lua runs with plain numbers"),
        .eager("return mottle.abs(x)", .script, "M15", "'abs' is for tensors, and here Lua runs with plain numbers"),
        .eager("return rng:uniform('N')", .script, "M11", "rng:uniform wants plain numbers, got a string"),
        .eager("return rng:uniform(1)", .script, "M11", "rng:uniform wants plain numbers, got nil"),
        .eager("return rng:uniform(x, x)", .script, "M11", "rng:uniform wants plain numbers, got an array"),
        .eager("return rng:partner(x)", .script, "M17", "rng has no method 'partner'"),
        .eager("return rng:bernoulli()", .script, "M11", "rng:bernoulli wants plain numbers, got nil"),
        .eager("return rng:integer(1)", .script, "M11", "rng:integer wants plain numbers, got nil"),
        .eager("return x", .script, "M13", "apply returned an array; an eager generator returns nothing and changes what it got"),
        .eager("x:set(1, 1, 1, 0 / 0)", .script, nil, "set wants a finite number"),
        .eager("rng:uniform(0 / 0, 1)", .script, "M17", "rng:uniform wants finite bounds, got nan and 1"),
        .eager("return rng.x", .script, "M17", "rng has no method 'x'"),
        .eager("return p.nothing", .script, "M17", "no parameter 'nothing'"),
        .eager("error()", .script, nil, "the script raised a nil value; error wants a string"),
        .eager("error({ 1 })", .script, nil, "the script raised a table value; error wants a string"),
        .eager("error(x)", .script, nil, "the script raised a array value; error wants a string"),
        .eager("error('mine')", .script, nil, "mine"),
        .eager("local a = nil; a.b = 1", .script, nil, "attempt to index a nil value (local 'a')"),
        .eager(
            "mottle.noise { name = 'b', apply = function(x) return x end }",
            .script, "M01", "mottle.noise: this file has registered a generator already; a plugin is one generator"),
        .eager(
            "setmetatable(x, {})",
            .script, "M19", "setmetatable is not available in plugins: it can outlive the time and memory limits. Plain tables an"),
        .eager("for _ in pairs(x) do end", .script, nil, "bad argument #1 to 'pairs' (table expected, got array)"),
        .eager("for _ in ipairs(x) do end", .script, "M09", "arrays are read with get"),
        .eager(
            "string.rep('x', 1 << 40)",
            .script, nil, "string.rep: the result would be longer than 1,000,000 bytes"),
        .eager(
            "local t = {} t[x] = 1 for k in pairs(t) do end",
            .script, "M16", "pairs: a key is a array; only string and number keys have an order that is the same in every run."),
        .hidden("hidden:set(1, 1, 1, 1)", .script, nil, "a mask's value is true or false"),
        .hidden("hidden:set(1, 1, 1, nil)", .script, nil, "a mask's value is true or false"),
        .hidden("hidden:set(9, 1, 1, true)", .script, nil, "position 1 is 9, outside 1 to 4"),
        .hidden(
            "x:set(1, 1, 1, hidden:get(1, 1, 1))",
            .script, nil, "set wants a number as its last argument, behind the positions"),
        .file(
            "mottle.mask { name = 'a', eager = true, make = function(x, p, rng) end }",
            .script, "M02", "mottle.mask: an eager mask sets a fourth parameter"),
        .file(
            "mottle.noise { name = 'a', eager = 1, apply = function(x) end }",
            .script, "M03", "mottle.noise: 'eager' must be true or false"),
        .file(
            #"local kept\#nmottle.noise { name = 'a', axes = 'NHWC', eager = true, apply = function(x)\#nif kept then kept:set(1, 1, 1, 5) end kept = x end }"#,
            .script, "M15", line: 3, "this array belongs to an earlier sample"),
        .file(
            #"local kept\#nmottle.noise { name = 'a', axes = 'NHWC', eager = true, apply = function(x)\#nif kept then return kept(x, 0, 1) end kept = x.get end }"#,
            .script, nil, line: 3, "position 1 is 0, outside 1 to 4"),
        .file(
            #"local n = 0\#nmottle.noise { name = 'a', axes = 'NHWC', eager = true, apply = function(x)\#nn = n + 1 while n > 1 do end end }"#,
            .time, "M18", line: 3, "stopped after 20,000,000 instructions."),
    ]
}
