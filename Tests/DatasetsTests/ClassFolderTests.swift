import Foundation
import Testing

@testable import Datasets

@Suite struct ClassFolderTests {
    /// A folder with these files, made with their folders.
    private func folder(_ files: [String], folders: [String] = []) throws -> Folder {
        let folder = try Folder()
        for name in folders + files.map({ ($0 as NSString).deletingLastPathComponent }) where !name.isEmpty {
            try FileManager.default.createDirectory(
                atPath: folder.path + "/" + name, withIntermediateDirectories: true)
        }
        for file in files { _ = try folder.file(file, [1]) }
        return folder
    }

    private func complaint(_ files: [String], folders: [String] = [], classNames: [String]? = nil) throws
        -> String?
    {
        let folder = try folder(files, folders: folders)
        let error = #expect(throws: FolderError.self) {
            try ClassFolder(folder.path, endings: ["png", "jpg"], classNames: classNames)
        }
        return error?.description.replacing(folder.path, with: "F")
    }

    @Test func `classes and files come in the order of their bytes`() throws {
        let folder = try folder(["b/10.png", "b/9.JPG", "a/x.png", "C/1.png", "b/.hidden", ".cache/x"])
        let found = try ClassFolder(folder.path, endings: ["png", "jpg"])
        #expect(found.classNames == ["C", "a", "b"])
        #expect(
            found.files.map { $0.replacing(folder.path + "/", with: "") }
                == ["C/1.png", "a/x.png", "b/10.png", "b/9.JPG"])
        #expect(found.labels == [0, 1, 2, 2])
        let test = try ClassFolder(folder.path, endings: ["png", "jpg"], classNames: ["b", "z", "a", "C"])
        #expect(test.labels == [3, 2, 0, 0] && test.classNames == ["b", "z", "a", "C"])
    }

    @Test func `folders that are none of classes are told`() throws {
        #expect(
            try complaint([]) == "F: is empty; a folder for each class is expected, with its files inside")
        #expect(
            try complaint(["1.png", "2.png"])
                == "F: 2 files found, such as '1.png', and no folder; a folder for each class is expected, with its files inside"
        )
        #expect(
            try complaint(["a/1.png", "2.png"])
                == "F/2.png: a file beside the folders of the classes; move it into one, or away")
        #expect(
            try complaint(["a/1.txt"])
                == "F/a/1.txt: a file of another kind in the folder of a class; files ending in png, jpg are expected"
        )
        #expect(
            try complaint(["a/b/1.png"])
                == "F/a/b: a folder in the folder of a class; files ending in png, jpg are expected")
        #expect(
            try complaint([], folders: ["a", "b"])
                == "F: the folders of the classes hold no files ending in png, jpg")
        #expect(
            try complaint(["dog/1.png"], classNames: ["cat", "cow"])
                == "F/dog: no class of the data to learn from, which has cat, cow")
        let error = #expect(throws: FolderError.self) { try ClassFolder("/none", endings: ["png"]) }
        #expect(error?.description == "/none: No such file or directory")
    }
}
