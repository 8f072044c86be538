import Datasets
import Generators
import Tensors

/// `data: fashion-mnist`, folders of images (`ImageFiles`), or files by path; each half in one of these forms:
///
///     data:
///       train: { images: train-images.gz, labels: train-labels.npy }
///       test: { file: test.npz, images: x, labels: y }
///       train: { cifar10: [data_batch_1.bin, data_batch_2.bin] }
///       classes: 10
///       range: [0, 1]
///
/// sounds (`AudioFiles`), texts (`TextFiles`), or archives of images (`ShardFiles`).
extension DatasetSource: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        if node.isTable {
            var table = try node.table()
            let selection = try SampleSelection(&table)
            try self.init(Form(&table))
            self.selection = selection
            if form.hasTest == (selection.trainShare != nil), !node.isProbe {
                let problem = form.hasTest ? SelectionError.splitAndTest : .noTest
                throw ConfigError(node.place, problem.description)
            }
            try table.finish()
            return
        }
        try self.init(
            named: node, wanted: DatasetSource.names.joined(separator: ", ") + " or a table of files")
    }

    fileprivate init(named node: ConfigNode, wanted: String) throws(ConfigError) {
        let name = try? node.word(among: DatasetSource.names)
        guard let source = name.flatMap({ DatasetSource(name: $0) }) else {
            throw node.mismatch(
                wanted: wanted, hint: name.map { Suggestion.hint($0, among: DatasetSource.names) } ?? "")
        }
        self = source
    }

    /// What reads back as this source, for the lock file.
    package var node: ConfigNode {
        switch form {
        case .fashionMNIST: selection.entries.isEmpty ? .string("fashion-mnist") : named("fashion-mnist")
        case .arrays(let files): ConfigNode(.table(files.entries + selection.entries))
        case .images(let files):
            ConfigNode(.table([ConfigEntry("images", files.node)] + selection.entries))
        case .audio(let files):
            ConfigNode(.table([ConfigEntry("audio", files.node)] + selection.entries))
        case .text(let files):
            ConfigNode(.table([ConfigEntry("text", files.node)] + selection.entries))
        case .shards(let files):
            ConfigNode(.table([ConfigEntry("shards", files.node)] + selection.entries))
        }
    }

    private func named(_ name: String) -> ConfigNode {
        ConfigNode(.table([ConfigEntry("name", .string(name))] + selection.entries))
    }
}

extension DatasetSource.Form {
    /// Takes the one key that says of which kind the data is, and what belongs to it.
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        if let node = table.take("name") {
            self = try DatasetSource(named: node, wanted: DatasetSource.names.joined(separator: ", ")).form
        } else if let node = table.take("images") {
            self = .images(try node.value())
        } else if let node = table.take("audio") {
            self = .audio(try node.value())
        } else if let node = table.take("text") {
            self = .text(try node.value())
        } else if let node = table.take("shards") {
            self = .shards(try node.value())
        } else {
            self = .arrays(try ClassifiedFiles(&table))
        }
    }
}

extension SampleSelection {
    /// `split: { train: 0.9 }`, `subset: { per_class: 10 }`, `balance: true`, `label_noise: 0.2`, `on_error: skip`.
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        self.init()
        if let node = table.take("split") {
            var fields = try node.table()
            trainShare = try fields.requireNode("train").value(in: 0...1)
            try fields.finish()
        }
        if let node = table.take("subset") { subset = try node.value() as Subset }
        try table.read("balance", into: &isBalanced)
        try table.read("label_noise", into: &labelNoise, in: 0...1)
        if let node = table.take("on_error") { skipsUnreadable = try node.value() as OnError == .skip }
    }

    private enum OnError: String, CaseIterable, ConfigValue { case stop, skip }

    /// What differs from the defaults.
    fileprivate var entries: [ConfigEntry] {
        var entries: [ConfigEntry] = []
        if let trainShare { entries.append(ConfigEntry("split", .table(["train": .number(trainShare)]))) }
        if let subset { entries.append(ConfigEntry("subset", subset.node)) }
        if isBalanced { entries.append(ConfigEntry("balance", .flag(true))) }
        if labelNoise > 0 { entries.append(ConfigEntry("label_noise", .number(labelNoise))) }
        if skipsUnreadable { entries.append(ConfigEntry("on_error", .string("skip"))) }
        return entries
    }
}

extension SampleSelection.Subset: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        let (kind, entry) = try table.takeOnly(kind: "'subset'", as: Kind.self)
        try table.finish()
        switch kind {
        case .first: self = .first(try entry.value.value(in: 1...))
        case .fraction: self = .fraction(try entry.value.value(in: 0...1))
        case .perClass: self = .perClass(try entry.value.value(in: 1...))
        }
    }

    private enum Kind: String, CaseIterable {
        case first, fraction
        case perClass = "per_class"
    }

    fileprivate var node: ConfigNode {
        switch self {
        case .first(let count): .table(["first": .whole(count)])
        case .fraction(let share): .table(["fraction": .number(share)])
        case .perClass(let count): .table(["per_class": .whole(count)])
        }
    }
}

extension ClassifiedFiles {
    fileprivate init(_ table: inout ConfigTable) throws(ConfigError) {
        let train: Half = try table.require("train")
        let test = try table.take("test").map { node throws(ConfigError) in try node.value() as Half }
        self.init(train: train, test: test)
        if let node = table.take("classes") { classes = try node.value(in: 1...65_536) as Int }
        if let node = table.take("range") { range = try node.value() as ClosedRange<Float> }
    }

    fileprivate var entries: [ConfigEntry] {
        var entries = [ConfigEntry("train", train.node)]
        if let test { entries.append(ConfigEntry("test", test.node)) }
        if let classes { entries.append(ConfigEntry("classes", .whole(classes))) }
        if let range {
            entries.append(
                ConfigEntry(
                    "range", ConfigNode(.list([.number(range.lowerBound), .number(range.upperBound)]))))
        }
        return entries
    }
}

extension ClassifiedFiles.Half: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
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
    /// Opens the files and chooses among their samples.
    ///
    /// - Parameter place: of `data`, for what the config says of samples that the files do not have.
    func load(seed: UInt64, at place: ConfigPlace) throws -> DatasetSplits {
        do {
            return try load(seed: seed)
        } catch let error as SelectionError {
            throw ConfigError(place, error.description)
        }
    }

    /// The same files from anywhere: relative paths start from `base`, the config's folder.
    func resolved(from base: String) -> DatasetSource {
        func path(_ name: String) -> String {
            FilePath.absolute(FilePath.joined(base, name))
        }
        var source = self
        switch form {
        case .fashionMNIST: break
        case .arrays(var files):
            files.train = files.train.resolved(path)
            files.test = files.test?.resolved(path)
            source.form = .arrays(files)
        case .images(let files): source.form = .images(files.resolved(path))
        case .audio(var files):
            files.train = path(files.train)
            files.test = files.test.map(path)
            source.form = .audio(files)
        case .text(let files): source.form = .text(files.resolved(path))
        case .shards(let files): source.form = .shards(files.resolved(path))
        }
        return source
    }
}
