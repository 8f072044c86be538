import Training

extension WindowConfig {
    /// Reads `stride`, `padding` and, where there is one, `dilation`.
    fileprivate mutating func read(_ table: inout ConfigTable, hasDilation: Bool) throws(ConfigError) {
        if let node = table.take("stride") { stride = try Self.numbers(node, in: 1...10_000) }
        if let node = table.take("padding") { padding = try Self.padding(node) }
        guard hasDilation, let node = table.take("dilation") else { return }
        dilation = try Self.numbers(node, in: 1...10_000)
    }

    /// One number for all axes, or a list with one for each.
    static func numbers(_ node: ConfigNode, in range: ClosedRange<Int>) throws(ConfigError) -> [Int] {
        guard node.isList else { return [try node.value(in: range)] }
        var numbers: [Int] = []
        for item in try node.items() { numbers.append(try item.value(in: range)) }
        if numbers.isEmpty && !node.isProbe { throw node.mismatch(wanted: "at least one number") }
        return numbers
    }

    private static func padding(_ node: ConfigNode) throws(ConfigError) -> Padding {
        if (try? node.word(among: ["same"])) == "same" { return .same }
        return .zeros(try numbers(node, in: 0...10_000))
    }

    /// As the lock file spells what `read` reads.
    fileprivate func entries(hasDilation: Bool) -> [ConfigEntry] {
        let zeros: ConfigNode =
            switch padding {
            case .same: .string("same")
            case .zeros(let numbers): Self.list(numbers)
            }
        return [ConfigEntry("stride", Self.list(stride)), ConfigEntry("padding", zeros)]
            + (hasDilation ? [ConfigEntry("dilation", Self.list(dilation))] : [])
    }

    static func list(_ numbers: [Int]) -> ConfigNode {
        numbers.count == 1 ? .whole(numbers[0]) : .list(numbers.map(ConfigNode.whole))
    }
}

extension ConvolutionConfig {
    /// The window where only the number of outputs is given.
    private static let usualWindow = WindowConfig(size: [3])

    /// `conv2d: 32`, `depthwise: 3`, or a table of everything.
    init(_ kind: Kind, node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            if kind == .depthwise {
                let size = try WindowConfig.numbers(node, in: 1...10_000)
                self.init(kind, window: WindowConfig(size: size))
            } else {
                self.init(kind, outputs: try node.value(in: 1...1_000_000), window: Self.usualWindow)
            }
            return
        }
        self.init(kind, window: Self.usualWindow)
        var table = try node.table()
        if kind != .depthwise { outputs = try table.require("outputs", in: 1...1_000_000) }
        if let node = table.take("kernel") { window.size = try WindowConfig.numbers(node, in: 1...10_000) }
        try window.read(&table, hasDilation: true)
        if kind != .depthwise { try table.read("groups", into: &groups, in: 1...1_000_000) }
        try table.read("init", into: &start)
        try table.finish()
    }

    /// Where nothing is given.
    static let depthwise = ConvolutionConfig(.depthwise, window: usualWindow)

    var node: ConfigNode {
        var entries = [ConfigEntry("kernel", WindowConfig.list(window.size))]
        if kind != .depthwise { entries.insert(ConfigEntry("outputs", .whole(outputs)), at: 0) }
        entries += window.entries(hasDilation: true)
        if kind != .depthwise { entries.append(ConfigEntry("groups", .whole(groups))) }
        entries.append(ConfigEntry("init", start.node))
        return ConfigNode(.table(entries))
    }
}

extension PoolingConfig {
    /// Windows that do not overlap.
    init(_ kind: Kind, sideBySide size: [Int]) {
        self.init(kind, window: WindowConfig(size: size, stride: size, padding: .zeros([0])))
    }

    /// `max_pool: 2`, or a table; the stride is the size where it is not given.
    init(_ kind: Kind, node: ConfigNode) throws(ConfigError) {
        guard node.isTable else {
            self.init(kind, sideBySide: try WindowConfig.numbers(node, in: 1...10_000))
            return
        }
        var table = try node.table()
        let size = try WindowConfig.numbers(table.requireNode("size"), in: 1...10_000)
        var window = WindowConfig(size: size, stride: size, padding: .zeros([0]))
        try window.read(&table, hasDilation: false)
        try table.finish()
        self.init(kind, window: window)
    }

    /// Nil for a global one, which has nothing to say.
    var node: ConfigNode? {
        guard let window else { return nil }
        let entries = [ConfigEntry("size", WindowConfig.list(window.size))]
        return ConfigNode(.table(entries + window.entries(hasDilation: false)))
    }
}
