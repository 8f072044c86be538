import Foundation
import Tensors
import Testing

@testable import Datasets

/// Five images of 3 × 2 with values that all differ, and their labels.
private let pixels = (0..<30).map { UInt8($0 * 8 + 3) }
private let labels: [UInt8] = [2, 0, 3, 3, 1]

/// The error that reading a pair of files gives, with the folder's path left out.
private func complaint(images: [UInt8], labels: [UInt8], classes: Int? = nil) throws -> String? {
    let folder = try Folder()
    let files = (try folder.file("images", images), try folder.file("labels", labels))
    do {
        _ = try ClassifiedImages(.files(images: files.0, labels: files.1), classes: classes)
        return nil
    } catch { return error.description.replacing(folder.path + "/", with: "") }
}

@Suite struct ClassifiedImagesTests {
    @Test(arguments: [false, true])
    func `images and labels are found by id`(gzipped: Bool) throws {
        let folder = try Folder()
        let (images, classes) = (idx([5, 3, 2], pixels), idx([5], labels))
        let data = try ClassifiedImages(
            .files(
                images: folder.file("i", gzipped ? Folder.gzipped(images) : images),
                labels: folder.file("l", gzipped ? Folder.gzipped(classes) : classes)))
        #expect(data.count == 5 && data.sampleShape == [3, 2, 1] && data.classes == 4 && data.range == 0...1)
        #expect((0..<5).map(data.label) == [2, 0, 3, 3, 1])
        #expect(try sample(3, of: data).bytes == Array(pixels[18..<24]))
        #expect(try sample(4, of: data).floats == pixels[24...].map { Float($0) / 255 })
        #expect(data.name(of: 4) == "\(folder.path)/i, row 4")
    }

    @Test func `every byte is decoded to the nearest Float`() throws {
        let folder = try Folder()
        let bytes = (0...255).map { UInt8($0) }
        let data = try ClassifiedImages(
            .files(
                images: folder.file("i", idx([1, 16, 16], bytes)), labels: folder.file("l", idx([1], [0]))))
        let values = try sample(0, of: data).floats
        #expect(values == bytes.map { Float(Double($0) / 255) })
        #expect(values == bytes.map { Float($0) / 255 })
        #expect(values.first == 0 && values.last == 1)
    }

    @Test func `images may have channels, and the classes may be given`() throws {
        let folder = try Folder()
        let data = try ClassifiedImages(
            .files(
                images: folder.file("i", idx([5, 1, 2, 3], pixels)),
                labels: folder.file("l", idx([5], labels))),
            classes: 9)
        #expect(data.sampleShape == [1, 2, 3] && data.classes == 9)
    }

