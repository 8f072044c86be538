import CImages
import Tensors

/// The forms of images that are read.
package enum ImageFormat: String, Sendable {
    case png = "PNG"
    case jpeg = "JPEG"
}

/// What an image says of itself before its pixels.
struct ImageHeader: Equatable {
    var size: ImageSize
    /// Whether pixels may be other than grey. A palette counts as colour.
    var hasColour: Bool
}

/// Decodes image files one after another, for one thread: libpng and libjpeg-turbo, by what is in the file.
///
/// A file is read whole into memory that the next one uses again.
final class ImageDecoder {
    /// Pixels along one axis; JPEG has no more.
    static let largestSide = 65_535
    /// Pixels in all: those of interlaced and progressive images are all in memory at the same time, in up to 6 bytes each.
    static let largestCount = 1 << 26
    /// Bytes of a file; nothing of that many pixels needs as much.
    static let largestFile = 1 << 30

    private let decoder: OpaquePointer
    private var content = Buffer<UInt8>(count: 1 << 16)
    // The image that is open, for errors.
    private var file = ""
    private var format = ImageFormat.png

    init() {
        guard let decoder = mottle_image_decoder_create() else {
            fatalError("no memory for an image decoder")
        }
        self.decoder = decoder
    }

    deinit { mottle_image_decoder_destroy(decoder) }

    /// Takes up an image, and gives up any before it.
    ///
    /// - Throws: ``ImageError``, or ``DatasetError`` where the system cannot read the file.
    func open(_ id: Int, of source: any ImageSource) throws -> ImageHeader {
        let count = try source.load(id, into: &content)
        file = source.name(of: id)
        switch FileKind(Array(UnsafeBufferPointer(start: content.pointer, count: min(count, 16)))) {
        case .png: format = .png
        case .jpeg: format = .jpeg
        case let found: throw ImageError.otherKind(file: file, found: found)
        }
        var header = mottle_image_header()
        try check(
            mottle_image_open(
                decoder, format == .png ? MOTTLE_IMAGE_PNG : MOTTLE_IMAGE_JPEG, content.pointer, count,
                &header))
        let size = ImageSize(height: Int(header.height), width: Int(header.width))
        guard max(size.height, size.width) <= Self.largestSide, size.height * size.width <= Self.largestCount
        else { throw ImageError.tooLarge(file: file, size: size) }
        return ImageHeader(size: size, hasColour: header.has_colour)
    }

    /// Prepares for pixels of 1 byte, grey, or 3: red, green and blue.
    func begin(channels: Int) throws(ImageError) { try check(mottle_image_begin(decoder, Int32(channels))) }

    /// Writes the next rows, each `stride` bytes behind the one before it.
    func read(_ count: Int, to rows: UnsafeMutablePointer<UInt8>, stride: Int) throws(ImageError) {
        try check(mottle_image_read(decoder, rows, stride, UInt32(count)))
    }

    /// Makes sure that the image was whole, once all rows are read.
    func end() throws(ImageError) { try check(mottle_image_end(decoder)) }

    private func check(_ reason: UnsafePointer<CChar>?) throws(ImageError) {
        guard let reason else { return }
        var text = String(cString: reason)
        // libjpeg writes sentences, libpng also names of chunks.
        let second = text.dropFirst().first
        if second?.isLowercase == true { text = text.prefix(1).lowercased() + text.dropFirst() }
        throw .undecodable(file: file, format: format, reason: text)
    }
}
