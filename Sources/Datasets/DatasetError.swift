import Tensors

/// Why a data set could not be read: the file, what was found and what was expected.
package enum DatasetError: DataError, Equatable {
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
    case labelNotWhole(file: String, index: Int, type: ElementType)
    case labelTooLarge(file: String, index: Int, label: Int)
    case labelShape(file: String, shape: Shape)
    case imageShape(file: String, shape: Shape)
    case tooManySamples(file: String, count: Int)
    case rangeUnknown(file: String, type: ElementType)
    case numberTooLarge(file: String, row: Int, number: String)

    case notAnArray(file: String)
    case severalArrays(file: String)
    case unknownVersion(file: String, version: Int)
    case damagedHeader(file: String, missing: String)
    case unknownType(file: String, type: String, remedy: String)
    case wrongSize(file: String, shape: Shape, expected: String, found: Int)

    case notAnArchive(file: String, found: FileKind)
    case noSuchArray(file: String, name: String, known: [String])
    case damagedArchive(file: String, problem: String)
    /// Without a method for a member that is encrypted.
    case unknownPacking(file: String, member: String, method: Int?)

    case notSafetensors(file: String, reason: String)
    case wrongOffsets(file: String, tensor: String, shape: Shape, begin: Int, end: Int)
    case gap(file: String, tensor: String, begin: Int, expected: Int)
    case wrongLength(file: String, found: Int, expected: Int)

    case notCIFAR(file: String, found: FileKind, size: Int, imageSize: Int)

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
        case .labelNotWhole(let file, let index, let type):
            type.isWhole
                ? "\(file): label \(index) is beyond 2^63; are these labels?"
                : "\(file): labels are \(type), whole numbers expected: y.astype('int64')"
        case .labelTooLarge(let file, let index, let label):
            "\(file): label \(index) is \(label), \(largestLabel) at most expected; are these labels?"
        case .labelShape(let file, let shape):
            "\(file): labels are \(shape), an axis of one label for each image expected"
                + (shape.rank == 2
                    ? shape[1] == 1 ? ": y.ravel()" : "; of a share for each class: y.argmax(1)" : "")
        case .imageShape(let file, let shape):
            "\(file): images are \(shape), [N, height, width], [N, height, width, channels] or [N, values] expected"
        case .tooManySamples(let file, let count):
            "\(file): \(count) samples found, fewer than 2^32 expected"
        case .rangeUnknown(let file, let type):
            "\(file): what range \(type) values have is not known; say it in 'data', for instance range: [0, 1]"
        case .numberTooLarge(let file, let row, let number):
            "\(file): sample \(row) holds \(number), beyond 2^24, up to which float32 holds whole numbers"

        case .notAnArray(let file):
            "\(file): not a NumPy array; save one with numpy.save"
        case .severalArrays(let file):
            "\(file): a file of several arrays, one is expected: save it with numpy.save, "
                + "or give 'data' this file as 'file' and names of its arrays as 'images' and 'labels'"
        case .unknownVersion(let file, let version):
            "\(file): version \(version) of the NPY format is not read, 1 to 3 are"
        case .damagedHeader(let file, let missing):
            "\(file): the header is damaged: \(missing) is missing"
        case .unknownType(let file, let type, let remedy):
            "\(file): \(type) is not read; \(remedy)"
        case .wrongSize(let file, let shape, let expected, let found):
            "\(file): \(found) bytes of values found, \(expected) expected for \(shape)"

        case .notAnArchive(let file, let found):
            "\(file): expected an NPZ or safetensors file, found \(found.name)"
                + (found == .numpy ? "; give its path as 'images' or 'labels', without 'file'" : "")
        case .noSuchArray(let file, let name, let known):
            "\(file): holds no array '\(name)'; "
                + (known.isEmpty
                    ? "it holds none"
                    : "it holds " + known.prefix(10).joined(separator: ", ")
                        + (known.count > 10 ? " and \(known.count - 10) more" : ""))
        case .damagedArchive(let file, let problem):
            "\(file): the ZIP archive is damaged: \(problem)"
        case .unknownPacking(let file, let member, let method):
            "\(file): '\(member)' is \(method.map { "packed by method \($0)" } ?? "encrypted"); "
                + "save it with numpy.savez or numpy.savez_compressed"

        case .notSafetensors(let file, let reason):
            "\(file): not a safetensors file: \(reason)"
        case .wrongOffsets(let file, let tensor, let shape, let begin, let end):
            "\(file): '\(tensor)' \(shape) does not fit its bytes \(begin)..<\(end)"
        case .gap(let file, let tensor, let begin, let expected):
            "\(file): '\(tensor)' starts at byte \(begin), \(expected) expected: "
                + (begin < expected ? "it overlaps another tensor" : "bytes belong to no tensor")
        case .wrongLength(let file, let found, let expected):
            "\(file): \(found) bytes of values found, \(expected) expected"

        case .notCIFAR(let file, let found, let size, let imageSize):
            "\(file): expected CIFAR's binary version, \(imageSize) bytes for each image, found "
                + (found == .gzip
                    ? "a gzipped file; unpack it" : found == .empty ? found.name : "\(size) bytes")
        }
    }
}

/// How many bytes behind the expected end are counted before an error says `more than`.
let trailingLimit = 1 << 20

/// A larger label is taken for a number of another meaning.
let largestLabel = 65_535
