/// Files of sound to learn from and to test with: each half a folder with a folder for each class.
package struct AudioFiles: Equatable, Sendable {
    package var train: String
    /// Nil where the samples of `train` are split.
    package var test: String?
    package var format: AudioFormat

    package init(train: String, test: String?, format: AudioFormat) {
        (self.train, self.test, self.format) = (train, test, format)
    }

    func load() throws -> DatasetHalves {
        let train = try ClassFolder(train, endings: SoundFile.endings)
        let test = try test.map {
            try ClassFolder($0, endings: SoundFile.endings, classNames: train.classNames)
        }
        return DatasetHalves(
            train: ClassifiedAudio(train, format: format),
            test: test.map { ClassifiedAudio($0, format: format) })
    }
}
