import CZlib
import Datasets
import Foundation
import Tensors

/// A folder for one test's files, gone with the test.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appending(path: "mottle-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    /// The bytes, gzipped.
    static func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = try Folder()
        let handle = gzopen(file.path + "/x", "wb")
        gzwrite(handle, bytes, UInt32(bytes.count))
        gzclose(handle)
        return Array(try Data(contentsOf: URL(filePath: file.path + "/x")))
    }
}

/// An IDX file's bytes: its header and values.
func idx(_ sizes: [Int], _ values: [UInt8], type: UInt8 = 8) -> [UInt8] {
    let header = sizes.flatMap { size in stride(from: 24, through: 0, by: -8).map { UInt8(size >> $0 & 255) }
    }
    return [0, 0, type, UInt8(sizes.count)] + header + values
}

/// A sample as floats, and its bytes where it is kept so.
func sample(_ id: Int, of data: any Dataset) throws -> (floats: [Float], bytes: [UInt8]?) {
    let scratch = Buffer<Float>(count: data.sampleShape.count)
    let read = try data.makeReader().read(id, scratch: scratch.pointer)
    let floats = (0..<scratch.count).map { read.values[$0] }
    guard case .bytes(let bytes, _, _) = read.values else { return (floats, nil) }
    return (floats, Array(UnsafeBufferPointer(start: bytes, count: scratch.count)))
}

/// Data in files.
func files(_ files: ClassifiedFiles) -> DatasetSource { DatasetSource(.arrays(files)) }

/// What is said of a file of several arrays where one is wanted.
let severalArrays =
    "a file of several arrays, one is expected: save it with numpy.save, or give 'data' this file as 'file' and names of "
    + "its arrays as 'images' and 'labels'"
