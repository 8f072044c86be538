extension HostilePlugin {
    /// Declarations with fields of every wrong type.
    // swift-format-ignore
    package static let declarationAbuse: [HostilePlugin] = [
        .file(
            "mottle.noise()",
            .script, "M02", "mottle.noise wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise(5)",
            .script, "M02", "mottle.noise wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise 'x'",
            .script, "M02", "mottle.noise wants a table with named fields, such as { name = value }"),
        .file("mottle.noise {}", .script, "M02", "mottle.noise: 'apply' must be a function"),
        .file("mottle.noise { apply = 5 }", .script, "M02", "mottle.noise: 'apply' must be a function"),
        .file("mottle.noise { name = 'a', apply = {} }", .script, "M02", "mottle.noise: 'apply' must be a function"),
        .file(
            "mottle.noise { name = 5, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'name' must be a text of up to 4,096 bytes"),
        .file(
            "mottle.noise { name = '', apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            "mottle.noise { name = 'a b', apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            #"mottle.noise { name = '\27[2Ja', apply = function(x) return x end }"#,
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            "mottle.noise { name = '../../etc/passwd', apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            #"mottle.noise { name = 'a\0b', apply = function(x) return x end }"#,
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            "mottle.noise { name = ('a'):rep(65), apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'name' must be a name of letters, digits and '_'"),
        .file(
            "mottle.noise { name = 'a', doc = ('d'):rep(1e6), apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'doc' must be a text of up to 4,096 bytes"),
        .file(
            "mottle.noise { name = 'a', source = {}, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'source' must be a text of up to 4,096 bytes"),
        .file(
            "mottle.noise { name = 'a', axes = 'NHH', apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got 'NHH'"),
        .file(
            "mottle.noise { name = 'a', axes = 'nhwc', apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got 'nhwc'"),
        .file(
            "mottle.noise { name = 'a', axes = 'NABCDEFGHI', apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' may name 8 axes of a sample, got 'NABCDEFGHI'"),
        .file(
            "mottle.noise { name = 'a', axes = ('N'):rep(4096), apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got 'NNNNNNN"),
        .file(
            "mottle.noise { name = 'a', axes = {}, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: 'axes' must be a text of up to 4,096 bytes"),
        .file(
            "mottle.noise { name = 'a', axes = '', apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got ''"),
        .file(
            "mottle.noise { name = 'a', axes = '...', apply = function(x) return x end }",
            .script, "M12", "mottle.noise: 'axes' must be N and a letter for each axis of a sample, or N... for any, got '...'"),
        .file(
            "mottle.noise { name = 'a', [1] = 2, apply = function(x) return x end }",
            .script, "M02", "mottle.noise wants a table with named fields, such as { name = value }"),
        .file(
            "mottle.noise { name = 'a', [{}] = 2, apply = function(x) return x end }",
            .script, nil, "a table's key is a table; only strings and 1, 2, 3 and so on can be keys here"),
        .file(
            "mottle.noise { name = 'a', [0.5] = 2, apply = function(x) return x end }",
            .script, nil, "a table's number keys must be 1, 2, 3 and so on"),
        .file(
            "mottle.noise { name = 'a', arity = 4, apply = function(x) return x end, aply = 1 }",
            .script, "M02", "mottle.noise: unknown field 'aply' (did you mean 'apply'?)"),
        .file(
            "mottle.noise { name = 'a', [('k'):rep(1e6)] = 1, apply = function(x) return x end }",
            .script, "M02", "mottle.noise: unknown field 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
    ]
}
