import CPNG
import Foundation
import Testing

@testable import Reports

/// The pixels of a PNG, by libpng.
private func decoded(_ bytes: [UInt8]) throws -> (size: PixelSize, pixels: [UInt8]) {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    try #require(png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0)
    image.format = UInt32(PNG_FORMAT_RGB)
    var pixels = [UInt8](repeating: 0, count: 3 * Int(image.width) * Int(image.height))
    try #require(png_image_finish_read(&image, nil, &pixels, 0, nil) != 0)
    return (PixelSize(Int(image.width), Int(image.height)), pixels)
}

@Suite struct PNGFileTests {
    @Test(arguments: [PixelSize(1, 1), PixelSize(3, 1), PixelSize(1, 4), PixelSize(257, 31)])
    func `a file has the pixels of the canvas`(size: PixelSize) throws {
        var canvas = Canvas(size)
        for y in 0..<size.height {
            for x in 0..<size.width { canvas[x, y] = Colour(UInt32(y * size.width + x + 1) &* 0x9e_3779) }
        }
        let folder = try TestFolder()
        let file = folder.path + "/a.png"
        try PNGFile.write(canvas, to: file)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        let found = try decoded(bytes)
        #expect(found.size == size && found.pixels == canvas.pixels)
        #expect(bytes[24...25] == [8, 2])  // eight bits of red, green and blue, without opacity
        #expect(try folder.names == ["a.png"])
    }

    /// libpng's own limit is a million pixels a row.
    @Test(arguments: [
        (PixelSize(1_000_001, 1), "Invalid IHDR data"), (PixelSize(0, 2), "Invalid IHDR data"),
    ])
    func `what libpng refuses is told, and the old file stays`(size: PixelSize, reason: String) throws {
        let folder = try TestFolder()
        let file = try folder.file("a.png", Array("old".utf8))
        let error = #expect(throws: FileError.self) { try PNGFile.write(Canvas(size), to: file) }
        #expect(error?.description == "\(file): cannot encode the picture: \(reason)")
        #expect(try text(of: file) == "old")
        #expect(try folder.names == ["a.png"])
    }
}
