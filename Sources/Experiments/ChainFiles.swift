import Generators
import Glibc

/// Where a chain's text stands: the config's file, or one that is included, by which the paths in it are found.
struct ChainFiles {
    /// The files that lead here, the config first, as paths from the working folder.
    private var files: [String] = []
    /// The folder that paths in the text start from, and the same as seen from the config's folder.
    private var folder: String
    private var folderFromConfig = "."

    /// - Parameter base: the config's folder.
    init(base: String) { folder = base }

    /// Files that a chain may still include, at any depth: a few that include each other twice are many in all.
    private let allowance = Allowance()

    private final class Allowance {
        static let start = 100
        var left = start
    }

    /// What a plugin is called in the config and its lock file: a path starts from the config's folder.
    func reference(_ written: String) -> String {
        let isPath = written.contains("/") || written.hasSuffix(".lua")
        guard isPath, folderFromConfig != "." else { return written }
        let path = FilePath.joined(folderFromConfig, written)
        return path.contains("/") ? path : "./" + path
    }

    /// The entries of another file: a list, or a table with `chain`.
    ///
    /// - Throws: `ConfigError` at the include's place for a file that cannot be read or that includes itself.
    func entries(including node: ConfigNode) throws(ConfigError) -> [ChainEntryConfig] {
        let name = try String(node)
        if node.isProbe { return [] }  // the name of no file
        let path = FilePath.joined(folder, name)
        let next = try inside(path, name, node)
        let document: ConfigDocument
        do throws(ConfigError) {
            document = try ConfigDocument(file: path)
        } catch {
            // A file that is not there is the includer's mistake, what is in it its own.
            guard case .wholeFile = error.place else { throw error }
            throw ConfigError(node.place, "cannot include '\(path)': \(error.message)")
        }
        return try next.entries(ofFile: document.root)
    }

    /// The entries in a file that is there to be included.
    func entries(ofFile root: ConfigNode) throws(ConfigError) -> [ChainEntryConfig] {
        var chain = root
        if chain.isTable {
            var table = try chain.table()
            chain = try table.requireNode("chain")
            try table.finish()
        }
        var entries: [ChainEntryConfig] = []
        for item in try chain.items() { entries.append(try .read(item, self)) }
        if entries.isEmpty { throw ConfigError(chain.place, "\(chain.subject) wants at least one entry") }
        return entries
    }

    /// This with one file more, unless that one is among them.
    private func inside(_ path: String, _ name: String, _ node: ConfigNode) throws(ConfigError) -> ChainFiles
    {
        let own = Self.resolved(path)
        if let includer = files.last ?? node.place.file {
            let all = files.isEmpty ? [includer] : files
            if all.contains(where: { Self.resolved($0) == own }) {
                throw ConfigError(
                    node.place,
                    path == includer
                        ? "'\(path)' includes itself" : "'\(path)' includes itself through '\(includer)'")
            }
        }
        allowance.left -= 1
        if allowance.left < 0 {
            throw ConfigError(
                node.place, "a chain may include \(Allowance.start) files, each counted every time")
        }
        var next = self
        if files.isEmpty, let config = node.place.file { next.files = [config] }
        next.files.append(path)
        next.folder = FilePath.folder(of: path)
        next.folderFromConfig = FilePath.folder(of: FilePath.joined(folderFromConfig, name))
        return next
    }

    /// The path without links and detours, where the file is there.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension ConfigPlace {
    /// The file that it is in.
    fileprivate var file: String? {
        switch self {
        case .file(let name, _, _), .wholeFile(let name): name
        case .override, .program: nil
        }
    }
}
