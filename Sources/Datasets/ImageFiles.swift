import Tensors

/// Folders of PNG and JPEG images with a folder for each class, and what every image becomes.
package struct ImageFiles: Equatable, Sendable {
    /// The folder to learn from.
    package var train: String
    /// Nil where the samples of `train` are split.
    package var test: String?
    /// To which size images are scaled; nil takes the first one's, and all others must have it, too.
    package var size: ImageSize?
    /// 1 for grey or 3 for red, green and blue; nil takes 3 if the first image has colour, else 1, and then no other one may
    /// have colour.
    package var channels: Int?
    package var fit = ImageFit.crop

    package init(train: String, test: String? = nil) { (self.train, self.test) = (train, test) }

    /// Endings of the files' names. What is in a file is seen from its content.
    static let endings = ["png", "jpg", "jpeg"]

    /// Finds the files, and opens one of them where size or channels follow from it.
    func load() throws -> DatasetHalves {
        let folder = try ClassFolder(train, endings: Self.endings)
        let form = try ImageForm(self, samples: ImagePaths(paths: folder.files))
        let samples = ImageFolder(folder, form)
        guard let test else { return DatasetHalves(train: samples, test: nil) }
        let testFolder = try ClassFolder(test, endings: Self.endings, classNames: folder.classNames)
        return DatasetHalves(train: samples, test: ImageFolder(testFolder, form))
    }
}

/// How many pixels an image is high and wide; written in the order of the axes.
package struct ImageSize: Equatable, Sendable, CustomStringConvertible {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    package var description: String { "[\(height), \(width)]" }
}

/// How an image is brought to a size of other proportions.
package enum ImageFit: String, CaseIterable, Sendable {
    /// Each axis by a factor of its own.
    case stretch
    /// Both axes by one factor, so that the image covers the size; what juts out on two sides is cut off.
    case crop
    /// Both axes by one factor, so that the whole image fits in; the rest is black.
    case pad
}

/// What all images of a data set become, and what they must be for that.
struct ImageForm: Sendable {
    let size: ImageSize
    let channels: Int
    let fit: ImageFit
    /// The file whose size all others must have; nil where they are scaled.
    private(set) var sizeExample: String?
    /// The file that has no colour, so that the others may not have it either; nil where that was not derived from a file.
    private(set) var greyExample: String?

    /// Of images that are scaled, whatever they are.
    init(size: ImageSize, channels: Int, fit: ImageFit) {
        (self.size, self.channels, self.fit) = (size, channels, fit)
    }

    /// - Parameter samples: of which the first one that can be read shows what the config leaves open. One that cannot is told
    ///   of when its sample is read, where it may be left out.
    init(_ config: ImageFiles, samples: any ImageSource) throws {
        fit = config.fit
        if let size = config.size, let channels = config.channels {
            (self.size, self.channels) = (size, channels)
            return
        }
        let (file, header) = try Self.firstReadable(samples)
        size = config.size ?? header.size
        channels = config.channels ?? (header.hasColour ? 3 : 1)
        if config.size == nil { sizeExample = file }
        if config.channels == nil, channels == 1 { greyExample = file }
    }

    private static func firstReadable(_ samples: any ImageSource) throws -> (
        file: String, header: ImageHeader
    ) {
        let decoder = ImageDecoder()
        var firstError: (any Error)?
        for id in 0..<samples.count {
            do { return (samples.name(of: id), try decoder.open(id, of: samples)) } catch {
                firstError = firstError ?? error
            }
        }
        throw firstError!
    }

    var shape: Shape { [size.height, size.width, channels] }

    /// - Throws: ``ImageError`` for an image that is not of this form.
    func check(_ header: ImageHeader, of file: String) throws(ImageError) {
        if let sizeExample, header.size != size {
            throw .otherSize(file: file, found: header.size, example: sizeExample, expected: size)
        }
        if let greyExample, header.hasColour { throw .colour(file: file, example: greyExample) }
    }
}
