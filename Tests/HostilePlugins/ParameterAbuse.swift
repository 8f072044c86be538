extension HostilePlugin {
    /// Parameters, identities and severities that are none.
    // swift-format-ignore
    package static let parameterAbuse: [HostilePlugin] = [
        .file(
            "mottle.noise { name = 'a', params = 5, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'params' wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', params = { a = 5 }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: param 'a' has no type"),
        .file(
            "mottle.noise { name = 'a', params = { a = { parameter = 5 } }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: param 'a' has no type"),
        .file(
            "mottle.noise { name = 'a', params = { a = { parameter = -1 } }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: param 'a' has no type"),
        .file(
            "mottle.noise { name = 'a', params = { a = { parameter = math.mininteger } }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: param 'a' has no type"),
        .file(
            #"local n = mottle.number {}\#nmottle.noise { name = 'a', params = { a = n, b = n }, apply = function(x) return x end }"#,
            .script, "M03", line: 2, "mottle.noise: param 'b' shares its type with another one"),
        .file(
            #"mottle.noise { name = 'a', params = { ['\255'] = mottle.number {}, ['\254'] = mottle.number {} }, apply = function(x) return x end }"#,
            .script, "M03", "mottle.noise: a param's name must have letters, digits and '_', got '"),
        .file(
            #"mottle.noise { name = 'a', params = { ['a\nb'] = mottle.number {} }, apply = function(x) return x end }"#,
            .script, "M03", "mottle.noise: a param's name must have letters, digits and '_', got 'a"),
        .file(
            "mottle.noise { name = 'a', params = { [1] = mottle.number {} }, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'params' wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', params = { severity = mottle.number {} }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: the param name 'severity' is taken: configs choose a level by it"),
        .file(
            #"local t = {} t.t = t\#nmottle.noise { name = 'a', params = t, apply = function(x) return x end }"#,
            .script, nil, line: 2, "tables within tables, more than 16 deep"),
        .file(
            #"local t = {} for i = 1, 25 do t = { a = t, b = t } end\#nmottle.noise { name = 'a', params = t, apply = function(x) return x end }"#,
            .script, nil, line: 2, "tables within tables, more than 16 deep"),
        .file("for i = 1, 65 do mottle.number {} end", .script, "M18", "more than 64 parameters"),
        .file("while true do pcall(mottle.number, {}) end", .time, "M18", "stopped after 20,000,000 instructions."),
        .file(
            #"mottle.number { default = 0 / 0, min = 0 }\#nmottle.noise { name = 'a', params = { a = mottle.number { default = 0 / 0 } }, apply = function(x) return x end }"#,
            .script, "M03", line: 2, "line 2: the default of param 'a' must be a number (range), got nan"),
        .file("mottle.number { min = 0 / 0 }", .script, "M03", "mottle.number: 'min' must be a finite number"),
        .file("mottle.number { max = 1 / 0 }", .script, "M03", "mottle.number: 'max' must be a finite number"),
        .file(
            "mottle.number { min = 2, max = 1 }",
            .script, "M03", "mottle.number: 'min' is 2, above 'max', which is 1"),
        .file(
            "mottle.number { default = function() end }",
            .script, "M03", "mottle.number: a default must be a plain value"),
        .file(
            "mottle.number { default = { a = 1 } }",
            .script, "M03", "mottle.number: a default must be a plain value"),
        .file(
            "mottle.number { unit = 'parsec' }",
            .script, "M03", "mottle.number: unknown unit 'parsec'; units are range, db, pixels, frames, tokens, ratio, count, deg"),
        .file(
            "mottle.number { doc = 5 }",
            .script, "M02", "mottle.number: 'doc' must be a text of up to 4,096 bytes"),
        .file(
            "mottle.number { optional = 'yes' }",
            .script, "M03", "mottle.number: 'optional' must be true or false"),
        .file(
            "mottle.number { defualt = 1 }",
            .script, "M02", "mottle.number: unknown field 'defualt' (did you mean 'default'?)"),
        .file(
            "mottle.number { [1] = 1 }",
            .script, "M02", "mottle.number wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.number(nil)",
            .script, "M02", "mottle.number wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.integer { default = 2 ^ 63 } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be a whole number, got 9.223372036854776e+18"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.integer { default = 0.5 } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be a whole number, got 0.5"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.integer { default = 1 / 0 } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be a whole number, got inf"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.boolean { default = 1 } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be true or false, got 1"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.range { default = { 2, 1 } } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be two numbers [low, high] (range), got [2, 1]"),
        .file(
            "mottle.noise { name = 'a', params = { a = mottle.list { of = 'integer', default = { 1e300 } } }, apply = function(x) return x end }",
            .script, "M03", "line 1: the default of param 'a' must be a list of whole numbers, got [1e+300]"),
        .file("mottle.list { of = {} }", .script, "M03", #"mottle.list: 'of' must be "integer" or "number""#),
        .file("mottle.choice {}", .script, "M03", "mottle.choice: 'of' must list the names"),
        .file("mottle.choice { of = {} }", .script, "M03", "mottle.choice: 'of' must list the names"),
        .file(
            "mottle.choice { of = { 1, 2 } }",
            .script, "M03", "mottle.choice: 'of' must list names in quotes"),
        .file(
            "local t = {} for i = 1, 1000 do t[i] = 'n' .. i end mottle.choice { of = t }",
            .script, "M18", "mottle.choice: 'of' may list 256 names, got 1000"),
        .file(
            "mottle.choice { of = { ('n'):rep(1000) } }",
            .script, "M18", "mottle.choice: a name may have 64 bytes, got 1000"),
        .file(
            "mottle.noise { name = 'a', identity = 5, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'identity' wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', identity = { s = 1 }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: 'identity': there is no param 's'"),
        .file(
            "mottle.noise { name = 'a', params = { s = mottle.number {} }, identity = { s = function() end }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: 'identity': 's' must be a plain value"),
        .file(
            "mottle.noise { name = 'a', params = { s = mottle.number {} }, identity = { s = 0 / 0 }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: 'identity': 's' must be a number (range), got nan"),
        .file(
            "mottle.noise { name = 'a', severities = { 1, 2, 3, 4, 5 }, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'severities' wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', severities = {}, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'severities' must list five tables of parameters, the mildest first"),
        .file(
            "mottle.noise { name = 'a', severities = function() end, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'severities' must list five tables of parameters, the mildest first"),
        .file(
            "mottle.noise { name = 'a', severities = { {}, {}, {}, {}, { q = 1 } }, apply = function(x) return x end }",
            .script, "M03", "mottle.noise: 'severities': there is no param 'q'"),
    ]
}
