import Foundation
import Synchronization
import Tensors
import Testing

@testable import Datasets

/// What Pillow makes of images: `Golden/images.py` writes them.
struct GoldenImages: Decodable {
    struct Case: Decodable, Sendable {
        let name: String
        let file: Int
        let shape: [Int]
        let values: Data
        let size: [Int]?
        let channels: Int?
        let fit: String?
    }

    let files: [Data]
    let cases: [Case]

    static let all: GoldenImages = {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/images.json")
        return try! JSONDecoder().decode(GoldenImages.self, from: Data(contentsOf: path))
    }()

    /// The file of a case.
    static func file(_ name: String) -> [UInt8] {
        Array(all.files[all.cases.first { $0.name == name }!.file])
    }
}

/// Images in a folder for each class, read as `form` says.
func images(_ folder: Folder, _ files: [String: [UInt8]], form: (inout ImageFiles) -> Void = { _ in }) throws
    -> DatasetHalves
{
    for (name, bytes) in files {
        let folders = folder.path + "/" + (name as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folders, withIntermediateDirectories: true)
        _ = try folder.file(name, bytes)
    }
    var config = ImageFiles(train: folder.path)
    form(&config)
    return try config.load()
}

@Suite struct ImageFolderTests {
    @Test func `images become what Pillow makes of them, to the bit`() throws {
        #expect(GoldenImages.all.cases.count > 80)
        for golden in GoldenImages.all.cases {
            let folder = try Folder()
            let data = try images(folder, ["a/x.png": Array(GoldenImages.all.files[golden.file])]) {
                if let size = golden.size { $0.size = ImageSize(height: size[0], width: size[1]) }
                $0.channels = golden.channels
                if let fit = golden.fit.flatMap(ImageFit.init) { $0.fit = fit }
            }.train
            #expect(data.sampleShape.sizes == golden.shape, "\(golden.name)")
            let (floats, bytes) = try sample(0, of: data)
            let (found, expected) = (try #require(bytes), Array(golden.values))
            let largest = zip(found, expected).map { abs(Int($0) - Int($1)) }.max()
            #expect(found == expected, "\(golden.name): \(largest ?? 0) apart")
            #expect(floats == expected.map { Float(Double($0) / 255) }, "\(golden.name)")
        }
    }

    @Test func `labels and names follow the folders`() throws {
        let (train, test) = (try Folder(), try Folder())
        let (grey, deep) = (GoldenImages.file("grey PNG"), GoldenImages.file("16-bit grey PNG"))
        _ = try images(test, ["dog/1.JPEG": grey])
        let data = try images(
            train, ["cat/1.png": grey, "dog/2.jpg": deep, "dog/10.png": grey, "emu/1.png": grey]
        ) {
            $0.test = test.path
            $0.size = ImageSize(height: 3, width: 5)
        }
        #expect(data.train.sampleShape == [3, 5, 1] && data.train.count == 4 && data.train.classes == 3)
        #expect((0..<4).map(data.train.label) == [0, 1, 1, 2])
        #expect(data.train.name(of: 1) == train.path + "/dog/10.png")
        #expect(data.train.classNames == ["cat", "dog", "emu"] && data.train.range == 0...1)
        let judged = try #require(data.test)
        #expect(judged.count == 1 && judged.label(of: 0) == 1 && judged.classes == 3)
        #expect(judged.sampleShape == [3, 5, 1])
    }

    @Test func `size and channels follow from the first image that can be read`() throws {
        let (grey, colour) = (GoldenImages.file("grey PNG"), GoldenImages.file("RGB PNG"))
        let folder = try Folder()
        let files = [
            "a/0.png": [], "a/1.png": grey, "a/2.png": colour, "a/3.png": GoldenImages.file("grey JPEG"),
        ]
        let data = try images(folder, files).train
        #expect(data.sampleShape == [13, 19, 1])
        func complaint(_ id: Int) -> String? {
            let error = #expect(throws: ImageError.self) { try sample(id, of: data) }
            return error?.description.replacing(folder.path, with: "F")
        }
        #expect(
            complaint(0)
                == "F/a/0.png: expected a PNG or JPEG image, found an empty file; mend it, take it away, or leave out what "
                + "cannot be read: on_error: skip")
        #expect(try sample(1, of: data).bytes?.count == 13 * 19)
        #expect(
            complaint(2)
                == "F/a/2.png: the image has colour, grey expected as in F/a/1.png; give 'images' the channels of all, 1 for "
                + "grey or 3 for colour, for instance channels: 3")
        #expect(
            complaint(3)
                == "F/a/3.png: the image is [37, 53], [13, 19] expected as in F/a/1.png; to scale all to one size, give "
                + "'images' a size, for instance size: [13, 19]")
        let grown = try images(folder, files) { $0.channels = 3 }.train
        #expect(grown.sampleShape == [13, 19, 3])
        #expect(try sample(1, of: grown).bytes?.count == 13 * 19 * 3)
        let scaled = try images(folder, files) { $0.size = ImageSize(height: 4, width: 9) }.train
        #expect(try sample(3, of: scaled).bytes?.count == 36)
    }

    @Test func `any number of threads read the same bytes`() throws {
        let folder = try Folder()
        let names = ["4:4:4 JPEG", "progressive JPEG", "RGBA PNG", "palette PNG as grey", "CMYK JPEG"]
        let files = names.enumerated().map { ("a/\($0).png", GoldenImages.file($1)) }
        let data = try images(folder, Dictionary(uniqueKeysWithValues: files)) {
            $0.size = ImageSize(height: 21, width: 34)
        }.train
        let expected = try (0..<5).map { try #require(try sample($0, of: data).bytes) }
        #expect(Set(expected).count == 5)
        let wrong = Mutex(0)
        let threads = (0..<4).map { first in
            Thread {
                let (reader, scratch) = (data.makeReader(), Buffer<Float>(count: data.sampleShape.count))
                for turn in 0..<50 {
                    let id = (first + turn) % 5
                    let sample = try? reader.read(id, scratch: scratch.pointer)
                    guard case .bytes(let bytes, _, _)? = sample?.values,
                        expected[id].elementsEqual(UnsafeBufferPointer(start: bytes, count: scratch.count))
                    else {
                        wrong.withLock { $0 += 1 }
                        continue
                    }
                }
                wrong.withLock { $0 += 1000 }
            }
        }
        for thread in threads { thread.start() }
        let deadline = Date.now + 60
        while wrong.withLock({ $0 }) % 1_000_000 < 4000, Date.now < deadline { usleep(1000) }
        #expect(wrong.withLock { $0 } == 4000)
    }
}
