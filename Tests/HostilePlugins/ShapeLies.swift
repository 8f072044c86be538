extension HostilePlugin {
    /// Shapes, axes and arguments of operations that do not fit.
    // swift-format-ignore
    package static let shapeLies: [HostilePlugin] = [
        .noise("return x:reshape { 'N', 7, 7 }", .script, "M12", "reshape: [4, 6, 2] has 48 elements, [7, 7] has 49"),
        .noise(
            "return x:reshape { 'N', 48 }",
            .script, "M13", "apply returned values of shape [48]; its input's is [4, 6, 2]"),
        .noise(
            "return x:reshape { 'N', 1 << 30, 1 << 30, 1 << 4 }",
            .script, "M18", "reshape: 1.8446744073709552e+19 elements; a value may have 16777216"),
        .noise(
            "return x:reshape { 'N', 0, 48 }",
            .script, "M17", "reshape: a size wants a plain whole number of at least 1, got 0"),
        .noise("return x:reshape 'NHWC'", .script, "M12", "reshape wants a list of sizes, got a string"),
        .noise("return x:reshape { 'N', x }", .script, "M11", "reshape: a size wants a plain number, got a tensor"),
        .noise("return x:reshape { 'N', 'Z' }", .script, "M12", "unknown axis 'Z'; this generator's axes are 'NHWC'"),
        .noise("return x:reshape()", .script, "M11", "reshape takes 1 argument, got 0"),
        .noise(
            "local v = x:reshape { 'N', 6, 4, 2 } return v",
            .script, "M13", "apply returned values of shape [6, 4, 2]; its input's is [4, 6, 2]"),
        .noise(
            "return x + rng:normal { 'N', 4, 5 }",
            .script, "M12", "adding: sizes [4, 6, 2] and [4, 5] do not agree: axis W is 6 here and 5 there; the second came from "),
        .noise(
            "return x + mottle.constant({ 1, 2, 3 }, 'H')",
            .script, "M12", "adding: sizes [4, 6, 2] and [3] do not agree: axis H is 4 here and 3 there; the second came from lin"),
        .noise("return x + mottle.constant({ 1, 2, 3 }, 'HW')", .script, "M12", "constant: one list wants one axis"),
        .noise(
            "return x + mottle.constant { { 1, 2 }, { 1 } }",
            .script, "M12", "constant: the lists in the list must be equally long"),
        .noise(
            "return x + mottle.constant { { 1, 2 }, 3 }",
            .script, "M12", "constant: the lists in the list must be equally long"),
        .noise(
            "return x + mottle.constant { {} }",
            .script, "M12", "constant: the lists in the list must be equally long"),
        .noise(
            "return x + mottle.constant {}",
            .script, "M11", "constant wants a list of plain numbers, got a table"),
        .noise("return x + mottle.constant { x }", .script, "M11", "constant wants a plain number, got a tensor"),
        .noise(
            "return x + mottle.constant({ { 1 }, { 2 } }, 'WH')",
            .script, "M12", "constant: lists in a list want two axes, the outer one first"),
        .noise(
            "return x:convolve(mottle.constant { 1, 2 }, 'H')",
            .script, "M12", "convolve: a kernel's sizes must be odd, got [2]"),
        .noise(
            "return x:convolve(mottle.constant { 1, 2, 1 }, 'W')",
            .script, "M12", "convolve: the kernel has sizes [3], also along axes that are not convolved"),
        .noise(
            "return x:convolve(rng:uniform { 'N', 301, 301 })",
            .script, "M18", "convolve: a kernel may have 65,536 weights, got 90601"),
        .noise("return x:convolve(x:lt(1), 'H')", .script, "M11", "convolve wants numbers, got a mask"),
        .noise("return x:convolve(x)", .script, "M12", "convolve: a kernel's sizes must be odd, got [4, 6, 2]"),
        .noise(
            "return x:blur(1 / 0)",
            .script, "M17", "blur: sigma must be between 0 and 1,024, got inf"),
        .noise(
            "return x:blur(rng:uniform 'N')",
            .script, "M11", "blur: a sigma that is not a plain number of 0 to 1,024 needs a radius"),
        .noise(
            "return x:blur(1, 'HW', 1e9)",
            .script, "M17", "blur: the radius wants a plain whole number between 0 and 4096, got 1000000000"),
        .noise("return x:blur(x)", .script, "M12", "blur wants one sigma a sample"),
        .noise(
            "return x:erode(1e300)",
            .script, "M17", "erode wants a plain whole number between 1 and 4096, got 1e+300"),
        .noise("return x:erode(2)", .script, "M17", "erode wants an odd size, got 2"),
        .noise("return x:take('H', 'W')", .script, "M11", "take wants numbers, got a string"),
        .noise(
            "return x:permute('H', mottle.index('H', 9))",
            .script, "M12", "permute: the axis has size 4, the order 9 positions along it"),
        .noise(
            "return x:take('H', rng:uniform { 'N', 1 << 24, 1, 1, 9 })",
            .script, "M18", "rng:uniform: 150994944 elements; a value may have 16777216"),
        .noise("return x:warp({}, 'bilinear')", .script, "M12", "warp wants a table of one to three axes"),
        .noise(
            "return x:warp({ H = x, W = x, C = x, Q = x })",
            .script, "M12", "warp wants a table of one to three axes"),
        .noise("return x:warp({ Q = x })", .script, "M12", "unknown axis 'Q'; this generator's axes are 'NHWC'"),
        .noise(
            "return x:warp({ H = 1 }, 'cubic')",
            .script, "M17", #"warp: the mode must be "bilinear" or "nearest""#),
        .noise("return x:warp({ H = 1 }, nil, 'zero')", .script, "M17", "warp: unknown border 'zero'"),
        .noise("return x:shift('H', 1, x)", .script, "M12", "shift: a border is one value, or one a sample"),
        .noise("return x:affine { { 1, 2 }, { 3 } }", .script, "M11", "affine wants two rows of three numbers"),
        .noise("return x:affine { { 1, 2, 3 }, { 3, 4, {} } }", .script, "M11", "affine wants numbers, got a table"),
        .noise(
            "return x:filter('W', mottle.index('W'))",
            .script, "M12", "filter wants 4 gains along the axis of size 6, got 6"),
        .noise(
            "return (mottle.ifft(x, x:mean(), 'H'))",
            .script, "M12", "ifft wants parts of one shape, got [4, 6, 2] and []"),
        .noise("return x:top(x)", .script, "M12", "top wants one count a sample"),
        .noise(
            "local a, b = x, x for _ = 1, 7 do a = rng:choose(a, 2, 1) end for _ = 1, 6 do b = rng:choose(b, 2, 1) end b = rng:choose(b, 3, 1) return x + (a | b):count()",
            .script, "M12", "'|': sizes [4, 6, 2, 2, 2, 2, 2, 2, 2, 2] and [4, 6, 2, 2, 2, 2, 2, 2, 2, 3] do not agree: axis 10 i"),
        .noise("return x:mean('Q')", .script, "M12", "unknown axis 'Q'; this generator's axes are 'NHWC'"),
        .noise("return x:mean('')", .script, "M12", "mean wants axes, as letters, got a string"),
        .noise("return x:mean('HH')", .script, "M12", "mean: axis 'H' is named twice"),
        .noise("return x:mean(x)", .script, "M12", "mean wants axes, as letters, got a tensor"),
        .noise("return x:mean { 'H' }", .script, "M12", "mean wants axes, as letters, got a table"),
        .noise(
            "return x:cumsum('N')",
            .script, "M12", "cumsum along N: what happens to a sample never depends on its neighbours"),
        .noise(#"return x:cumsum('\0')"#, .script, "M12", "unknown axis '"),
        .noise(#"return x + x['\255']"#, .script, "M17", "tensors have no method '"),
        .noise("return x[1]", .script, "M10", "a tensor has no elements: its values are not known while tracing"),
        .noise("return x[0 / 0]", .script, "M10", "a tensor has no elements: its values are not known while tracing"),
        .noise("return x[x]", .script, "M10", "a tensor has no elements: its values are not known while tracing"),
        .noise("return x[nil]", .script, "M10", "a tensor has no elements: its values are not known while tracing"),
        .noise(
            "return x.N",
            .script, "M10", "the batch has no size here: what happens to a sample never depends on its neighbours"),
    ]
}
