import Foundation
import Tensors
import Testing

@testable import Datasets

/// A PNG of 3 × 2 grey pixels, whose values follow from `first`.
private func picture(_ first: Int) throws -> [UInt8] {
    try GreyPNG.bytes(width: 3, height: 2, pixels: (0..<6).map { UInt8(truncatingIfNeeded: first + 20 * $0) })
}

/// Archives of the samples 0 … 11 with classes id · 5 mod 7: five, none, four and three of them.
private func shards(in folder: Folder, _ change: (inout ShardFiles) -> Void = { _ in }) throws -> ShardFiles {
    var id = 0
    for (number, count) in [5, 0, 4, 3].enumerated() {
        var members: [[UInt8]] = [TarFile.member("data/", [], kind: "5")]
        for _ in 0..<count {
            members.append(TarFile.member("data/s\(id).v1.cls", Array("\(id * 5 % 7)\n".utf8)))
            members.append(TarFile.member("data/s\(id).v1.png", try picture(id)))
            id += 1
        }
        _ = try folder.file("a-0\(number).tar", TarFile.archive(members))
    }
    var files = ShardFiles(train: (0..<4).map { "\(folder.path)/a-0\($0).tar" })
    (files.image, files.label) = (["v1.png"], "v1.cls")
    change(&files)
    return files
}

@Suite struct ShardTests {
    @Test func `samples come in the order of the archives, with their labels`() throws {
        let folder = try Folder()
        let data = try shards(in: folder).load().train
        #expect(
            data.count == 12 && data.sampleShape == [2, 3, 1] && data.classes == 7 && data.range == 0...1)
        #expect((0..<12).map(data.label) == (0..<12).map { $0 * 5 % 7 })
        for id in [0, 4, 5, 8, 11] {
            let expected = (0..<6).map { Float(id + 20 * $0) / 255 }
            #expect(try sample(id, of: data).floats == expected)
        }
        #expect(data.name(of: 7) == "\(folder.path)/a-02.tar, sample 2")
        #expect(data.reading == ReadingOrder(files: [5, 0, 4, 3], window: 4096))
        #expect(data.reading?.counts(of: SampleIDs([0, 3, 4, 5, 11])) == [3, 0, 1, 1])
    }

    @Test func `patterns stand for files`() {
        #expect(ShardFiles.expanded("a.tar") == ["a.tar"])
        #expect(ShardFiles.expanded("a-{08..11}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar", "a-11.tar"])
        #expect(ShardFiles.expanded("{0..1}-{2..3}") == ["0-2", "0-3", "1-2", "1-3"])
        for wrong in ["a-{1..0}", "a-{1,2}", "a-{x..y}", "a}", "a-{1..2", "a-{..2}", "{1..2}{3}"] {
            #expect(ShardFiles.expanded(wrong) == nil)
        }
    }

    @Test func `long names are read in every form that tar writes`() throws {
        let folder = try Folder()
        let long = String(repeating: "long/", count: 30)
        let record = "path=\(long)b.png\n"
        let extended = "\(record.count + 4) " + record
        let members = [
            TarFile.member("././@LongLink", Array((long + "a.png\0").utf8), kind: "L"),
            TarFile.member("short", try picture(1)),
            TarFile.member("a.cls", Array("1".utf8), prefix: String(long.dropLast())),
            TarFile.member("PaxHeaders/b", Array(extended.utf8), kind: "x"),
            TarFile.member("short", try picture(2)),
            TarFile.member("b.cls", Array("2".utf8), prefix: String(long.dropLast())),
        ]
        let file = try folder.file("x.tar", TarFile.archive(members))
        let data = try ShardFiles(train: [file]).load().train
        #expect(data.count == 2 && (0..<2).map(data.label) == [1, 2])
        #expect(try sample(1, of: data).floats[0] == 2.0 / 255)
    }

    private func complaint(_ members: [[UInt8]], _ change: (inout ShardFiles) -> Void = { _ in }) throws
        -> String?
    {
        let folder = try Folder()
        var files = ShardFiles(train: [try folder.file("x.tar", TarFile.archive(members))])
        change(&files)
        do {
            _ = try files.load()
            return nil
        } catch { return "\(error)".replacing(folder.path + "/", with: "") }
    }

    @Test func `archives that are none of samples are told`() throws {
        let (image, label) = (
            TarFile.member("a.png", try picture(1)), TarFile.member("a.cls", Array("1".utf8))
        )
        #expect(try complaint([image, label]) == nil)
        #expect(
            try complaint([])
                == "x.tar: no samples found; members are expected such as 00017.jpg and 00017.cls")
        #expect(try complaint([image]) == "x.tar: sample 'a' has no member ending in .cls")
        #expect(try complaint([label]) == "x.tar: sample 'a' has no member ending in .jpg, .jpeg, .png")
        let other = [TarFile.member("b.png", try picture(2)), TarFile.member("b.cls", Array("2".utf8))]
        #expect(
            try complaint([image] + other + [label])
                == "x.tar: members of sample 'a' stand apart; those of a sample follow one another: tar --sort=name -cf …"
        )
        #expect(try complaint([image, image, label]) == "x.tar: 'a.png' stands there twice")
        #expect(
            try complaint([image, TarFile.member("a.cls", Array("cat".utf8))])
                == "x.tar: 'a.cls' holds 'cat', a class of 0 to 65535 in decimal digits expected")
        #expect(
            try complaint([image, label]) { $0.classes = 1 }
                == "x.tar, sample 0: the label is 1, outside the 1 classes 0...0")
        #expect(
            try complaint([image, TarFile.member("a.cls", [], size: 1 << 20)])
                == "x.tar: 'a.cls' would have 1048576 bytes, the archive has 1024 left; was it cut short?")
        var broken = label
        broken[0] ^= 1
        #expect(
            try complaint([image, broken])
                == "x.tar: damaged at byte \(image.count): the check sum of a header is wrong")
        #expect(
            try complaint([Array("nonsense".utf8) + [UInt8](repeating: 1, count: 600)])
                == "x.tar: no tar archive: its first header's check sum is wrong")
        let folder = try Folder()
        let short = try folder.file("short.tar", Array((image + label).prefix(560)))
        let error = #expect(throws: ShardError.self) { try ShardFiles(train: [short]).load() }
        #expect(error?.description.contains("'a.png' would have") == true)
    }

    @Test func `an image that cannot be decoded is told when it is read`() throws {
        let folder = try Folder()
        let members = [
            TarFile.member("a.png", try picture(1)), TarFile.member("a.cls", Array("1".utf8)),
            TarFile.member("b.png", Array(try picture(2).dropLast(20))),
            TarFile.member("b.cls", Array("0".utf8)),
        ]
        let file = try folder.file("x.tar", TarFile.archive(members))
        let data = try ShardFiles(train: [file]).load().train
        #expect(try sample(0, of: data).floats.count == 6)
        let error = #expect(throws: ImageError.self) { try sample(1, of: data) }
        #expect(error?.description.hasPrefix("\(file), sample 1: ") == true)
    }
}
