/// Files of sound to learn from and to test with: each half a folder with a folder for each class, or a table of paths and
/// classes.
package struct AudioFiles: Equatable, Sendable {
    package var train: String
    /// Nil where the samples of `train` are split.
    package var test: String?
    /// The columns of tables; a relative path starts from the table's folder.
    package var path = "path"
    package var label = "label"
    package var format: AudioFormat

    package init(train: String, test: String?, format: AudioFormat) {
        (self.train, self.test, self.format) = (train, test, format)
    }

    /// Whether the halves are tables, which the ending of a name says.
    package var areTables: Bool {
        let form = try? TableFile.Form(of: train)
        return form != nil && form != .txt
    }

    /// Opens what names the files; the classes are those of the samples to learn from.
    func load() throws -> DatasetHalves {
        if areTables {
            let (samples, labels) = try table(train)
            return DatasetHalves(train: samples, test: try test.map { try table($0, known: labels).samples })
        }
        let train = try ClassFolder(train, endings: SoundFile.endings)
        let test = try test.map {
            try ClassFolder($0, endings: SoundFile.endings, classNames: train.classNames)
        }
        return DatasetHalves(
            train: ClassifiedAudio(train, format: format),
            test: test.map { ClassifiedAudio($0, format: format) })
    }

    private func table(
        _ file: String, known: TableLabels? = nil
    ) throws -> (samples: ClassifiedAudio, labels: TableLabels) {
        let table = try TableFile(file, columns: [path, label])
        let labels = try TableLabels(of: table, column: 1, known: known)
        let folder = file.lastIndex(of: "/").map { file[...$0] } ?? ""
        let files = try (0..<table.count).map { row in
            let name = try table.text(0, of: row)
            return name.hasPrefix("/") ? name : folder + name
        }
        let names = labels.names ?? (0..<labels.classes).map { "\($0)" }
        let samples = ClassifiedAudio(
            files: files, labels: labels.labels, classNames: names, format: format)
        return (samples, labels)
    }
}
