import Foundation

/// A folder for one test's files, gone with the test.
final class TestFolder {
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

    /// The names in the folder.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// The content of a file as text.
func text(of file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
