/// Names that people bring from other libraries, with what is written here instead.
enum ForeignNames {
    static func instead(of name: String, _ type: Tracer.ObjectType) -> String? {
        switch type {
        case .tensor: tensors[name]
        case .mask: masks[name] ?? (tensors[name] == nil ? nil : "mottle.where(mask, 1, 0) is 1 and 0")
        case .random: draws[name].map { "rng:\($0)" }
        case .array:
            name == "shape"
                ? "x.H, x.W, x.C"
                : "a loop over x:get(row, column, channel): for row = 1, x.H do … end"
        case .stream:
            eagerDraws[name]
                ?? (TraceFunctions.draws.contains { $0.luaName == name } || draws[name] != nil
                    ? "an eager generator draws rng:uniform(), rng:normal(), rng:integer(low, high), rng:bernoulli(q)"
                    : nil)
        }
    }

    private static let tensors: [String: String] = [
        "clip": "x:clamp(low, high)", "maximum": "x:max(y)", "minimum": "x:min(y)", "relu": "x:max(0)",
        "square": "x ^ 2", "neg": "-x", "mul": "x * y", "add": "x + y", "sub": "x - y", "div": "x / y",
        "var": "x:std() ^ 2", "norm": "(x ^ 2):sum():sqrt()", "prod": "x:log():sum():exp()",
        "median": "x:take(\"W\", x:order(\"W\")) is x sorted along W; its median is in the middle",
        "quantile": "x:take(\"W\", x:order(\"W\")) is x sorted along W",
        "percentile": "x:take(\"W\", x:order(\"W\")) is x sorted along W",
        "sort": "x:take(\"W\", x:order(\"W\"))", "argsort": "x:order(\"W\")",
        "argmax": "x:top(1) is a mask of the largest element",
        "argmin": "(-x):top(1) is a mask of the smallest element",
        "where": "mottle.where(mask, a, b)", "gather": "x:take(\"W\", positions)",
        "index_select": "x:take(\"W\", positions)", "pad": "x:shift(\"W\", k, border)",
        "view": "x:reshape { \"N\", … }", "flatten": "x:reshape { \"N\", … }",
        "squeeze": "x:reshape { \"N\", … }", "unsqueeze": "x:reshape { \"N\", … }",
        "interpolate": "x:resize({ H = h, W = w })", "shape": "x.H, x.W, x.C", "height": "x.H",
        "width": "x.W", "channels": "x.C", "conv": "x:convolve(kernel, \"HW\")",
        "conv1d": "x:convolve(kernel, \"W\")", "conv2d": "x:convolve(kernel, \"HW\")",
        "tan": "x:sin() / x:cos()", "float": "x: its values are numbers already", "int": "x:floor()",
        "any": "x:ne(0):any()", "all": "x:ne(0):all()", "count": "x:ne(0):count()",
    ]

    private static let masks: [String: String] = [
        "sum": "m:count()", "mean": "mottle.where(m, 1, 0):mean()", "map": "mottle.where(m, a, b)",
        "logical_and": "m & n", "logical_or": "m | n", "logical_not": "~m", "float": "mottle.where(m, 1, 0)",
    ]

    private static let draws: [String: String] = [
        "gaussian": "normal(x)", "randn": "normal(x)", "randn_like": "normal(x)", "rand": "uniform(x)",
        "rand_like": "uniform(x)", "random": "uniform(x)", "randint": "integer(\"N\", low, high)",
        "randperm": "permutation(\"N\", n)", "shuffle": "permutation(\"N\", n), and x:permute(axis, order)",
        "choice": "choose(\"N\", n, k)", "sample": "choose(\"N\", n, k)", "binomial": "bernoulli(x, q)",
    ]

    private static let eagerDraws: [String: String] = [
        "gaussian": "rng:normal()", "randn": "rng:normal()", "rand": "rng:uniform()",
        "random": "rng:uniform()",
        "randint": "rng:integer(low, high)", "exponential": "-math.log(1 - rng:uniform()) / rate",
        "choice": "list[rng:integer(1, #list)]",
    ]

    /// Of `mottle` itself: draws and methods that are sought there.
    static let functions: [(name: String, instead: String)] = {
        var functions = draws.mapValues { "rng:\($0)" }
        for draw in TraceFunctions.draws { functions[draw.luaName] = "rng:\(draw.luaName)(…)" }
        for (name, instead) in tensors { functions[name] = functions[name] ?? instead }
        for method in TraceFunctions.all where method.face == .tensor || method.face == .value {
            functions[method.luaName] = functions[method.luaName] ?? "x:\(method.luaName)(…)"
        }
        functions["tensor"] = "mottle.constant { … }"
        functions["array"] = "mottle.constant { … }"
        functions["ones"] = "mottle.zeros(axes) + 1"
        for function in TraceFunctions.all where function.face == .function || function.isAlsoFunction {
            functions[function.luaName] = nil
        }
        return functions.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }()
}
