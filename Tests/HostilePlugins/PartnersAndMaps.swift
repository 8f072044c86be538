extension HostilePlugin {
    /// Partners, and functions for every element, while tracing and when samples are made.
    // swift-format-ignore
    package static let partnersAndMaps: [HostilePlugin] = [
        .noise(
            "return rng:partner(x + 1).value",
            .script, "M11", "rng:partner wants the sample that the generator was given"),
        .noise("return rng:partner().value", .script, "M11", "partner takes 1 to 2 arguments, got 0"),
        .noise(
            "return rng:partner(1).value",
            .script, "M11", "rng:partner wants the sample that the generator was given"),
        .noise(
            "return rng:partner(rng).value",
            .script, "M11", "rng:partner wants the sample that the generator was given"),
        .noise("return rng.partner(x, x).value", .script, "M06", "partner is a method of rng"),
        .noise(
            "for _ = 1, 7 do x = rng:partner(x).value end return x",
            .script, "M11", "rng:partner wants the sample that the generator was given"),
        .noise(
            "local v = x for _ = 1, 7 do v = v + rng:partner(x).value end return v",
            .script, "M18", "more than 6 partners in one chain"),
        .noise(
            "return rng:partner(x)",
            .script, "M13", "apply returned a table; noise 'test' must return values like its input's"),
        .noise("return x + rng:partner(x)", .script, "M11", "adding wants numbers, got a table"),
        .noise(
            "return rng:partner(x).valeu + 1",
            .script, "M17", "a partner has no 'valeu'; it has value, id and length"),
        .noise("return x:map(5)", .script, "M11", "map wants a function, got a number"),
        .noise(
            "return x:map(function(v) return {} end)",
            .script, "M13", "map: the function returned a table, not a number"),
        .noise(
            "return x:map(function(v) if v > 0.5 then return 'a' end return 1 end)",
            .script, "M13", "map: the function returned a string, not a number"),
        .noise(
            "local n = 0 return x:map(function(v) n = n + 1 if v > 2 then return 0 end return n end)",
            .script, "M14", "map: the function is not repeatable: of 0.0 it made first 2, then 3"),
        .noise(
            "local n = 0 return x:map(function(v) n = n + 1 if v > 2 then return 0 end if n % 2 == 0 then return nil end return v end)",
            .script, "M13", "map: the function returned a nil, not a number"),
        .noise(
            "return x:map(function(v) while v ~= nil do end end)",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise("return x:map(function(v) return v < 2 and error('mine') or 1 end)", .script, nil, "mine"),
        .noise(
            "return x:map(function(v) local t = {} while true do t[#t + 1] = { v < 1 } end end)",
            .memory, "M18", "asked for more than 4 MB in one piece."),
        .noise("return x:map(rng.uniform)", .script, "M06", "uniform is a method of rng"),
        .noise(
            "return x:map(mottle.noise)",
            .script, "M01", "mottle.noise: this file has registered a generator already; a plugin is one generator"),
        .noise("return x:gt(0.5):map(function(v) return v end)", .script, "M17", "masks have no method 'map'"),
        .noise(
            "local f f = function(v) return x:map(f) end return x:map(f)",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "return x:map(function(v) return rng:uniform 'N' < v and 1 or 0 end)",
            .script, "M07", "'<' needs one true or false, but a tensor's values are not known while tracing"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then while true do end end return v end)"#,
            .time, "M18", line: 4, "stopped after 20,000,000 instructions."),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then return 'a' end return v end)"#,
            .script, "M13", "map: the function returned a string, not a number"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then return nil end return v end)"#,
            .script, "M13", "map: the function returned a nil, not a number"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then error({}) end return v end)"#,
            .script, nil, line: 4, "the script raised a table value; error wants a string"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then error('mine') end return v end)"#,
            .script, nil, line: 4, "mine"),
        .noise(
            #"local t = {} return (x + 2):map(function(v)\#nwhile v > 1 do t[#t + 1] = { t } end return v end)"#,
            .memory, "M18", line: 4, "asked for more than 4 MB in one piece."),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then local function f() return 1 + f() end f() end return v end)"#,
            .memory, "M18", line: 4, "functions call each other without end: their calls fill more than 4 MB."),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then return x end return v end)"#,
            .script, "M13", "map: the function returned a tensor, not a number"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then return (rng:uniform('N')) end return v end)"#,
            .script, "M15", line: 4, "'uniform' is for tensors, and here Lua runs with plain numbers"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then return mottle.abs(x) end return v end)"#,
            .script, "M15", line: 4, "'abs' is for tensors, and here Lua runs with plain numbers"),
        .noise(
            #"return (x + 2):map(function(v)\#nif v > 1 then pcall(function() while true do end end) end return v end)"#,
            .time, "M18", line: 4, "stopped after 20,000,000 instructions."),
    ]
}
