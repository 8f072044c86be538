import Datasets

/// Archives of images with a class each; `test` only where `split` stands beside it:
///
///     data:
///       shards: { train: "train-{000..009}.tar", test: test.tar, image: jpg, label: cls, size: 224, window: 4096 }
extension ShardFiles: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        self.init(train: try table.requireNode("train").value(as: "shard files", Self.files))
        if let node = table.take("test") { test = try node.value(as: "shard files", Self.files) }
        if let node = table.take("image") {
            image = try node.value(as: "endings") { node throws(ConfigError) in
                let endings = node.isList ? try [String](node) : [try String(node)]
                if endings.isEmpty { throw node.mismatch(wanted: "an ending, or a list of endings") }
                return endings
            }
        }
        try table.read("label", into: &label)
        if let node = table.take("classes") { classes = try node.value(in: 1...65_536) as Int }
        try form.readForm(&table)
        try table.read("window", into: &window, in: 1...)
        try table.finish()
    }

    /// A file, a pattern of files, or a list of them.
    private static func files(_ node: ConfigNode) throws(ConfigError) -> [String] {
        let patterns = node.isList ? try [String](node) : [try String(node)]
        var files: [String] = []
        for pattern in patterns {
            guard let expanded = expanded(pattern) else {
                throw ConfigError(
                    node.place,
                    "'\(pattern)': braces hold a range of whole numbers, such as train-{000..009}.tar")
            }
            files += expanded
        }
        guard !files.isEmpty else { throw node.mismatch(wanted: "a tar file, or a list of tar files") }
        return files
    }

    /// What reads back as these files, for the lock file.
    var node: ConfigNode {
        func list(_ names: [String]) -> ConfigNode { .list(names.map { .string($0) }) }
        var entries = [ConfigEntry("train", list(train))]
        if let test { entries.append(ConfigEntry("test", list(test))) }
        entries += [ConfigEntry("image", list(image)), ConfigEntry("label", .string(label))]
        if let classes { entries.append(ConfigEntry("classes", .whole(classes))) }
        return ConfigNode(.table(entries + form.formEntries + [ConfigEntry("window", .whole(window))]))
    }

    func resolved(_ path: (String) -> String) -> Self {
        var files = self
        files.train = train.map(path)
        files.test = test.map { $0.map(path) }
        return files
    }
}
