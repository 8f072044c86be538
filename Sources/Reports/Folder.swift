import Glibc

/// Folders as the files of a run need them.
enum Folder {
    /// The folder that a path stands in, `.` for a bare name.
    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a folder and those above it. Returns false when it is there already.
    static func create(_ path: String) throws(FileError) -> Bool {
        if mkdir(path, 0o777) == 0 { return true }
        switch errno {
        case EEXIST: return false
        case ENOENT where parent(of: path) != path:
            _ = try create(parent(of: path))
            guard mkdir(path, 0o777) != 0 else { return true }
            guard errno == EEXIST else { throw FileError(path, action: "create the folder") }
            return false
        default: throw FileError(path, action: "create the folder")
        }
    }

    /// Makes new names in a folder outlive a power cut.
    static func sync(_ path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path, action: "sync the folder") }
        defer { close(descriptor) }
        // Some network and overlay file systems refuse to sync folders, and need no syncing.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw FileError(path, action: "sync the folder")
        }
    }
}