    @Test(
        arguments: [
            (idx([4], [1, 2, 3, 0]), "labels: 4 labels found, 5 expected, one for each image of images"),
            (
                idx([6], [1, 2, 3, 0, 0, 1]),
                "labels: 6 labels found, 5 expected, one for each image of images"
            ),
            (idx([5], [2, 0, 3, 7, 9]), "labels: label 3 is 7, outside the 4 classes 0...3"),
            (idx([5], [2, 0, 3, 7]), "labels: the file ends early: 12 bytes found, 13 expected for [5]"),
            (idx([5], [2, 0, 3, 7, 9, 9, 9]), "labels: 15 bytes found, 13 expected for [5]"),
            (
                idx([5], labels + [UInt8](repeating: 1, count: 1_100_000)),
                "labels: more than 1048589 bytes found, 13 expected for [5]"
            ),
            (idx([0], []), "labels: holds nothing: its shape is [0]"),
            (idx([5, 3, 2], pixels), "labels: expected an IDX file of labels, found one of images"),
            ([], "labels: expected an IDX file of labels, found an empty file"),
            ([0, 0, 8, 1, 0, 0], "labels: ends within its header: 6 bytes found, 8 expected"),
            (
                Array("hello, world".utf8),
                "labels: expected an IDX file of labels, found another kind of file"
            ),
            (idx([5], [1, 2], type: 13), "labels: expected an IDX file of labels, found one of floats"),
            (
                idx([5], [1, 2], type: 7),
                "labels: expected an IDX file of labels, found another kind of file"
            ),
            (idx([5, 2], [1, 2]), "labels: expected an IDX file of labels, found one of rank 2"),
            ([0x93] + Array("NUMPY".utf8), "labels: not a NumPy array; save one with numpy.save"),
            (
                Array("PK\u{3}\u{4}".utf8),
                "labels: \(severalArrays)"
            ),
            ([0x89] + Array("PNG".utf8), "labels: expected an IDX file of labels, found a PNG picture"),
        ] as [([UInt8], String)])
    func `labels that do not fit are told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(images: idx([5, 3, 2], pixels), labels: bytes, classes: 4) == text)
    }

    @Test(arguments: [
        (
            idx([5, 3, 2], Array(pixels.dropLast())),
            "images: the file ends early: 45 bytes found, 46 expected for [5, 3, 2]"
        ),
        (idx([5, 3, 2], pixels + [1]), "images: 47 bytes found, 46 expected for [5, 3, 2]"),
        (idx([5, 0, 2], []), "images: holds nothing: its shape is [5, 0, 2]"),
        (idx([5], labels), "images: expected an IDX file of images, found one of labels"),
        (Array(idx([5, 3, 2], [])[..<11]), "images: ends within its header: 11 bytes found, 16 expected"),
        (
            idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []),
            "images: the header says [4294967295, 4294967295, 4294967295], more than a file of 16 bytes can hold"
        ),
    ])
    func `images that do not fit are told`(bytes: [UInt8], text: String) throws {
        #expect(try complaint(images: bytes, labels: idx([5], labels)) == text)
    }

    @Test func `damaged gzip files are told`() throws {
        // Values that hardly compress, so that a cut leaves some of them readable.
        let values = (0..<6000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
        let packed = try Folder.gzipped(idx([1000, 3, 2], values))
        let classes = idx([1000], [UInt8](repeating: 1, count: 1000))
        func damage(_ bytes: [UInt8]) throws -> String? { try complaint(images: bytes, labels: classes) }
        #expect(try damage(packed) == nil)
        let half = try #require(try damage(Array(packed[..<(packed.count / 2)])))
        let found = half.wholeMatch(
            of: /images: the gzip data ends early: (\d+) bytes found, 6016 expected for \[1000, 3, 2\]/)
        let count = try #require(found.flatMap { Int($0.1) })
        #expect((1000..<6016).contains(count))
        // Without the check sum nothing says that the values are right.
        #expect(
            try damage(packed.dropLast(3))
                == "images: the gzip data ends early: 6016 bytes found, 6016 expected for [1000, 3, 2]")
        var wrongSum = packed
        wrongSum[packed.count - 6] ^= 1
        #expect(try damage(wrongSum) == "images: the gzip data is damaged: incorrect data check")
        let bomb = try Folder.gzipped(idx([1_000_000, 1000, 1000], values))
        #expect(
            try damage(bomb)
                == "images: the header says [1000000, 1000, 1000], more than a file of \(bomb.count) bytes can hold"
        )
    }

    @Test func `files that cannot be opened are told`() throws {
        func failure(_ file: String) -> String? {
            #expect(throws: DatasetError.self) { try ClassifiedImages(.files(images: file, labels: "none")) }?
                .description
        }
        let folder = try Folder()
        #expect(failure("missing.idx") == "missing.idx: no such file")
        #expect(failure(folder.path) == "\(folder.path): not a regular file")
        #expect(failure("/dev/zero") == "/dev/zero: not a regular file")
    }
}

@Suite struct DatasetSourceTests {
    private func source(
        in folder: Folder, testShape: [Int] = [2, 3, 2], testLabels: [UInt8] = [1, 3]
    ) throws -> DatasetSource {
        try files(
            ClassifiedFiles(
                train: .files(
                    images: folder.file("a", idx([5, 3, 2], pixels)),
                    labels: folder.file("b", idx([5], labels))),
                test: .files(
                    images: folder.file("c", idx(testShape, Array(pixels[..<testShape.reduce(1, *)]))),
                    labels: folder.file("d", idx([2], testLabels)))))
    }

    @Test func `four files make two halves with the classes of the first`() throws {
        let folder = try Folder()
        let data = try source(in: folder, testLabels: [1, 0]).load()
        #expect(
            data.train.count == 5 && data.test.count == 2 && data.train.dataset.classes == 4
                && data.test.dataset.classes == 4
        )
    }

    @Test func `halves that do not fit together are told`() throws {
        let folder = try Folder()
        let label = #expect(throws: DatasetError.self) { try source(in: folder, testLabels: [1, 4]).load() }
        #expect(label?.description == "\(folder.path)/d: label 1 is 4, outside the 4 classes 0...3")
        let shape = #expect(throws: DatasetError.self) {
            try source(in: folder, testShape: [2, 2, 3]).load()
        }
        #expect(
            shape?.description
                == "\(folder.path)/c: images are [2, 3, 1], [3, 2, 1] expected as in \(folder.path)/a")
    }

    @Test func `a data set that is not installed names its package`() throws {
        let folder = try Folder()
        let error = #expect(throws: DatasetError.self) { try FashionMNIST.files(in: folder.path) }
        #expect(
            error?.description
                == "fashion-mnist: no files in \(folder.path); install Debian's package dataset-fashion-mnist"
        )
        #expect(DatasetSource(name: "fashion-mnist")?.form == .fashionMNIST)
        #expect(DatasetSource(name: "fashion") == nil)
        #expect(DatasetSource.names.allSatisfy { DatasetSource(name: $0) != nil })
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
    func `Fashion-MNIST is read whole`() throws {
        let data = try DatasetSource(.fashionMNIST).load()
        #expect(data.train.count == 60000 && data.test.count == 10000)
        #expect(data.train.dataset.sampleShape == [28, 28, 1] && data.test.dataset.classes == 10)
        #expect(
            (0..<5).map(data.train.label) == [9, 0, 0, 3, 0]
                && (0..<5).map(data.test.label) == [9, 2, 1, 1, 6])
        for half in [data.train, data.test] {
            #expect(half.classCounts() == [Int](repeating: half.count / 10, count: 10))
        }
    }
}
