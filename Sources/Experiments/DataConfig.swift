import Datasets

extension DatasetSource {
    /// `data: fashion-mnist`, or the four IDX files: `train: { images:, labels: }`, `test: { images:, labels: }`, and
    /// optionally `classes`. Relative paths start from `base`.
    init(_ node: ConfigNode, base: String) throws(ConfigError) {
        guard node.isTable else {
            let name = try String(node)
            guard let known = DatasetSource(name: name) else {
                throw ConfigError(
                    node.place,
                    "unknown data set '\(name)'; known are \(Self.names.joined(separator: ", ")), "
                        + "or give the files: data: { train: { images: …, labels: … }, test: … }"
                        + Suggestion.hint(name, among: Self.names))
            }
            self = known
            return
        }
        var table = try node.table()
        let (train, test) = (
            try Self.pair(table.requireNode("train"), base), try Self.pair(table.requireNode("test"), base)
        )
        var classes: Int?
        if let node = table.take("classes") { classes = try node.value(in: 2...) as Int }
        try table.finish()
        self = .files(ClassifiedFiles(train: train, test: test, classes: classes))
    }

    private static func pair(_ node: ConfigNode, _ base: String) throws(ConfigError) -> ClassifiedFiles.Pair {
        var table = try node.table()
        let (images, labels) = (
            try table.require("images", as: String.self), try table.require("labels", as: String.self)
        )
        try table.finish()
        func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(base)/\(name)" }
        return .init(images: path(images), labels: path(labels))
    }

    /// As the lock file spells it: paths no longer depend on where the config stood.
    var node: ConfigNode {
        switch self {
        case .fashionMNIST: return .string("fashion-mnist")
        case .files(let files):
            func pair(_ pair: ClassifiedFiles.Pair) -> ConfigNode {
                .table([
                    "images": .string(FilePath.absolute(pair.images)),
                    "labels": .string(FilePath.absolute(pair.labels)),
                ])
            }
            var entries = [ConfigEntry("train", pair(files.train)), ConfigEntry("test", pair(files.test))]
            if let classes = files.classes { entries.append(ConfigEntry("classes", .whole(classes))) }
            return ConfigNode(.table(entries))
        }
    }
}
