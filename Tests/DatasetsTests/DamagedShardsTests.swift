import Foundation
import Tensors
import Testing

@testable import Datasets

/// Whatever stands in an archive, reading it ends with samples or with an error that names the archive.
@Suite struct DamagedShardsTests {
    /// Two samples, one of them with a long name.
    private static func archive() throws -> [UInt8] {
        let long = String(repeating: "long/", count: 30)
        func picture(_ first: Int) throws -> [UInt8] {
            try GreyPNG.bytes(width: 3, height: 2, pixels: (0..<6).map { UInt8(first + 20 * $0) })
        }
        return TarFile.archive([
            TarFile.member("a.png", try picture(1)), TarFile.member("a.cls", Array("1".utf8)),
            TarFile.member("././@LongLink", Array((long + "b.png\0").utf8), kind: "L"),
            TarFile.member("short", try picture(2)),
            TarFile.member("b.cls", Array("0".utf8), prefix: String(long.dropLast())),
        ])
    }

    /// The check sums of the headers at the places where the whole archive has them.
    private static func withChecksums(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for place in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[(place + 257)..<(place + 262)].elementsEqual("ustar".utf8) {
            let sum = (0..<512).reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(bytes[place + $1])) }
            let digits = String(sum, radix: 8)
            let text = String(repeating: "0", count: 6 - digits.count) + digits
            for (offset, byte) in text.utf8.enumerated() { bytes[place + 148 + offset] = byte }
            (bytes[place + 154], bytes[place + 155]) = (0, 32)
        }
        return bytes
    }

    @Test func `damaged archives are read or refused`() throws {
        let folder = try Folder()
        let whole = try Self.archive()
        var (refused, read) = (0, 0)
        for seed in FuzzSeeds.all {
            // Without their check sums no damaged header would be looked at.
            let bytes = damaged(whole, seed: seed)
            let file = try folder.file("x.tar", seed % 4 > 0 ? Self.withChecksums(bytes) : bytes)
            do {
                let data = try ShardFiles(train: [file]).load().train
                for id in 0..<data.count {
                    #expect((0..<data.classes).contains(data.label(of: id)))
                    _ = try sample(id, of: data)
                }
                read += 1
            } catch {
                refused += 1
                #expect(error is any DataError && "\(error)".contains("/x.tar"))
            }
        }
        #expect(refused > FuzzSeeds.all.count / 20 && read > 0)
    }
}
