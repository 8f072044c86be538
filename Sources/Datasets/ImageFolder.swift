import Tensors

/// A folder for each class of PNG and JPEG images, decoded when they are asked for.
///
/// Values are bytes over 0...1, in [height, width, channels]. Opening looks at the folders alone.
package struct ImageFolder: Dataset {
    private let folder: ClassFolder
    private let form: ImageForm

    init(_ folder: ClassFolder, _ form: ImageForm) { (self.folder, self.form) = (folder, form) }

    package var count: Int { folder.files.count }
    package var sampleShape: Shape { form.shape }
    package var classes: Int { folder.classNames.count }
    package var classNames: [String]? { folder.classNames }
    package var range: ClosedRange<Float> { 0...1 }

    package func label(of id: Int) -> Int { Int(folder.labels[id]) }
    package func name(of id: Int) -> String { folder.files[id] }

    package func makeReader() -> any SampleReader { ImageReader(folder.files, form) }
}

/// Reads one image after another straight into a sample's memory, with no more of its own than a few rows.
private final class ImageReader: SampleReader {
    private let files: [String]
    private let form: ImageForm
    private let decoder = ImageDecoder()
    private let resizer: ImageResizer

    init(_ files: [String], _ form: ImageForm) {
        (self.files, self.form) = (files, form)
        resizer = ImageResizer(to: form.size, channels: form.channels, fit: form.fit)
    }

    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws -> CleanSample {
        let file = files[id]
        let header = try decoder.open(file)
        try form.check(header, of: file)
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
