import Tensors

/// Where the files of images come from.
protocol ImageSource: Sendable {
    var count: Int { get }
    /// What a person finds an image by.
    func name(of id: Int) -> String

    /// Reads an image's file into memory, which is made anew where it is too small, and returns how many bytes it has.
    func load(_ id: Int, into content: inout Buffer<UInt8>) throws -> Int
}

/// Images in files of their own.
struct ImagePaths: ImageSource {
    let paths: [String]

    var count: Int { paths.count }
    func name(of id: Int) -> String { paths[id] }

    func load(_ id: Int, into content: inout Buffer<UInt8>) throws -> Int {
        let file = try OpenFile(paths[id])
        guard file.size <= ImageDecoder.largestFile else {
            throw ImageError.fileTooLarge(file: file.path, bytes: file.size)
        }
        return try file.read(0, count: file.size, into: &content)
    }
}

/// Reads one image after another straight into a sample's memory, with no more of its own than a few rows.
final class ImageReader: SampleReader {
    private let source: any ImageSource
    private let form: ImageForm
    private let decoder = ImageDecoder()
    private let resizer: ImageResizer

    init(_ source: any ImageSource, _ form: ImageForm) {
        (self.source, self.form) = (source, form)
        resizer = ImageResizer(to: form.size, channels: form.channels, fit: form.fit)
    }

    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        let header = try decoder.open(id, of: source)
        try form.check(header, of: source.name(of: id))
        try decoder.begin(channels: form.channels)
        let bytes = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt8.self)
        if header.size == form.size {
            try decoder.read(form.size.height, to: bytes, stride: form.size.width * form.channels)
        } else {
            try resizer.resize(header.size, to: scratch) { rows, stride, count throws(ImageError) in
                try decoder.read(count, to: rows, stride: stride)
            }
        }
        try decoder.end()
        let (scale, low) = StoredArray.byteScale(0...1)
        return CleanSample(.bytes(bytes, scale: scale, low: low))
    }
}
