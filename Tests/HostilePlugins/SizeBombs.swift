extension HostilePlugin {
    /// Sizes and counts that are too large, not whole or not numbers, and values whose making takes too much.
    // swift-format-ignore
    package static let sizeBombs: [HostilePlugin] = [
        .noise(
            "return x + rng:uniform({ 'N', 1 << 40 }):mean()",
            .script, "M17", "rng:uniform: a size wants a plain whole number between 1 and 1073741824, got 1099511627776"),
        .noise(
            "return x + rng:uniform({ 'N', 1 << 30 }):mean()",
            .script, "M18", "rng:uniform: 1073741824 elements; a value may have 16777216"),
        .noise(
            "return x + rng:uniform({ 'N', 4096, 4096, 2 }):mean()",
            .script, "M18", "rng:uniform: 33554432 elements; a value may have 16777216"),
        .noise(
            "return x + rng:normal({ 'N', math.maxinteger }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number between 1 and 1073741824, got 9.223372036854776e+18"),
        .noise(
            "return x + rng:normal({ 'N', -1 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number of at least 1, got -1"),
        .noise(
            "return x + rng:normal({ 'N', 0 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number of at least 1, got 0"),
        .noise(
            "return x + rng:normal({ 'N', 0 / 0 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number of at least 1, got nan"),
        .noise(
            "return x + rng:normal({ 'N', 1 / 0 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number between 1 and 1073741824, got inf"),
        .noise(
            "return x + rng:normal({ 'N', 2 ^ 63 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number between 1 and 1073741824, got 9.223372036854776e+18"),
        .noise(
            "return x + rng:normal({ 'N', 2.5 }):mean()",
            .script, "M17", "rng:normal: a size wants a plain whole number of at least 1, got 2.5"),
        .noise(
            "return x + rng:normal({ 'N', 1, 1, 1, 1, 1, 1, 1, 1, 2 }):mean()",
            .script, "M12", "rng:normal: more than 8 axes"),
        .noise(
            "return x + rng:normal({ 'N', 'HW' }):mean()",
            .script, "M12", "rng:normal: 'HW' is not one axis letter"),
        .noise(
            "return x + rng:normal({ 3, 4 }):mean()",
            .script, "M12", #"rng:normal: a list of sizes starts with "N", since every sample has its own"#),
        .noise(
            "return x + rng:normal({ 'N', {} }):mean()",
            .script, "M11", "rng:normal: a size wants a plain number, got a table"),
        .noise(
            "return x + rng:normal({ n = 5 }):mean()",
            .script, "M12", "rng:normal wants axes, as letters or as a tensor of that shape, got a table"),
        .noise(
            "return x + rng:normal({}):mean()",
            .script, "M12", "rng:normal wants axes, as letters or as a tensor of that shape, got a table"),
        .noise(
            "for _ = 1, 40 do x = x:upsample(2) end return x",
            .script, "M18", "upsample: 25165824 elements; a value may have 16777216"),
        .noise(
            "return x:upsample(1 << 24)",
            .script, "M18", "upsample: 805306368 elements; a value may have 16777216"),
        .noise(
            "return x:upsample(math.huge)",
            .script, "M17", "upsample wants a plain whole number between 1 and 16777216, got inf"),
        .noise("return x:upsample(-0.0)", .script, "M17", "upsample wants a plain whole number of at least 1, got 0"),
        .noise("return x:upsample(x:mean())", .script, "M11", "upsample wants a plain number, got a tensor"),
        .noise(
            "return x:downsample(math.mininteger)",
            .script, "M17", "downsample wants a plain whole number of at least 1, got -9.223372036854776e+18"),
        .noise("return x:downsample(3, 'H')", .script, "M12", "downsample: 3 does not divide the axis's size 4"),
        .noise(
            "return x + mottle.index('H', 1e9):mean()",
            .script, "M17", "index wants a plain whole number between 1 and 16777216, got 1000000000"),
        .noise(
            "return x + mottle.index('H', -1):mean()",
            .script, "M17", "index wants a plain whole number of at least 1, got -1"),
        .noise(
            "return x + mottle.index('H', 0 / 0):mean()",
            .script, "M17", "index wants a plain whole number of at least 1, got nan"),
        .noise(
            "return x + mottle.index('H', 1 << 62):mean()",
            .script, "M17", "index wants a plain whole number between 1 and 16777216, got 4.611686018427388e+18"),
        .noise(
            "return x + mottle.zeros({ 'N', 1 << 20, 1 << 20 }):mean()",
            .script, "M18", "zeros: 1099511627776 elements; a value may have 16777216"),
        .noise(
            "return x + mottle.index('H', 1 << 13) * mottle.index('W', 1 << 13)",
            .script, "M18", "multiplying: 67108864 elements; a value may have 16777216"),
        .noise(
            "return x:resize { H = 1 << 24, W = 1 << 24 }",
            .script, "M18", "resize: 562949953421312 elements; a value may have 16777216"),
        .noise(
            "return x:resize { H = 1 << 40 }",
            .script, "M17", "resize wants a plain whole number between 1 and 16777216, got 1099511627776"),
        .noise("return x:resize { H = 0 }", .script, "M17", "resize wants a plain whole number of at least 1, got 0"),
        .noise(
            "return x:resize { H = 0 / 0, W = 3 }",
            .script, "M17", "resize wants a plain whole number of at least 1, got nan"),
        .noise(
            "return x + rng:choose('N', 1 << 40, 3):count()",
            .script, "M17", "rng:choose wants a plain whole number between 1 and 16777216, got 1099511627776"),
        .noise(
            "return x + rng:choose(x, 1 << 22, 3):count()",
            .script, "M18", "rng:choose: 201326592 elements; a value may have 16777216"),
        .noise(
            "return x + rng:permutation('N', 1 << 60):mean()",
            .script, "M17", "rng:permutation wants a plain whole number between 1 and 16777216, got 1.152921504606847e+18"),
        .noise(
            "return x + rng:permutation(x, 1e8):mean()",
            .script, "M17", "rng:permutation wants a plain whole number between 1 and 16777216, got 100000000"),
        .noise(
            "return x:stft('H', 1 << 40, 1)",
            .script, "M17", "stft: the window wants a plain whole number between 2 and 1048576, got 1099511627776"),
        .noise(
            "return x:stft('H', 2, 0)",
            .script, "M17", "stft: the hop wants a plain whole number between 1 and 1048576, got 0"),
        .noise(
            "return x:stft('H', -0.0, 1 / 0)",
            .script, "M17", "stft: the window wants a plain whole number between 2 and 1048576, got 0"),
        .noise(
            "local v = mottle.index('H', 1 << 24) return x + (v:fft('H')):mean()",
            .memory, "M18", line: 1, "a worker would need 1280 MB for this chain; it may have 1024 MB"),
        .noise(
            "local v = x for _ = 1, 30 do v = rng:choose(v, 2, 1) end return x + v:count()",
            .script, "M18", "rng:choose: 25165824 elements; a value may have 16777216"),
        .noise(
            "return x, { a = mottle.zeros { 'N', 1 << 20 } }",
            .script, "M18", "apply returned extra outputs of 1048576 elements in all; they may have 262144"),
        .noise(
            "local t = {} for i = 1, 100 do t['a' .. i] = x end return x, t",
            .script, "M18", "apply returned 100 extra outputs; it may have 64"),
        .noise(
            "local v = 0 for i = 1, 60 do v = v + (mottle.zeros { 'N', 1 << 24 } + i):take('H', i) end return x + v",
            .memory, "M18", line: 1, "a worker would need 7681 MB for this chain; it may have 1024 MB"),
        .noise(
            "local v = 0 for i = 1, 200 do v = v + rng:uniform({ 'N', 1 << 24 }):mean() end return x + v",
            .time, "M18", line: 1, "one sample would take about 7 s of one core; a generator may take 2 s"),
        .noise(
            "local v = mottle.index('H', 1 << 23) + mottle.index('W', 2) for i = 1, 9 do v = v:sum('W') + mottle.index('W', 2) end return x + v:mean()",
            .memory, "M18", line: 1, "a worker would need 1824 MB for this chain; it may have 1024 MB"),
        .noise(
            "local v = rng:uniform { 'N', 1 << 22 } for i = 1, 60 do v = v:roll('H', i) end return x + v:mean()",
            .memory, "M18", line: 1, "a worker would need 1025 MB for this chain; it may have 1024 MB"),
        .noise(
            "local v = rng:uniform { 'N', 1 << 20 } return x + v:convolve(rng:uniform { 'N', 65535 }, 'H'):mean()",
            .time, "M18", line: 1, "one sample would take about 35 s of one core; a generator may take 2 s"),
        .noise(
            "local v = rng:uniform { 'N', 1 << 22 } return x + v:dilate(2047, 'H'):mean()",
            .memory, "M18", line: 1, "a worker would need 65536 MB for this chain; it may have 1024 MB"),
        .noise(
            "local v = rng:uniform { 'N', 1 << 22 } for i = 1, 100 do v = rng:poisson(v, v) end return x + v:mean()",
            .time, "M18", line: 1, "one sample would take about 37 s of one core; a generator may take 2 s"),
        .noise(
            "local v = rng:uniform { 'N', 1 << 22 } for i = 1, 9 do v = v:take('H', v:order('H')) end return x + v:mean()",
            .time, "M18", line: 1, "one sample would take about 8 s of one core; a generator may take 2 s"),
        .noise(
            "for _ = 1, 3 do x = x:upsample(1 << 24, 'W') end return x",
            .script, "M18", shape: [0, 3, 2], "upsample: 100663296 elements; a value may have 16777216"),
        .noise(
            "return x + rng:uniform({ 'N', 1 << 30, 1 << 30, 1 << 30, 'H' }):mean()",
            .script, "M18", shape: [0, 3, 2], "rng:uniform: 1.2379400392853803e+27 elements; a value may have 16777216"),
        .noise(
            "local v = x for _ = 1, 80 do v = rng:choose(v, 2, 1) end return x",
            .script, "M18", shape: [0, 3, 2], "rng:choose: 25165824 elements; a value may have 16777216"),
    ]
}
