/// Why an image cannot be read.
package enum ImageError: DataError, Equatable {
    case otherKind(file: String, found: FileKind)
    /// `reason` is the library's.
    case undecodable(file: String, format: ImageFormat, reason: String)
    case tooLarge(file: String, size: ImageSize)
    case fileTooLarge(file: String, bytes: Int)
    case otherSize(file: String, found: ImageSize, example: String, expected: ImageSize)
    case colour(file: String, example: String)

    package var description: String {
        switch self {
        case .otherKind(let file, let found):
            "\(file): expected a PNG or JPEG image, found \(found.name)" + Self.remedy
        case .undecodable(let file, let format, let reason):
            "\(file): the \(format.rawValue) image cannot be decoded: \(reason)" + Self.remedy
        case .tooLarge(let file, let size):
            "\(file): the header says \(size) pixels, more than the \(ImageDecoder.largestSide) on a side or "
                + "\(ImageDecoder.largestCount) in all that are read" + Self.remedy
        case .fileTooLarge(let file, let bytes):
            "\(file): \(bytes) bytes found, \(ImageDecoder.largestFile) at most expected of an image"
                + Self.remedy
        case .otherSize(let file, let found, let example, let expected):
            "\(file): the image is \(found), \(expected) expected as in \(example); to scale all to one size, give "
                + "'images' a size, for instance size: \(expected)"
        case .colour(let file, let example):
            "\(file): the image has colour, grey expected as in \(example); give 'images' the channels of all, "
                + "1 for grey or 3 for colour, for instance channels: 3"
        }
    }

    private static let remedy = "; mend it, take it away, or leave out what cannot be read: on_error: skip"
}
