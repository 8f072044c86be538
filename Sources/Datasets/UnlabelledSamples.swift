import Tensors

/// Samples without labels in files that somebody names: what a model is asked about. All labels are 0.
///
/// Each becomes what a sample of the model's own data is: arrays must have its shape, images are scaled to it.
package struct UnlabelledSamples: Dataset {
    private enum Part {
        case array(StoredArray)
        case images([String])

        var count: Int {
            switch self {
            case .array(let array): array.shape[0]
            case .images(let paths): paths.count
            }
        }
    }

    package let sampleShape: Shape
    package let classes: Int
    package let classNames: [String]?
    package let range: ClosedRange<Float>
    package let vocabularySize: Int?
    package let count: Int
    private let parts: [Part]
    private let fit: ImageFit

    /// - Parameters:
    ///   - paths: NPY and IDX files of arrays `[N, …]`, PNG and JPEG images, and folders of these, whatever is in which
    ///     folder inside.
    ///   - data: what the model was trained on.
    ///   - fit: how images are brought to the size of the data's.
    package init(_ paths: [String], like data: any Dataset, fit: ImageFit) throws {
        (sampleShape, classes, classNames) = (data.sampleShape, data.classes, data.classNames)
        (range, vocabularySize, self.fit) = (data.range, data.vocabularySize, fit)
        parts = try paths.map { [sampleShape, vocabularySize] path in
            let takesImages =
                vocabularySize == nil && sampleShape.rank == 3 && [1, 3].contains(sampleShape[2])
            if Self.isFolder(path) {
                let images = try Self.images(in: path)
                guard takesImages else { throw UnlabelledError.images(path, expected: sampleShape) }
                return .images(images)
            }
            switch FileKind(try ByteStorage(mapping: path)) {
            case .png, .jpeg, .gif, .webp:
                guard takesImages else { throw UnlabelledError.images(path, expected: sampleShape) }
                return .images([path])
            default: return .array(try Self.array(path, of: sampleShape))
            }
        }
        count = parts.reduce(0) { $0 + $1.count }
    }

    private static func isFolder(_ path: String) -> Bool { (try? ClassFolder.entries(path)) != nil }

    /// All files of a folder and of the folders in it.
    private static func images(in folder: String) throws -> [String] {
        var images: [String] = []
        for (name, isFolder) in try ClassFolder.entries(folder) {
            let path = "\(folder)/\(name)"
            if isFolder {
                images += try Self.images(in: path)
                continue
            }
            let ending = name.split(separator: ".").last?.lowercased() ?? ""
            guard ImageFiles.endings.contains(ending) else { throw UnlabelledError.strayFile(path) }
            images.append(path)
        }
        guard !images.isEmpty else { throw UnlabelledError.emptyFolder(folder) }
        return images
    }

    private static func array(_ path: String, of sampleShape: Shape) throws -> StoredArray {
        let array = try StoredArray(path, holding: .images)
        let sizes = Array(array.shape.sizes.dropFirst())
        // Grey images may lack the axis of their single channel.
        guard array.shape.rank > 0, Shape(sizes) == sampleShape || Shape(sizes + [1]) == sampleShape else {
            throw UnlabelledError.shape(path, found: array.shape, sample: sampleShape)
        }
        guard array.shape[0] > 0 else { throw DatasetError.empty(file: path, shape: array.shape) }
        return array
    }

    private func place(of id: Int) -> (part: Int, row: Int) {
        var (part, row) = (0, id)
        while row >= parts[part].count {
            row -= parts[part].count
            part += 1
        }
        return (part, row)
    }

    package func label(of id: Int) -> Int { 0 }

    package func name(of id: Int) -> String {
        let (part, row) = place(of: id)
        switch parts[part] {
        case .array(let array): return "\(array.name), row \(row)"
        case .images(let paths): return paths[row]
        }
    }

    package func makeReader() -> any SampleReader { Reader(self) }

    private final class Reader: SampleReader {
        private let samples: UnlabelledSamples
        /// By part; nil for arrays.
        private let images: [ImageReader?]

        init(_ samples: UnlabelledSamples) {
            self.samples = samples
            images = samples.parts.map { part in
                guard case .images(let paths) = part else { return nil }
                let shape = samples.sampleShape
                let form = ImageForm(
                    size: ImageSize(height: shape[0], width: shape[1]), channels: shape[2], fit: samples.fit)
                return ImageReader(ImagePaths(paths: paths), form)
            }
        }

        func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
            let (part, row) = samples.place(of: id)
            // Token ids are no shares of a range.
            let range = samples.vocabularySize == nil ? samples.range : nil
            let (scale, low) = range.map(StoredArray.byteScale) ?? (1, 0)
            switch samples.parts[part] {
            case .images:
                let sample = try images[part]!.read(row, scratch: scratch)
                guard case .bytes(let bytes, _, _) = sample.values else { return sample }
                return CleanSample(.bytes(bytes, scale: scale, low: low))
            case .array(let array):
                if let bytes = array.bytes(of: row) {
                    return CleanSample(.bytes(bytes, scale: scale, low: low))
                }
                try array.read(row, bytesOver: range, into: scratch)
                return CleanSample(.floats(scratch))
            }
        }
    }
}

/// Why files hold nothing that a model can be asked about.
package enum UnlabelledError: DataError, Equatable {
    case shape(String, found: Shape, sample: Shape)
    /// `expected`: what the model takes, which images cannot become.
    case images(String, expected: Shape)
    case strayFile(String)
    case emptyFolder(String)

    package var description: String {
        switch self {
        case .shape(let file, let found, let sample):
            "\(file): an array of \(found) found, the model takes samples \(sample), so "
                + "[N, \(sample.sizes.map(String.init).joined(separator: ", "))] is expected"
        case .images(let path, let expected):
            "\(path): images found, the model takes samples \(expected), which images cannot become; "
                + "an array of them in a .npy file is expected"
        case .strayFile(let file):
            "\(file): a file of another kind in a folder of images; files ending in "
                + "\(ImageFiles.endings.joined(separator: ", ")) are expected"
        case .emptyFolder(let folder):
            "\(folder): holds no files ending in \(ImageFiles.endings.joined(separator: ", "))"
        }
    }
}
