import Glibc
import Tensors

/// Where the data comes from: the `data` of a config.
package struct DatasetSource: Equatable, Sendable {
    /// The files, by their kind.
    package enum Form: Equatable, Sendable {
        /// Fashion-MNIST (Xiao, Rasul & Vollgraf 2017) as Debian's package `dataset-fashion-mnist` installs it.
        case fashionMNIST
        case arrays(ClassifiedFiles)
        case images(ImageFiles)
        case audio(AudioFiles)
        case text(TextFiles)
        case shards(ShardFiles)

        /// Whether the files name samples to test with.
        package var hasTest: Bool {
            switch self {
            case .fashionMNIST: true
            case .arrays(let files): files.test != nil
            case .images(let files): files.test != nil
            case .audio(let files): files.test != nil
            case .text(let files): files.test != nil
            case .shards(let files): files.test != nil
            }
        }

        func load() throws -> DatasetHalves {
            switch self {
            case .fashionMNIST: try FashionMNIST.files().load()
            case .arrays(let files): try files.load()
            case .images(let files): try files.load()
            case .audio(let files): try files.load()
            case .text(let files): try files.load()
            case .shards(let files): try files.load()
            }
        }
    }

    package var form: Form
    package var selection = SampleSelection()

    package init(_ form: Form) { self.form = form }

    /// The data sets that are known by name.
    package static let names = ["fashion-mnist"]

    /// The data set of that name; nil for a name that is not among `names`.
    package init?(name: String) {
        guard name == "fashion-mnist" else { return nil }
        self.init(.fashionMNIST)
    }

    /// Opens the files and chooses among their samples.
    ///
    /// - Parameter seed: of the run, for label noise.
    package func load(seed: UInt64 = 0) throws -> DatasetSplits {
        try selection.splits(of: form.load(), seed: seed)
    }
}

/// Images and labels in files, to learn from and to test with.
package struct ClassifiedFiles: Equatable, Sendable {
    /// Where images and their labels are.
    package enum Half: Equatable, Sendable {
        /// An IDX or NPY file of images, and one of labels.
        case files(images: String, labels: String)
        /// An NPZ or safetensors file, and the names of two of its arrays.
        case members(file: String, images: String, labels: String)
        /// CIFAR's files, one behind another.
        case cifar(CIFARKind, files: [String])

        /// The file that errors name for all.
        var imageFile: String {
            switch self {
            case .files(let images, _): images
            case .members(let file, _, _): file
            case .cifar(_, let files): files.first ?? ""
            }
        }
    }

    package var train: Half
    /// Nil where the samples of `train` are split.
    package var test: Half?
    /// How many classes there are; nil takes CIFAR's, or the largest training label plus one.
    package var classes: Int?
    /// The values that samples may hold; nil takes what follows from the type of the numbers.
    package var range: ClosedRange<Float>?
    var classNames: [String]?

    package init(train: Half, test: Half?, classes: Int? = nil, range: ClosedRange<Float>? = nil) {
        (self.train, self.test, self.classes, self.range) = (train, test, classes, range)
    }

    /// Opens the files and checks that they belong together.
    func load() throws(DatasetError) -> DatasetHalves {
        let train = try ClassifiedImages(train, classes: classes, classNames: classNames, range: range)
        guard let test else { return DatasetHalves(train: train, test: nil) }
        let samples = try ClassifiedImages(
            test, classes: train.classes, classNames: classNames, range: range)
        guard samples.sampleShape == train.sampleShape else {
            throw .shapesDisagree(
                train: self.train.imageFile, trainShape: train.sampleShape, test: test.imageFile,
                testShape: samples.sampleShape)
        }
        return DatasetHalves(train: train, test: samples)
    }
}

/// Fashion-MNIST's files: 60,000 images of clothes to learn from and 10,000 to test with, 28 × 28, ten classes.
enum FashionMNIST {
    /// - Parameter folder: Where Debian's package puts the files.
    static func files(in folder: String = "/usr/share/datasets/fashion-mnist") throws(DatasetError)
        -> ClassifiedFiles
    {
        func half(_ name: String) throws(DatasetError) -> ClassifiedFiles.Half {
            let images = "\(folder)/\(name)-images-idx3-ubyte.gz"
            let labels = "\(folder)/\(name)-labels-idx1-ubyte.gz"
            guard access(images, F_OK) == 0, access(labels, F_OK) == 0 else {
                throw .packageMissing(
                    name: "fashion-mnist", folder: folder, package: "dataset-fashion-mnist")
            }
            return .files(images: images, labels: labels)
        }
        var files = ClassifiedFiles(train: try half("train"), test: try half("t10k"), classes: 10)
        files.classNames = [
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
            "Ankle boot",
        ]
        return files
    }
}
