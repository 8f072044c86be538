import Datasets

/// Folders of images, `test` only where `split` stands beside it:
///
///     data:
///       images: { train: photos/train, test: photos/test, size: [224, 224], channels: 3, fit: crop }
extension ImageFiles: ConfigValue {
    package init(_ node: ConfigNode) throws(ConfigError) {
        var table = try node.table()
        self.init(train: try table.require("train"))
        if let node = table.take("test") { test = try String(node) }
        try readForm(&table)
        try table.finish()
    }

    /// Reads what images become.
    mutating func readForm(_ table: inout ConfigTable) throws(ConfigError) {
        if let node = table.take("size") { size = try node.value() as ImageSize }
        if let node = table.take("channels") {
            channels = try node.value(among: [1, 3], wanted: "1 for grey or 3 for colour") as Int
        }
        if let node = table.take("fit") {
            guard size != nil else {
                throw ConfigError(node.place, "'fit' says how images come to a 'size', which is not given")
            }
            fit = try node.value()
        }
    }

    /// What reads back as these files, for the lock file.
    var node: ConfigNode {
        var entries = [ConfigEntry("train", .string(train))]
        if let test { entries.append(ConfigEntry("test", .string(test))) }
        return ConfigNode(.table(entries + formEntries))
    }

    /// What images become, for the lock file.
    var formEntries: [ConfigEntry] {
        var entries: [ConfigEntry] = []
        if let size {
            entries.append(ConfigEntry("size", ConfigNode(.list([.whole(size.height), .whole(size.width)]))))
        }
        if let channels { entries.append(ConfigEntry("channels", .whole(channels))) }
        if size != nil { entries.append(ConfigEntry("fit", .string(fit.rawValue))) }
        return entries
    }

    func resolved(_ path: (String) -> String) -> Self {
        var files = self
        files.train = path(train)
        files.test = test.map(path)
        return files
    }
}

extension ImageFit: ConfigValue {}

extension ImageSize: ConfigValue {
    /// `[height, width]`, or one number for both.
    package init(_ node: ConfigNode) throws(ConfigError) {
        let sides = node.isList ? try node.items() : [node, node]
        guard sides.count == 2 else {
            throw node.mismatch(wanted: "a number of pixels, or two: [height, width]")
        }
        // An image of that side is a gigabyte of a batch already.
        let range = 1...16_384
        self.init(height: try sides[0].value(in: range), width: try sides[1].value(in: range))
    }
}
