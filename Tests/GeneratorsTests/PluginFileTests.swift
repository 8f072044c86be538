import Foundation
import Generators
import Testing

/// Plugin files that are no text.
struct PluginFileTests {
    /// What loading a file of these bytes gives, its folder taken out of the message.
    private func message(_ bytes: [UInt8], reference: String) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(bytes).write(to: folder.appending(path: "odd.lua"))
        let library = PluginLibrary(folders: [folder.path])
        let error = #expect(throws: PluginError.self) {
            try library.plugin(reference, base: folder.path)
        }
        return error?.description.replacingOccurrences(of: folder.path + "/", with: "")
    }

    @Test(arguments: ["odd", "odd.lua"]) func `a file that is not plain UTF-8 is refused`(
        reference: String
    ) throws {
        #expect(
            try message([0xef, 0xbb, 0xbf] + "mottle.noise {}".utf8, reference: reference)
                == "cannot read the plugin 'odd.lua': it starts with a byte-order mark; save it as UTF-8 without one"
        )
        #expect(
            try message("-- caf".utf8 + [0xe9, 0x0a], reference: reference)
                == "cannot read the plugin 'odd.lua': it is not UTF-8 text")
        #expect(
            try message([0x1b, 0x4c, 0x75, 0x61, 0x54, 0xff], reference: reference)
                == "odd.lua: error: this is compiled Lua; plugins must be source text.\n[M20]")
    }
}
