import FoundationEssentials
import Glibc
import LuaRuntime
import Tensors

/// Why a plugin could not be had.
package enum PluginError: Error, Equatable, CustomStringConvertible {
    case unknown(name: String, nearest: String?, folders: [String])
    case unreadable(path: String, reason: String)
    /// A folder of `MOTTLE_PLUGINS` that is none.
    case noFolder(String)
    /// A broken or hostile script.
    case broken(LuaError)

    package var description: String {
        switch self {
        case .unknown(let name, let nearest, let folders):
            let hint =
                nearest.map { "did you mean '\($0)'?" } ?? "looked in \(folders.joined(separator: ", "))"
            return "unknown plugin '\(name)'; " + (folders.isEmpty ? "there is no folder 'plugins'" : hint)
        case .unreadable(let path, let reason): return "cannot read the plugin '\(path)': \(reason)"
        case .noFolder(let path): return "MOTTLE_PLUGINS: there is no folder '\(path)'"
        case .broken(let error): return error.description
        }
    }
}

/// Finds plugins by name in folders, or by path, and loads each once.
package final class PluginLibrary {
    /// In the order in which they are searched.
    package let folders: [String]
    /// Source texts by reference, from a lock file: they go before every file.
    private let recorded: [String: String]
    private var loaded: [String: Plugin] = [:]

    package init(folders: [String], recorded: [String: String] = [:]) {
        (self.folders, self.recorded) = (folders, recorded)
    }

    /// The folders of `MOTTLE_PLUGINS` (separated by colons), `plugins` in the working folder, and `plugins` beside the
    /// executable; for one that a package's build made, beside the build's folder, in the package.
    ///
    /// - Throws: `PluginError.noFolder` for what `MOTTLE_PLUGINS` names; the others need not be there.
    package static func standardFolders(
        environment: [String: String], executable: String
    ) throws(PluginError) -> [String] {
        let named = (environment["MOTTLE_PLUGINS"] ?? "").split(separator: ":").map(String.init)
        if let absent = named.first(where: { !isFolder($0) }) { throw .noFolder(absent) }
        let path = URL(filePath: executable).resolvingSymlinksInPath().path(percentEncoded: false)
        let parts = path.split(separator: "/").dropLast()
        let package = parts.prefix { !$0.hasPrefix(".build") }
        let near = Set([parts, package]).map { "/" + ($0 + ["plugins"]).joined(separator: "/") }.sorted()
        return named + (["plugins"] + near).filter(isFolder)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// Names of the plugins in the folders, each once.
    package var names: [String] {
        var names: Set<String> = []
        for folder in folders {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where file.hasSuffix(".lua") {
                names.insert(String(file.dropLast(4)))
            }
        }
        return names.sorted()
    }

    /// The files of that name in the folders, in the order in which they are searched, each once.
    package func files(named name: String) -> [String] {
        var seen: Set<String> = []
        return folders.map { "\($0)/\(name).lua" }.filter { path in
            FileManager.default.fileExists(atPath: path)
                && seen.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted
        }
    }

    /// Loads a plugin.
    ///
    /// - Parameters:
    ///   - reference: a name, or a path if it has a slash or ends in `.lua`.
    ///   - base: the folder that a relative path starts from, for instance the config's.
    package func plugin(_ reference: String, base: String) throws(PluginError) -> Plugin {
        let isPath = reference.contains("/") || reference.hasSuffix(".lua")
        let path = isPath ? FilePath.joined(base, reference) : reference
        let key = recorded[reference] != nil ? reference : path
        if let plugin = loaded[key] { return plugin }
        let (source, file) = try text(reference, path: isPath ? path : nil)
        do {
            let plugin = try Plugin(source: source, file: file)
            loaded[key] = plugin
            return plugin
        } catch {
            throw .broken(error)
        }
    }

    private func text(_ reference: String, path: String?) throws(PluginError) -> (
        source: String, file: String
    ) {
        let file = String(reference.split(separator: "/").last ?? "")
        if let source = recorded[reference] { return (source, path == nil ? "\(file).lua" : file) }
        if let path { return (try Self.read(path), file) }
        if let path = files(named: reference).first { return (try Self.read(path), "\(reference).lua") }
        if reference.contains("."), FileManager.default.fileExists(atPath: reference) {
            throw .unreadable(path: reference, reason: "a plugin's file ends in .lua")
        }
        throw .unknown(
            name: reference, nearest: Suggestion.nearest(reference, among: names), folders: folders)
    }

    /// The file's text.
    private static func read(_ path: String) throws(PluginError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            // The file manager does not say why; the system does.
            let reason =
                access(path, R_OK) == 0 ? "not a file" : String(cString: strerror(errno)).lowercased()
            throw .unreadable(path: path, reason: reason)
        }
        if data.starts(with: [0xef, 0xbb, 0xbf]) {
            throw .unreadable(
                path: path, reason: "it starts with a byte-order mark; save it as UTF-8 without one")
        }
        // Compiled Lua is no text either, but has a message of its own.
        if data.first == 0x1b { return String(decoding: data, as: UTF8.self) }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(path: path, reason: "it is not UTF-8 text")
        }
        return text
    }
}
