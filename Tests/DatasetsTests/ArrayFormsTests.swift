import Foundation
import Tensors
import Testing

@testable import Datasets

/// Five images of 3 × 2 with values that all differ, and their labels.
private let pixels = (0..<30).map { UInt8($0 * 8 + 3) }
private let labels: [UInt8] = [2, 0, 3, 3, 1]
private let images = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5, 3, 2)}", pixels)
private let classes = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (5,)}", labels)

/// The error of a half whose files are in a folder, with the folder's path left out.
private func complaint(
    _ files: [String: [UInt8]], classes: Int? = nil, range: ClosedRange<Float>? = nil,
    _ half: (String) -> ClassifiedFiles.Half
) throws -> String? {
    let folder = try Folder()
    for (name, bytes) in files { _ = try folder.file(name, bytes) }
    do {
        _ = try ClassifiedImages(half(folder.path + "/"), classes: classes, range: range)
        return nil
    } catch { return error.description.replacing(folder.path + "/", with: "") }
}

@Suite struct ArrayDataTests {
    @Test func `images and labels may be NumPy arrays`() throws {
        let folder = try Folder()
        let whole = (0..<5).flatMap { [labels[$0]] + [UInt8](repeating: 0, count: 7) }
        let data = try ClassifiedImages(
            .files(
                images: folder.file("x", images),
                labels: folder.file(
                    "y", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (5,)}", whole))))
        #expect(data.count == 5 && data.sampleShape == [3, 2, 1] && data.classes == 4 && data.range == 0...1)
        #expect((0..<5).map(data.label) == [2, 0, 3, 3, 1])
        #expect(try sample(4, of: data).bytes == Array(pixels[24...]))
        #expect(try sample(4, of: data).floats == pixels[24...].map { Float($0) / 255 })
    }

    @Test func `bytes are spread over a declared range, floats are taken as they are`() throws {
        let folder = try Folder()
        let y = try folder.file("y", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", [0, 1]))
        let bytes = try folder.file(
            "b", npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 2)}", [0, 255, 51, 102]))
        let spread = try ClassifiedImages(.files(images: bytes, labels: y), range: -1...4)
        #expect(spread.sampleShape == [2] && spread.range == -1...4)
        #expect(try sample(0, of: spread).floats == [-1, 0] && sample(1, of: spread).floats == [4, 1])
        let halves = try folder.file(
            "h", npy("{'descr': '>f2', 'fortran_order': False, 'shape': (2, 1)}", [0x3e, 0, 0xbc, 0]))
        let floats = try ClassifiedImages(.files(images: halves, labels: y), range: -2...2)
        #expect(try sample(0, of: floats).floats == [1.5] && sample(1, of: floats).floats == [-1])
        #expect(try sample(0, of: floats).bytes == nil)
    }

    @Test(arguments: [
        (
            "'<f4', 'fortran_order': False, 'shape': (5,)", 20,
            "labels are float32, whole numbers expected: y.astype('int64')"
        ),
        (
            "'|u1', 'fortran_order': False, 'shape': (5, 1)", 5,
            "labels are [5, 1], an axis of one label for each image expected: y.ravel()"
        ),
        (
            "'|u1', 'fortran_order': False, 'shape': (5, 4)", 20,
            "labels are [5, 4], an axis of one label for each image expected; of a share for each class: y.argmax(1)"
        ),
        (
            "'|u1', 'fortran_order': False, 'shape': ()", 1,
            "labels are [], an axis of one label for each image expected"
        ),
        (
            "'|u1', 'fortran_order': False, 'shape': (4,)", 4,
            "4 labels found, 5 expected, one for each image of x"
        ),
        ("'|u1', 'fortran_order': False, 'shape': (0,)", 0, "holds nothing: its shape is [0]"),
        ("'|i1', 'fortran_order': False, 'shape': (5,)", 5, "label 0 is -1, outside the 1 classes 0...0"),
        (
            "'<u4', 'fortran_order': False, 'shape': (5,)", 20,
            "label 0 is 4294967295, 65535 at most expected; are these labels?"
        ),
        ("'<u8', 'fortran_order': False, 'shape': (5,)", 40, "label 0 is beyond 2^63; are these labels?"),
    ])
    func `labels that cannot be meant are told`(header: String, count: Int, text: String) throws {
        let y = npy("{'descr': \(header)}", [UInt8](repeating: 255, count: count))
        #expect(
            try complaint(["x": images, "y": y]) { .files(images: $0 + "x", labels: $0 + "y") } == "y: "
                + text)
    }

    @Test(arguments: [
        (
            "'|i1', 'fortran_order': False, 'shape': (5, 2)", 10,
            "what range int8 values have is not known; say it in 'data', for instance range: [0, 1]"
        ),
        (
            "'|u1', 'fortran_order': False, 'shape': (5,)", 5,
            "images are [5], [N, height, width], [N, height, width, channels] or [N, values] expected"
        ),
        ("'|u1', 'fortran_order': False, 'shape': (5, 0)", 0, "holds nothing: its shape is [5, 0]"),
        (
            "'|u1', 'fortran_order': False, 'shape': (5, 99999999999)", 9,
            "9 bytes of values found, 499999999995 expected for [5, 99999999999]"
        ),
    ])
    func `images that cannot be meant are told`(header: String, count: Int, text: String) throws {
        let x = npy("{'descr': \(header)}", [UInt8](repeating: 7, count: count))
        #expect(
            try complaint(["x": x, "y": classes]) { .files(images: $0 + "x", labels: $0 + "y") } == "x: "
                + text)
    }

