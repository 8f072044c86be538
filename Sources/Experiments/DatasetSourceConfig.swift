import Datasets
import Generators

/// `data: fashion-mnist`, or the files by path:
///
///     data:
///       train: { images: train-images.gz, labels: train-labels.gz }
///       test: { images: test-images.gz, labels: test-labels.gz }
///       classes: 10
extension DatasetSource: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        if node.isTable {
            self = .files(try ClassifiedFiles(node.table()))
            return
        }
        let name = try? String(node)
        guard let source = name.flatMap({ DatasetSource(name: $0) }) else {
            let wanted = DatasetSource.names.joined(separator: ", ") + " or a table of files"
            throw node.mismatch(
                wanted: wanted, hint: name.map { Suggestion.hint($0, among: DatasetSource.names) } ?? "")
        }
        self = source
    }

    /// What reads back as this source, for the lock file.
    package var node: ConfigNode {
        switch self {
        case .fashionMNIST: .string("fashion-mnist")
        case .files(let files): files.node
        }
    }
}

extension ClassifiedFiles {
    fileprivate init(_ table: consuming ConfigTable) throws(ConfigError) {
        let train = try Pair(table.requireNode("train").table())
        let test = try Pair(table.requireNode("test").table())
        self.init(train: train, test: test)
        if let node = table.take("classes") { classes = try node.value(in: 1...) as Int }
        try table.finish()
    }

    fileprivate var node: ConfigNode {
        var entries = [ConfigEntry("train", train.node), ConfigEntry("test", test.node)]
        if let classes { entries.append(ConfigEntry("classes", .whole(classes))) }
        return ConfigNode(.table(entries))
    }
}

extension ClassifiedFiles.Pair {
    fileprivate init(_ table: consuming ConfigTable) throws(ConfigError) {
        let images: String = try table.require("images")
        let labels: String = try table.require("labels")
        self.init(images: images, labels: labels)
        try table.finish()
    }

    fileprivate var node: ConfigNode { .table(["images": .string(images), "labels": .string(labels)]) }
}

extension DatasetSource {
    /// The same files from anywhere: relative paths start from `base`, the config's folder.
    func resolved(from base: String) -> DatasetSource {
        guard case .files(var files) = self else { return self }
        func path(_ name: String) -> String {
            FilePath.absolute(FilePath.joined(base, name))
        }
        files.train = .init(images: path(files.train.images), labels: path(files.train.labels))
        files.test = .init(images: path(files.test.images), labels: path(files.test.labels))
        return .files(files)
    }
}
