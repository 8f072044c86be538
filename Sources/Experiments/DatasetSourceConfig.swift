import Datasets
import Generators

/// `data: fashion-mnist`, or files by path; each half in one of these forms:
///
///     data:
///       train: { images: train-images.gz, labels: train-labels.npy }
///       test: { file: test.npz, images: x, labels: y }
///       train: { cifar10: [data_batch_1.bin, data_batch_2.bin] }
///       classes: 10
///       range: [0, 1]
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
        let train = try Half(table.requireNode("train").table())
        let test = try Half(table.requireNode("test").table())
        self.init(train: train, test: test)
        if let node = table.take("classes") { classes = try node.value(in: 1...) as Int }
        if let node = table.take("range") { range = try ClosedRange(node) }
        try table.finish()
    }

    fileprivate var node: ConfigNode {
        var entries = [ConfigEntry("train", train.node), ConfigEntry("test", test.node)]
        if let classes { entries.append(ConfigEntry("classes", .whole(classes))) }
        if let range {
            entries.append(
                ConfigEntry(
                    "range", ConfigNode(.list([.number(range.lowerBound), .number(range.upperBound)]))))
        }
        return ConfigNode(.table(entries))
    }
}

extension ClassifiedFiles.Half {
    fileprivate init(_ table: consuming ConfigTable) throws(ConfigError) {
        for kind in CIFARKind.allCases {
            guard let node = table.take(kind.rawValue) else { continue }
            let files = node.isList ? try [String](node) : [try String(node)]
            guard !files.isEmpty else { throw node.mismatch(wanted: "a file or a list of files") }
            self = .cifar(kind, files: files)
            try table.finish()
            return
        }
        let file = try table.take("file").map { node throws(ConfigError) in try String(node) }
        let images: String = try table.require("images")
        let labels: String = try table.require("labels")
        self =
            if let file {
                .members(file: file, images: images, labels: labels)
            } else {
                .files(images: images, labels: labels)
            }
        try table.finish()
    }

    fileprivate var node: ConfigNode {
        switch self {
        case .files(let images, let labels):
            .table(["images": .string(images), "labels": .string(labels)])
        case .members(let file, let images, let labels):
            .table(["file": .string(file), "images": .string(images), "labels": .string(labels)])
        case .cifar(let kind, let files):
            ConfigNode(.table([ConfigEntry(kind.rawValue, ConfigNode(.list(files.map { .string($0) })))]))
        }
    }

    fileprivate func resolved(_ path: (String) -> String) -> Self {
        switch self {
        case .files(let images, let labels): .files(images: path(images), labels: path(labels))
        case .members(let file, let images, let labels):
            .members(file: path(file), images: images, labels: labels)
        case .cifar(let kind, let files): .cifar(kind, files: files.map(path))
        }
    }
}

extension DatasetSource {
    /// The same files from anywhere: relative paths start from `base`, the config's folder.
    func resolved(from base: String) -> DatasetSource {
        guard case .files(var files) = self else { return self }
        func path(_ name: String) -> String {
            FilePath.absolute(FilePath.joined(base, name))
        }
        files.train = files.train.resolved(path)
        files.test = files.test.resolved(path)
        return .files(files)
    }
}