    @Test func `a number that float32 does not hold is told when its sample is read`() throws {
        let folder = try Folder()
        let x = npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 1)}", [1, 0, 0, 0, 1, 0, 0, 2])
        let data = try ClassifiedImages(
            .files(
                images: folder.file("x", x),
                labels: folder.file(
                    "y", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", [0, 1]))),
            range: 0...9)
        #expect(try sample(0, of: data).floats == [1])
        let error = #expect(throws: DatasetError.self) { try sample(1, of: data) }
        #expect(
            error?.description
                == "\(folder.path)/x: sample 1 holds 33554433, beyond 2^24, up to which float32 holds whole numbers"
        )
    }
}

@Suite struct ArchiveTests {
    private static func archive(_ isDeflated: Bool, isLarge: Bool = false) -> [UInt8] {
        ZipFile.bytes(
            [
                .init(name: "y.npy", content: classes, isDeflated: isDeflated),
                .init(name: "other", content: [1, 2, 3]),
                .init(name: "x.npy", content: images, isDeflated: isDeflated),
            ], isLarge: isLarge)
    }

    @Test(arguments: [false, true], [false, true])
    func `arrays of an archive are found by name`(isDeflated: Bool, isLarge: Bool) throws {
        let folder = try Folder()
        let file = try folder.file("a.npz", Self.archive(isDeflated, isLarge: isLarge))
        let data = try ClassifiedImages(.members(file: file, images: "x", labels: "y"))
        #expect(data.count == 5 && data.sampleShape == [3, 2, 1] && data.classes == 4)
        #expect((0..<5).map(data.label) == [2, 0, 3, 3, 1])
        #expect(try sample(2, of: data).floats == pixels[12..<18].map { Float($0) / 255 })
    }

    @Test func `arrays of a safetensors file are found by name`() throws {
        let folder = try Folder()
        let header =
            #"{"x":{"dtype":"U8","shape":[5,3,2],"data_offsets":[0,30]},"y":{"dtype":"U8","shape":[5],"data_offsets":[30,35]}}"#
        let file = try folder.file("a", safetensors(header, pixels + labels))
        let data = try ClassifiedImages(.members(file: file, images: "x", labels: "y"))
        #expect((0..<5).map(data.label) == [2, 0, 3, 3, 1])
        #expect(try sample(2, of: data).floats == pixels[12..<18].map { Float($0) / 255 })
    }

    private static func told(_ bytes: [UInt8], images: String = "x") throws -> String? {
        try complaint(["a": bytes]) { .members(file: $0 + "a", images: images, labels: "y") }
    }

