import Tensors

extension StoredArray {
    /// The array of an NPY file.
    package init(numPy file: String) throws(DatasetError) {
        self = try Self(numPy: ByteStorage(mapping: file), file: file)
    }

    private init(numPy bytes: ByteStorage, file: String) throws(DatasetError) {
        switch FileKind(bytes) {
        case .zip, .safetensors: throw .severalArrays(file: file)
        default: self = try NumPyHeader.array(bytes, 0..<bytes.count, name: file)
        }
    }

    /// The array of an NPY file, or of an IDX file, which may be gzipped.
    init(_ file: String, holding content: IDXFile.Content) throws(DatasetError) {
        let bytes = try ByteStorage(mapping: file)
        switch FileKind(bytes) {
        case .numpy, .zip, .safetensors: self = try Self(numPy: bytes, file: file)
        default: self = try IDXFile(file, holding: content).array
        }
    }
}

/// A file of several arrays, which have names.
enum ArrayArchive {
    case npz(ZipArchive)
    case safetensors(SafetensorsFile)

    init(_ file: String) throws(DatasetError) {
        let bytes = try ByteStorage(mapping: file)
        switch FileKind(bytes) {
        case .zip: self = .npz(try ZipArchive(bytes, file: file))
        case .safetensors: self = .safetensors(try SafetensorsFile(bytes, file: file))
        case let other: throw .notAnArchive(file: file, found: other)
        }
    }

    func array(_ name: String) throws(DatasetError) -> StoredArray {
        switch self {
        case .safetensors(let file): return try file.array(name)
        case .npz(let archive):
            guard let member = archive.members.first(where: { $0.name == name + ".npy" }) else {
                let known = archive.members.map(\.name).filter { $0.hasSuffix(".npy") }
                throw .noSuchArray(
                    file: archive.file, name: name, known: known.map { String($0.dropLast(4)) })
            }
            let (bytes, part) = try archive.content(of: member)
            return try NumPyHeader.array(bytes, part, name: "\(archive.file): '\(name)'")
        }
    }
}
