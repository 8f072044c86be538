import Datasets
import Testing

@testable import Experiments

@Suite struct ImageFilesConfigTests {
    private func source(_ yaml: String) throws -> DatasetSource {
        var table = try ConfigDocument(text: yaml, file: "t.yaml").table()
        return try table.require("data")
    }

    @Test func `folders of images are read, and read back from the lock file`() throws {
        let plain = try source("data: {images: {train: p/a, test: p/b}}")
        #expect(plain == DatasetSource(.images(ImageFiles(train: "p/a", test: "p/b"))))
        var files = ImageFiles(train: "a")
        files.size = ImageSize(height: 48, width: 64)
        files.channels = 1
        files.fit = .pad
        var expected = DatasetSource(.images(files))
        expected.selection.trainShare = 0.75
        let full = try source(
            """
            data:
              images: {train: a, size: [48, 64], channels: 1, fit: pad}
              split: {train: 0.75}
            """)
        #expect(full == expected)
        let square = try source("data: {images: {train: a, test: b, size: 32}}")
        guard case .images(let squareFiles) = square.form else { return }
        #expect(squareFiles.size == ImageSize(height: 32, width: 32) && squareFiles.fit == .crop)
        for value in [plain, full, square] {
            #expect(try source(ConfigWriter.yaml(.table(["data": value.node]))) == value)
        }
        let resolved = DatasetSource(.images(ImageFiles(train: "/d/p/a", test: "/d/p/b")))
        #expect(plain.resolved(from: "/d") == resolved)
    }

    @Test(arguments: [
        ("{test: b}", "16: error: 'train' is required in 'images'"),
        (
            "{train: a, test: b, size: [1, 2, 3]}",
            "42: error: 'size' must be a number of pixels, or two: [height, width], got a list"
        ),
        ("{train: a, test: b, size: [0, 2]}", "43: error: 'size[0]' must be in 1...16384, got '0'"),
        ("{train: a, test: b, size: 20000}", "42: error: 'size' must be in 1...16384, got '20000'"),
        (
            "{train: a, test: b, channels: 2}",
            "46: error: 'channels' must be 1 for grey or 3 for colour, got '2'"
        ),
        (
            "{train: a, test: b, size: 2, fit: squeeze}",
            "50: error: 'fit' must be one of stretch, crop, pad, got 'squeeze'"
        ),
        (
            "{train: a, test: b, fit: pad}",
            "41: error: 'fit' says how images come to a 'size', which is not given"
        ),
        (
            "{train: a, test: b, chanels: 3}",
            "36: error: unknown key 'chanels' in 'images'; did you mean 'channels'?"
        ),
        (
            "{train: a}",
            "7: error: the data names no samples to test with; name them as 'test', or split what is there: split: { train: 0.9 }"
        ),
    ])
    func `folders of images that cannot be meant are told`(images: String, text: String) {
        let error = #expect(throws: ConfigError.self) { try source("data: {images: \(images)}") }
        #expect(error?.description == "t.yaml:1:" + text)
    }
}
