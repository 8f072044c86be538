import Glibc
import Tensors

/// Where the data comes from: the `data` of a config.
package enum DatasetSource: Equatable, Sendable {
    /// Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) as Debian's package `dataset-fashion-mnist` installs it.
    case fashionMNIST
    case files(ClassifiedFiles)

    /// The data sets that are known by name.
    package static let names = ["fashion-mnist"]

    /// The data set of that name; nil for a name that is not among `names`.
    package init?(name: String) {
        guard name == "fashion-mnist" else { return nil }
        self = .fashionMNIST
    }

    /// Reads both halves.
    package func load() throws(DatasetError) -> DatasetSplits {
        switch self {
        case .fashionMNIST: try FashionMNIST.files().load()
        case .files(let files): try files.load()
        }
    }
}

/// IDX files of images and labels, to learn from and to test with.
package struct ClassifiedFiles: Equatable, Sendable {
    /// A file of images and the file of their labels.
    package struct Pair: Equatable, Sendable {
        package var images: String
        package var labels: String

        package init(images: String, labels: String) {
            (self.images, self.labels) = (images, labels)
        }
    }

    package var train: Pair
    package var test: Pair
    /// How many classes there are; nil takes the largest training label plus one.
    package var classes: Int?

    package init(train: Pair, test: Pair, classes: Int? = nil) {
        (self.train, self.test, self.classes) = (train, test, classes)
    }

    /// Reads the four files and checks that they belong together.
    func load() throws(DatasetError) -> DatasetSplits {
        let train = try ClassifiedImages(images: train.images, labels: train.labels, classes: classes)
        let test = try ClassifiedImages(images: test.images, labels: test.labels, classes: train.classes)
        guard test.sampleShape == train.sampleShape else {
            throw .shapesDisagree(
                train: self.train.images, trainShape: train.sampleShape, test: self.test.images,
                testShape: test.sampleShape)
        }
        return DatasetSplits(train: train, test: test)
    }
}

/// Fashion-MNIST's files: 60,000 images of clothes to learn from and 10,000 to test with, 28 × 28, ten classes.
enum FashionMNIST {
    /// - Parameter folder: Where Debian's package puts the files.
    static func files(in folder: String = "/usr/share/datasets/fashion-mnist") throws(DatasetError)
        -> ClassifiedFiles
    {
        func pair(_ name: String) -> ClassifiedFiles.Pair {
            .init(
                images: "\(folder)/\(name)-images-idx3-ubyte.gz",
                labels: "\(folder)/\(name)-labels-idx1-ubyte.gz")
        }
        let files = ClassifiedFiles(train: pair("train"), test: pair("t10k"), classes: 10)
        for file in [files.train.images, files.train.labels, files.test.images, files.test.labels]
        where access(file, F_OK) != 0 {
            throw .packageMissing(name: "fashion-mnist", folder: folder, package: "dataset-fashion-mnist")
        }
        return files
    }
}
