import Tensors
import Training

/// The readers of layers whose values are tables.
extension LayerConfig {
    /// Layers one behind the other, at least one.
    static func list(
        _ node: ConfigNode, _ custom: CustomLayers
    ) throws(ConfigError) -> [LayerConfig] {
        let layers = try custom.layers(node)
        if layers.isEmpty && !node.isProbe { throw node.mismatch(wanted: "at least one layer") }
        return layers
    }

    static func shape(_ node: ConfigNode) throws(ConfigError) -> Shape {
        var sizes: [Int] = []
        for item in try node.items() { sizes.append(try item.value(in: 1...1_000_000)) }
        if sizes.isEmpty && !node.isProbe { throw node.mismatch(wanted: "at least one size") }
        return Shape(sizes)
    }

    /// `128`, `classes`, or `{ outputs: 128, init: glorot_uniform }`.
    static func dense(_ node: ConfigNode) throws(ConfigError) -> LayerConfig {
        func layer(_ node: ConfigNode, _ start: WeightStart) throws(ConfigError) -> LayerConfig {
            guard let word = try? node.word(among: ["classes"]) else {
                return .dense(try node.value(in: 1...), start: start)
            }
            guard word == "classes" else { throw node.mismatch(wanted: "a whole number or 'classes'") }
            return .denseClasses(start: start)
        }
        guard node.isTable else { return try layer(node, .heUniform) }
        var table = try node.table()
        let outputs = try table.requireNode("outputs")
        var start = WeightStart.heUniform
        try table.read("init", into: &start)
        try table.finish()
        return try layer(outputs, start)
    }

    /// `64`, or `{ tokens: 1000, width: 64, init: normal }`.
    static func tokenEmbedding(_ node: ConfigNode) throws(ConfigError) -> LayerConfig {
        guard node.isTable else { return .tokenEmbedding(tokens: nil, width: try node.value(in: 1...)) }
        var table = try node.table()
        let tokens = try table.read("tokens", as: "tokens") { node throws(ConfigError) -> Int in
            try node.value(in: 1...)
        }
        let width = try table.require("width", in: 1...) as Int
        var start = WeightStart.normal(0.02)
        try table.read("init", into: &start)
        try table.finish()
        return .tokenEmbedding(tokens: tokens, width: width, start: start)
    }

    /// `{ size: 4, width: 64, init: he_uniform }`.
    static func patchEmbedding(_ node: ConfigNode) throws(ConfigError) -> LayerConfig {
        var table = try node.table()
        let size = try table.require("size", in: 1...) as Int
        let width = try table.require("width", in: 1...) as Int
        var start = WeightStart.heUniform
        try table.read("init", into: &start)
        try table.finish()
        return .patchEmbedding(size: size, width: width, start: start)
    }

    /// `4`, or `{ heads: 4, init: glorot_uniform }`.
    static func attention(_ node: ConfigNode) throws(ConfigError) -> LayerConfig {
        guard node.isTable else { return .attention(heads: try node.value(in: 1...)) }
        var table = try node.table()
        let heads = try table.require("heads", in: 1...) as Int
        var start = WeightStart.heUniform
        try table.read("init", into: &start)
        try table.finish()
        return .attention(heads: heads, start: start)
    }

    /// `{ times: 3, layers: [...] }`.
    static func repetition(
        _ node: ConfigNode, _ custom: CustomLayers
    ) throws(ConfigError) -> LayerConfig {
        var table = try node.table()
        let times = try table.require("times", in: 1...1000) as Int
        let layers = try list(table.requireNode("layers"), custom)
        try table.finish()
        return .repetition(times, layers)
    }

    /// `[...]`, or `{ layers: [...], shortcut: [...] }`.
    static func residual(
        _ node: ConfigNode, _ custom: CustomLayers
    ) throws(ConfigError) -> LayerConfig {
        guard node.isTable else { return .residual(try list(node, custom)) }
        var table = try node.table()
        let layers = try list(table.requireNode("layers"), custom)
        var shortcut: [LayerConfig] = []
        if let node = table.take("shortcut") { shortcut = try list(node, custom) }
        try table.finish()
        return .residual(layers, shortcut: shortcut)
    }

    /// `[[...], [...]]`, or `{ paths: [[...], [...]], join: sum }`.
    static func branch(
        _ node: ConfigNode, _ custom: CustomLayers
    ) throws(ConfigError) -> LayerConfig {
        guard node.isTable else { return .branch(try paths(node, custom)) }
        var table = try node.table()
        let paths = try paths(table.requireNode("paths"), custom)
        var join = BranchJoin.concatenate
        try table.read("join", into: &join)
        try table.finish()
        return .branch(paths, join: join)
    }

    private static func paths(
        _ node: ConfigNode, _ custom: CustomLayers
    ) throws(ConfigError) -> [[LayerConfig]] {
        var paths: [[LayerConfig]] = []
        for item in try node.items() {
            paths.append(
                try item.value(as: "path") { node throws(ConfigError) in try custom.layers(node) })
        }
        guard paths.count >= 2 || node.isProbe else {
            throw node.mismatch(wanted: "at least two lists of layers", hint: " of \(paths.count)")
        }
        return paths
    }
}

extension LayerConfig {
    /// `{ classes: [...], picture: [...] }`.
    static func heads(_ node: ConfigNode, _ custom: CustomLayers) throws(ConfigError) -> LayerConfig {
        var table = try node.table()
        var heads: [Head] = []
        for entry in table.takeRest() {
            let layers = try entry.value.value(as: "path") { node throws(ConfigError) in
                try custom.layers(node)
            }
            heads.append(Head(try headName(entry, isProbe: node.isProbe), layers))
        }
        try table.finish()
        guard heads.count >= 2 || node.isProbe else {
            throw node.mismatch(
                wanted: "a table of at least two heads, each a list of layers", hint: " of \(heads.count)")
        }
        return .heads(heads)
    }

    /// A head's name stands in places, `model[2].heads.classes[0]`, and in columns, `classes_loss`.
    private static func headName(_ entry: ConfigEntry, isProbe: Bool) throws(ConfigError) -> String {
        let isName =
            entry.key.first?.isLetter == true
            && entry.key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName || isProbe else {
            throw ConfigError(
                entry.place,
                "the name of a head has letters, digits and '_', with a letter first; got '\(entry.key)'")
        }
        return entry.key
    }
}

extension BranchJoin: ConfigValue {}
