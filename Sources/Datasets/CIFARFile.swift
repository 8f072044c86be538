import Tensors

/// The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html): for each image its labels,
/// a byte each, then 32 × 32 values of red, of green and of blue.
package enum CIFARKind: String, CaseIterable, Sendable {
    case cifar10
    case cifar100Fine = "cifar100_fine"
    case cifar100Coarse = "cifar100_coarse"

    package var classes: Int {
        switch self {
        case .cifar10: 10
        case .cifar100Fine: 100
        case .cifar100Coarse: 20
        }
    }

    /// CIFAR-100's are in files of their own.
    var classNames: [String]? {
        self == .cifar10
            ? ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"] : nil
    }

    /// In an image's bytes: where its label is and where its values begin.
    private var places: (label: Int, values: Int) {
        switch self {
        case .cifar10: (0, 1)
        case .cifar100Coarse: (0, 2)
        case .cifar100Fine: (1, 2)
        }
    }

    /// Images as [N, 32, 32, 3], and their labels.
    func arrays(_ file: String) throws(DatasetError) -> (images: StoredArray, labels: StoredArray) {
        let bytes = try ByteStorage(mapping: file)
        let size = places.values + 3 * 1024
        guard bytes.count > 0, bytes.count % size == 0 else {
            throw .notCIFAR(file: file, found: FileKind(bytes), size: bytes.count, imageSize: size)
        }
        let count = bytes.count / size
        return (
            StoredArray(
                name: file, shape: [count, 32, 32, 3], type: .uint8, bytes: bytes, offset: places.values,
                strides: [size, 32, 1, 1024]),
            StoredArray(
                name: file, shape: [count], type: .uint8, bytes: bytes, offset: places.label, strides: [size])
        )
    }
}
