import Tensors

/// The start of a `.npy` file, which says what follows (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NumPyHeader {
    let shape: Shape
    let type: ElementType
    var isBigEndian = false
    var isFortran = false

    init(shape: Shape, type: ElementType) {
        (self.shape, self.type) = (shape, type)
    }

    /// Reads the header of an array that fills a part of a file, and checks that exactly its values follow.
    ///
    /// - Returns: the array, called `name` in errors.
    static func array(
        _ bytes: ByteStorage, _ part: Range<Int>, name: String
    ) throws(DatasetError) -> StoredArray {
        let place = part.lowerBound
        guard part.count >= 8,
            (0..<magic.count).allSatisfy({ bytes.pointer[place + $0] == magic[$0] })
        else { throw .notAnArray(file: name) }
        let version = Int(bytes.pointer[place + 6])
        guard (1...3).contains(version) else { throw .unknownVersion(file: name, version: version) }
        let begin = place + (version == 1 ? 10 : 12)
        let length =
            version == 1
            ? bytes.number(UInt16.self, at: place + 8).map(Int.init)
            : bytes.number(UInt32.self, at: place + 8).map(Int.init)
        // A header is some hundred bytes; NumPy itself refuses more than 10000 from strangers.
        guard let length, length <= 10_000, begin + length <= part.upperBound else {
            throw .damagedHeader(file: name, missing: "its end")
        }
        let header = try NumPyHeader(text: bytes.text(begin..<begin + length), file: name)

        let found = part.upperBound - begin - length
        let expected = header.shape.byteCount(header.type)
        guard expected == found else {
            throw .wrongSize(
                file: name, shape: header.shape, expected: expected.map { "\($0)" } ?? "over 2^63",
                found: found)
        }
        return StoredArray(
            name: name, shape: header.shape, type: header.type, isBigEndian: header.isBigEndian, bytes: bytes,
            offset: begin + length,
            strides: StoredArray.strides(of: header.shape, header.type, isFortran: header.isFortran))
    }

    /// Reads the Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
    private init(text: String, file: String) throws(DatasetError) {
        guard let type = text.firstMatch(of: /['"]descr['"]\s*:\s*(\[|'[^']*'|"[^"]*")/)?.1 else {
            throw .damagedHeader(file: file, missing: "'descr'")
        }
        guard let isFortran = text.firstMatch(of: /['"]fortran_order['"]\s*:\s*(True|False)/)?.1 else {
            throw .damagedHeader(file: file, missing: "'fortran_order'")
        }
        guard let sizes = text.firstMatch(of: /['"]shape['"]\s*:\s*\(([-0-9L,\s]*)\)/)?.1 else {
            throw .damagedHeader(file: file, missing: "'shape'")
        }
        let name = String(type.filter { $0 != "'" && $0 != "\"" })
        self.type = try Self.type(name, file: file)
        (isBigEndian, self.isFortran) = (name.hasPrefix(">"), isFortran == "True")
        var shape = Shape([])
        for size in sizes.split(whereSeparator: { $0 != "-" && !$0.isNumber }) {
            // Python 2 wrote long sizes as 3L, which the split takes care of; no array of NumPy has more than 64 axes.
            guard let size = Int(size), size >= 0, shape.rank < 64 else {
                throw .damagedHeader(file: file, missing: "a possible 'shape'")
            }
            shape.sizes.append(size)
        }
        self.shape = shape
    }

    private static func type(_ name: String, file: String) throws(DatasetError) -> ElementType {
        if name == "[" {
            throw .unknownType(
                file: file, type: "a structured array", remedy: "save one field with x['name']")
        }
        let kinds: [Character: String] = ["f": "float", "i": "int", "u": "uint", "c": "complex", "b": "bool"]
        // 1000 bits are more than any type has.
        guard let order = name.first, "<>|=".contains(order), let kind = name.dropFirst().first,
            let word = kinds[kind], let size = Int(name.dropFirst(2)), (1..<125).contains(size)
        else {
            throw .unknownType(
                file: file, type: "type '\(name)'", remedy: "numbers are; save them with x.astype('float32')")
        }
        let known = word == "bool" && size == 1 ? word : "\(word)\(size * 8)"
        guard let type = ElementType(rawValue: known) else {
            throw .unknownType(file: file, type: known, remedy: "save it with x.astype('float32')")
        }
        return type
    }

    /// The name of a type that arrays are written in.
    private var typeName: String { type == .uint8 ? "|u1" : "<f4" }

    /// The header as NumPy writes it: version 1.0, padded so that the values start at a multiple of 64 bytes.
    var bytes: [UInt8] {
        let sizes = shape.sizes.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
        var text = "{'descr': '\(typeName)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let unpadded = Self.magic.count + 4 + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = text.utf8.count
        return Self.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
    }

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
}
