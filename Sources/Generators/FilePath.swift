import Glibc

/// Paths as text.
package enum FilePath {
    /// The folder that a file is in, `.` where the path names none.
    package static func folder(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }

    /// A path that starts from a folder if it is relative, without needless `./`.
    package static func joined(_ folder: String, _ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var path = path[...]
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        return folder == "." ? String(path) : folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// The path from the root, for what is read again from elsewhere.
    package static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let working = getcwd(nil, 0) else { return path }
        defer { free(working) }
        return joined(String(cString: working), path)
    }

    /// The path from the root without links and `..`; as it is where nothing is there.
    package static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }
}
