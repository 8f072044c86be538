extension HostilePlugin {
    /// Traces that never end or never stop growing.
    // swift-format-ignore
    package static let nodeBombs: [HostilePlugin] = [
        .noise("while true do x = x + 1 end", .script, "M18", "more than 20000 operations in one trace"),
        .noise("for i = 1, 1e6 do x = x + i end return x", .script, "M18", "more than 20000 operations in one trace"),
        .noise(
            "local y = x for i = 1, 1e6 do pcall(function() y = y + i end) end return x",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "local t = {} for i = 1, 250000 do t[i] = i end while true do pcall(function() x:isin(t) end) end",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "local t = {} for i = 1, 250000 do t[i] = i end return mottle.where(x:isin(t), 1, x)",
            .script, "M18", "more than 20000 operations in one trace"),
        .noise(
            "for _ = 1, 9 do x = x:dilate(4095, 'HWC') end return x",
            .script, "M18", shape: [8, 8, 2], "more than 20000 operations in one trace"),
        .noise(
            "for i = 1, 1e6 do x = x + rng:uniform('N', 'd' .. i) end return x",
            .script, "M18", "more than 20000 operations in one trace"),
        .noise(
            "for i = 1, 400 do x = x + rng:gamma('N', i) end return x",
            .script, "M18", "more than 20000 operations in one trace"),
        .noise(
            "for i = 1, 1e6 do rng:uniform('N') end return x",
            .script, "M18", "more than 20000 operations in one trace"),
        .noise(
            "local t = {} for i = 1, 250000 do t[i] = i % 2 end while true do t[1] = t[1] + 1 mottle.constant(t) end",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "local t = {} for i = 1, 250000 do t[i] = i % 7 end for i = 1, 500 do x = x + mottle.constant(t):mean() end return x",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "local t = {} for i = 1, 16 do t = { t } end return x + mottle.constant(t):mean()",
            .script, nil, "tables within tables, more than 16 deep"),
        .noise(
            "local t = { 1, 2 } t[3] = t return x + mottle.constant(t):mean()",
            .script, nil, "tables within tables, more than 16 deep"),
        .noise(
            "local t = {} for i = 1, 20 do t = { t, t, t, t } end return x:isin(t)",
            .script, nil, "tables within tables, more than 16 deep"),
        .noise("return x:mean(('H'):rep(1e6))", .script, "M12", "mean: axis 'H' is named twice"),
        .noise(
            "return x + rng:uniform('N' .. ('H'):rep(1e6))",
            .script, "M12", "rng:uniform: axis 'H' is named twice"),
        .noise(
            "return x + rng:uniform('N' .. ('N'):rep(1e5) .. 'HH')",
            .script, "M12", "rng:uniform: axis 'H' is named twice"),
        .noise("return x:dilate(3, 'HHHHHHHHHHHH')", .script, "M12", "dilate: axis 'H' is named twice"),
        .noise(
            "return x[('k'):rep(1e6)]",
            .script, "M17", "tensors have no method 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
        .noise(
            "return x + rng:uniform('N', ('n'):rep(1e6))",
            .script, "M06", "a draw's name may have 64 bytes, got 1000000"),
        .noise(
            #"return x:size(('e\u{301}'):rep(1e5))"#,
            .script, "M12", #"size wants one axis letter, for instance "H""#),
        .noise("for i = 1, 1e6 do rng:partner(x) end return x", .script, "M18", "more than 6 partners in one chain"),
        .noise(
            "for i = 1, 1e6 do pcall(error, 'x') end return x",
            .time, "M18", "stopped after 20,000,000 instructions."),
        .noise(
            "return x:map(function(v) return v < 0 and 1 or 2 end):map(function(v) return v < 0 and 1 or 2 end):map(function(v) return v < 0 and 1 or 2 end):map(function(v) return v < 0 and 1 or 2 end):map(function(v) return v < 0 and 1 or 2 end)",
            .script, "M18", "more than 4 functions that Lua runs for every element"),
    ]
}