    @Test func `archives that cannot be read are told`() throws {
        let told = Self.told
        #expect(try told([], "x") == "a: expected an NPZ or safetensors file, found an empty file")
        #expect(
            try told(images, "x")
                == "a: expected an NPZ or safetensors file, found a NumPy array; give its path as 'images' or 'labels', "
                + "without 'file'")
        #expect(try told(Self.archive(false), "z") == "a: holds no array 'z'; it holds y, x")
        #expect(try told(ZipFile.bytes([]), "z") == "a: holds no array 'z'; it holds none")
        #expect(
            try told(Array(Self.archive(true).dropLast(30)), "x")
                == "a: the ZIP archive is damaged: it has no directory; is it whole?")
        #expect(
            try told(ZipFile.bytes([.init(name: "x.npy", content: [1, 2])]), "x")
                == "a: 'x': not a NumPy array; save one with numpy.save")
    }

    /// The first place of some bytes.
    private static func place(of part: [UInt8], in bytes: [UInt8], last: Bool = false) throws -> Int {
        let places = (0...bytes.count - part.count).filter { Array(bytes[$0..<$0 + part.count]) == part }
        return try #require(last ? places.last : places.first)
    }

    @Test func `members that are not what the directory says are told`() throws {
        let entry: [UInt8] = [0x50, 0x4b, 1, 2]
        func changed(_ offset: Int, _ bytes: [UInt8], isDeflated: Bool = true) throws -> String? {
            var file = Self.archive(isDeflated)
            let place = try Self.place(of: entry, in: file, last: true) + offset
            file.replaceSubrange(place..<place + bytes.count, with: bytes)
            return try Self.told(file)
        }
        let size = images.count
        #expect(
            try changed(8, [1])
                == "a: 'x.npy' is encrypted; save it with numpy.savez or numpy.savez_compressed")
        #expect(
            try changed(10, [12])
                == "a: 'x.npy' is packed by method 12; save it with numpy.savez or numpy.savez_compressed")
        #expect(try changed(16, [0, 0]) == "a: the ZIP archive is damaged: 'x.npy' has a wrong check sum")
        #expect(
            try changed(20, [0, 0, 0, 0x7f])
                == "a: the ZIP archive is damaged: 'x.npy' has 2130706432 bytes, more than follow")
        #expect(
            try changed(24, [UInt8(size - 1)])
                == "a: the ZIP archive is damaged: 'x.npy' unpacks to \(size) of its \(size - 1) bytes")
        #expect(
            try changed(24, [UInt8(size + 1)])
                == "a: the ZIP archive is damaged: 'x.npy' unpacks to \(size) of its \(size + 1) bytes")
        let huge = try #require(try changed(24, [0, 0, 0, 0x7f]))
        #expect(
            huge.hasPrefix("a: the ZIP archive is damaged: 'x.npy' says to hold 2130706432 bytes, more than ")
        )
        #expect(
            try changed(24, [1, 0], isDeflated: false)
                == "a: the ZIP archive is damaged: 'x.npy' is stored, but has two sizes: \(size) and 1")
        #expect(
            try changed(42, [9]) == "a: the ZIP archive is damaged: 'x.npy' is not where the directory says")
        #expect(try changed(28, [0xff, 0xff]) == "a: the ZIP archive is damaged: its directory ends early")
    }
}

@Suite struct CIFARTests {
    /// Images whose value at row y, column x of channel c is 64 c + 2 y + x + first.
    private static func images(_ labels: [[UInt8]], first: Int) -> [UInt8] {
        labels.enumerated().flatMap { image, labels in
            labels + (0..<3072).map { UInt8(($0 / 1024) * 64 + ($0 / 32 % 32) * 2 + $0 % 32 + first + image) }
        }
    }

    @Test func `batches follow one another, and channels come last`() throws {
        let folder = try Folder()
        let files = [
            try folder.file("a", Self.images([[3], [9]], first: 0)),
            try folder.file("b", Self.images([[7]], first: 10)),
        ]
        let data = try ClassifiedImages(.cifar(.cifar10, files: files))
        #expect(
            data.count == 3 && data.sampleShape == [32, 32, 3] && data.classes == 10 && data.range == 0...1)
        #expect((0..<3).map(data.label) == [3, 9, 7])
        for (id, first) in [0, 1, 10].enumerated() {
            let values = try sample(id, of: data).floats
            for (y, x, c) in [(0, 0, 0), (0, 1, 2), (31, 5, 1), (7, 31, 2)] {
                #expect(values[(y * 32 + x) * 3 + c] == Float(64 * c + 2 * y + x + first) / 255)
            }
        }
    }

    @Test func `CIFAR-100 has coarse labels and fine ones`() throws {
        let folder = try Folder()
        let file = try folder.file("a", Self.images([[19, 99], [2, 50]], first: 4))
        let fine = try ClassifiedImages(.cifar(.cifar100Fine, files: [file]))
        let coarse = try ClassifiedImages(.cifar(.cifar100Coarse, files: [file]))
        #expect((0..<2).map(fine.label) == [99, 50] && fine.classes == 100)
        #expect((0..<2).map(coarse.label) == [19, 2] && coarse.classes == 20)
        #expect(try sample(1, of: fine).floats[2] == Float(64 * 2 + 5) / 255)
    }

    @Test func `files that are not CIFAR's are told`() throws {
        func told(_ bytes: [UInt8], _ kind: CIFARKind = .cifar10) throws -> String? {
            try complaint(["a": bytes]) { .cifar(kind, files: [$0 + "a"]) }
        }
        let expected = "a: expected CIFAR's binary version, 3073 bytes for each image, found "
        #expect(try told([]) == expected + "an empty file")
        #expect(try told([0x1f, 0x8b, 8]) == expected + "a gzipped file; unpack it")
        #expect(try told([UInt8](repeating: 1, count: 3072)) == expected + "3072 bytes")
        #expect(
            try told(Self.images([[1]], first: 0), .cifar100Fine)
                == "a: expected CIFAR's binary version, 3074 bytes for each image, found 3073 bytes")
        #expect(
            try told(Self.images([[1], [10]], first: 0)) == "a: label 1 is 10, outside the 10 classes 0...9")
    }
}
