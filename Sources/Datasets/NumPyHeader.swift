import Glibc
import Tensors

/// The start of a `.npy` file, which says what follows (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NumPyHeader {
    enum ValueType: String {
        case float32 = "<f4"
        case uint8 = "|u1"
        case int32 = "<i4"
        case int64 = "<i8"

        var size: Int {
            switch self {
            case .uint8: 1
            case .float32, .int32: 4
            case .int64: 8
            }
        }
    }

    let shape: Shape
    let type: ValueType

    init(shape: Shape, type: ValueType) {
        (self.shape, self.type) = (shape, type)
    }

    /// Reads the header and checks that exactly its values follow; leaves `stream` at the first of them.
    init(file: String, stream: UnsafeMutablePointer<FILE>, fileSize: Int) throws(NumPyError) {
        func bytes(_ count: Int) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: count) { memory, found in
                found = fread(memory.baseAddress, 1, count, stream)
            }
        }
        let start = bytes(8)
        if start.starts(with: Array("PK".utf8)) { throw .archive(file: file) }
        guard start.count == 8, start.starts(with: Self.magic) else { throw .notAnArray(file: file) }
        let version = Int(start[6])
        guard (1...3).contains(version) else { throw .unknownVersion(file: file, version: version) }
        let length = bytes(version == 1 ? 2 : 4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // A header is some hundred bytes; NumPy itself refuses more than 10000 from strangers.
        guard length <= 10_000, case let text = bytes(length), text.count == length else {
            throw .damagedHeader(file: file, missing: "its end")
        }
        try self.init(text: String(decoding: text, as: UTF8.self), file: file)

        let found = fileSize - ftell(stream)
        let (count, overflow) = shape.sizes.reduce((type.size, false)) { total, size in
            let (product, overflow) = total.0.multipliedReportingOverflow(by: size)
            return (product, overflow || total.1)
        }
        guard !overflow, count == found else {
            throw .wrongSize(
                file: file, shape: shape, expected: overflow ? "over 2^63" : "\(count)", found: found)
        }
    }

    /// Reads the Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    private init(text: String, file: String) throws(NumPyError) {
        guard let type = text.firstMatch(of: /['"]descr['"]\s*:\s*(\[|'[^']*'|"[^"]*")/)?.1 else {
            throw .damagedHeader(file: file, missing: "'descr'")
        }
        guard let isFortran = text.firstMatch(of: /['"]fortran_order['"]\s*:\s*(True|False)/)?.1 else {
            throw .damagedHeader(file: file, missing: "'fortran_order'")
        }
        guard let sizes = text.firstMatch(of: /['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)/)?.1 else {
            throw .damagedHeader(file: file, missing: "'shape'")
        }
        self.type = try Self.type(String(type.filter { $0 != "'" && $0 != "\"" }), file: file)
        guard isFortran == "False" else { throw .fortranOrder(file: file) }
        var shape = Shape([])
        for size in sizes.split(whereSeparator: { !$0.isNumber }) {
            // Python 2 wrote long sizes as 3L, which the split takes care of.
            guard let size = Int(size) else {
                throw .damagedHeader(file: file, missing: "a possible 'shape'")
            }
            shape.sizes.append(size)
        }
        self.shape = shape
    }

    private static func type(_ name: String, file: String) throws(NumPyError) -> ValueType {
        // A byte has no order, whichever mark stands before it.
        if name.count == 3, name.hasSuffix("u1") { return .uint8 }
        if let type = ValueType(rawValue: name) { return type }
        if name == "[" {
            throw .unknownType(
                file: file, type: "a structured array", remedy: "save one field with x['name']")
        }
        let kinds: [Character: String] = ["f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"]
        guard let kind = name.dropFirst().first.flatMap({ kinds[$0] }), let size = Int(name.dropFirst(2))
        else {
            throw .unknownType(
                file: file, type: "type '\(name)'", remedy: "float32, uint8, int32 and int64 are")
        }
        let order = name.hasPrefix(">") && size > 1 ? "big-endian " : ""
        let known = kind == "bool" ? kind : "\(kind)\(size * 8)"
        let wanted = kind == "bool" ? "uint8" : "float32"
        throw .unknownType(file: file, type: order + known, remedy: "save it with x.astype('\(wanted)')")
    }

    /// The header as NumPy writes it: version 1.0, padded so that the values start at a multiple of 64 bytes.
    var bytes: [UInt8] {
        let sizes = shape.sizes.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
        var text = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let unpadded = Self.magic.count + 4 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = text.utf8.count
        return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}
