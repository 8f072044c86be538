/// What a file looks like by its first bytes.
package enum FileKind: Sendable {
    case empty, numpy, zip, gzip, png, jpeg, gif, webp, safetensors, other

    init(_ start: [UInt8]) {
        let signatures: [([UInt8], FileKind)] = [
            (NumPyHeader.magic, .numpy), (Array("PK".utf8), .zip), ([0x1f, 0x8b], .gzip),
            ([0x89] + Array("PNG".utf8), .png), ([0xff, 0xd8, 0xff], .jpeg), (Array("GIF8".utf8), .gif),
        ]
        if start.isEmpty {
            self = .empty
        } else if let known = signatures.first(where: { start.starts(with: $0.0) }) {
            self = known.1
        } else if start.starts(with: "RIFF".utf8), start.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else {
            // Behind the header's length, of which the format allows 100,000,000, its JSON begins.
            self =
                start.count >= 9 && start[8] == UInt8(ascii: "{") && start[4...7].allSatisfy { $0 == 0 }
                ? .safetensors : .other
        }
    }

    init(_ bytes: ByteStorage) {
        self.init(Array(UnsafeBufferPointer(start: bytes.pointer, count: min(bytes.count, 16))))
    }

    var name: String {
        switch self {
        case .empty: "an empty file"
        case .numpy: "a NumPy array"
        case .zip: "a ZIP archive"
        case .gzip: "a gzipped file"
        case .png: "a PNG picture"
        case .jpeg: "a JPEG picture"
        case .gif: "a GIF picture"
        case .webp: "a WebP picture"
        case .safetensors: "a safetensors file"
        case .other: "another kind of file"
        }
    }
}
