import Glibc

/// A folder with a folder for each class, as image and sound collections are kept: `train/cat/1.png`, `train/dog/2.png`.
///
/// Classes are numbered in the order of their names' bytes, files of a class come in that order, too; so a file's id is the
/// same on every machine. Names that start with a point are not looked at.
package struct ClassFolder: Sendable {
    /// In the order of their numbers.
    package let classNames: [String]
    /// Paths of all files, class by class.
    package let files: [String]
    /// By file.
    package let labels: [UInt16]

    /// - Parameters:
    ///   - endings: of the files that are read, lower case, for instance `["png", "jpg", "jpeg"]`; other files are an error.
    ///   - classNames: those of the data to learn from, for data to test with; nil takes what is there.
    package init(_ folder: String, endings: [String], classNames: [String]? = nil) throws(FolderError) {
        let found = try Self.entries(folder)
        guard found.contains(where: { $0.isFolder }) else {
            throw .noClasses(folder: folder, files: found.count, example: found.first?.name)
        }
        if let stray = found.first(where: { !$0.isFolder }) {
            throw .strayFile(file: "\(folder)/\(stray.name)")
        }
        let classNames = classNames ?? found.map(\.name)
        guard classNames.count <= largestLabel else {
            throw .tooManyClasses(folder: folder, count: classNames.count)
        }
        var (files, labels): ([String], [UInt16]) = ([], [])
        for name in found.map(\.name) {
            // By bytes: names that look alike are different names.
            guard let label = classNames.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                throw .unknownClass(folder: "\(folder)/\(name)", known: classNames)
            }
            let members = try Self.entries("\(folder)/\(name)")
            for member in members {
                let path = "\(folder)/\(name)/\(member.name)"
                let ending = member.name.split(separator: ".").last?.lowercased() ?? ""
                guard !member.isFolder, endings.contains(ending) else {
                    throw .notRead(path: path, isFolder: member.isFolder, endings: endings)
                }
                files.append(path)
                labels.append(UInt16(label))
            }
        }
        guard !files.isEmpty else { throw .noFiles(folder: folder, endings: endings) }
        (self.classNames, self.files, self.labels) = (classNames, files, labels)
    }

    /// What is in a folder, in the order of the names' bytes.
    static func entries(_ folder: String) throws(FolderError) -> [(name: String, isFolder: Bool)] {
        guard let stream = opendir(folder) else {
            throw .unreadable(folder: folder, reason: String(cString: strerror(errno)))
        }
        defer { closedir(stream) }
        var entries: [(name: String, isFolder: Bool)] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            // A link counts as what it leads to.
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0 else {
                throw .unreadable(folder: "\(folder)/\(name)", reason: String(cString: strerror(errno)))
            }
            entries.append((name, status.st_mode & S_IFMT == S_IFDIR))
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

/// Why a folder does not hold classified files.
package enum FolderError: DataError, Equatable {
    case unreadable(folder: String, reason: String)
    case noClasses(folder: String, files: Int, example: String?)
    case strayFile(file: String)
    case tooManyClasses(folder: String, count: Int)
    case unknownClass(folder: String, known: [String])
    case notRead(path: String, isFolder: Bool, endings: [String])
    case noFiles(folder: String, endings: [String])

    package var description: String {
        switch self {
        case .unreadable(let folder, let reason): "\(folder): \(reason)"
        case .noClasses(let folder, let files, let example):
            files == 0
                ? "\(folder): is empty; a folder for each class is expected, with its files inside"
                : "\(folder): \(files) \(files == 1 ? "file" : "files") found, such as '\(example ?? "")', and no folder; a folder "
                    + "for each class is expected, with its files inside"
        case .strayFile(let file):
            "\(file): a file beside the folders of the classes; move it into one, or away"
        case .tooManyClasses(let folder, let count):
            "\(folder): \(count) folders found, \(largestLabel) classes at most expected"
        case .unknownClass(let folder, let known):
            "\(folder): no class of the data to learn from, which has "
                + known.prefix(10).joined(separator: ", ")
                + (known.count > 10 ? " and \(known.count - 10) more" : "")
        case .notRead(let path, let isFolder, let endings):
            "\(path): \(isFolder ? "a folder" : "a file of another kind") in the folder of a class; "
                + "files ending in \(endings.joined(separator: ", ")) are expected"
        case .noFiles(let folder, let endings):
            "\(folder): the folders of the classes hold no files ending in \(endings.joined(separator: ", "))"
        }
    }
}
