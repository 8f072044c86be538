import Tensors

/// Why a data set could not be read: the file, what was found and what was expected.
package enum DatasetError: Error, Equatable, CustomStringConvertible {
    case packageMissing(name: String, folder: String, package: String)
    case unreadable(file: String, reason: String)
    case corrupt(file: String, reason: String)
    /// `found` says what the file looks like instead.
    case notTheContent(file: String, wanted: String, found: String)
    case headerEndsEarly(file: String, found: Int, expected: Int)
    case tooLarge(file: String, shape: Shape, fileSize: Int)
    case endsEarly(file: String, compressed: Bool, found: Int, expected: Int, shape: Shape)
    /// `found` is exact up to a mebibyte beyond `expected`.
    case trailingBytes(file: String, found: Int, expected: Int, shape: Shape)
    case empty(file: String, shape: Shape)
    case countsDisagree(images: String, imageCount: Int, labels: String, labelCount: Int)
    case shapesDisagree(train: String, trainShape: Shape, test: String, testShape: Shape)
    case labelOutside(file: String, index: Int, label: Int, classes: Int)

    package var description: String {
        switch self {
        case .packageMissing(let name, let folder, let package):
            "\(name): no files in \(folder); install Debian's package \(package)"
        case .unreadable(let file, let reason):
            "\(file): \(reason)"
        case .corrupt(let file, let reason):
            "\(file): the gzip data is damaged: \(reason)"
        case .notTheContent(let file, let wanted, let found):
            "\(file): expected an IDX file of \(wanted), found \(found)"
        case .headerEndsEarly(let file, let found, let expected):
            "\(file): ends within its header: \(found) bytes found, \(expected) expected"
        case .tooLarge(let file, let shape, let fileSize):
            "\(file): the header says \(shape), more than a file of \(fileSize) bytes can hold"
        case .endsEarly(let file, let compressed, let found, let expected, let shape):
            "\(file): \(compressed ? "the gzip data" : "the file") ends early: "
                + "\(found) bytes found, \(expected) expected for \(shape)"
        case .trailingBytes(let file, let found, let expected, let shape):
            "\(file): \(found > expected + trailingLimit ? "more than " : "")"
                + "\(min(found, expected + trailingLimit)) bytes found, \(expected) expected for \(shape)"
        case .empty(let file, let shape):
            "\(file): holds nothing: its shape is \(shape)"
        case .countsDisagree(let images, let imageCount, let labels, let labelCount):
            "\(labels): \(labelCount) labels found, \(imageCount) expected, one for each image of \(images)"
        case .shapesDisagree(let train, let trainShape, let test, let testShape):
            "\(test): images are \(testShape), \(trainShape) expected as in \(train)"
        case .labelOutside(let file, let index, let label, let classes):
            "\(file): label \(index) is \(label), outside the \(classes) classes 0...\(classes - 1)"
        }
    }
}

/// How many bytes behind the expected end are counted before an error says `more than`.
let trailingLimit = 1 << 20
