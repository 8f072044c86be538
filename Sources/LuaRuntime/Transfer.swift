import CLua

/// Writes values for Lua, in the format of `mottle_tag`.
struct ValueWriter {
    private let buffer: UnsafeMutablePointer<mottle_buffer>
    /// Whether all that was written found room.
    private(set) var isComplete = true

    /// Replaces the buffer's content by `values`.
    init(_ values: [LuaValue], to buffer: UnsafeMutablePointer<mottle_buffer>) {
        self.buffer = buffer
        buffer.pointee.count = 0
        append(Int64(values.count))
        for value in values { append(value) }
    }

    private mutating func append(_ value: LuaValue) {
        switch value {
        case .none:
            append(tag: MOTTLE_NONE)
        case .boolean(let flag):
            append(tag: MOTTLE_BOOLEAN)
            append(UInt8(flag ? 1 : 0))
        case .integer(let integer):
            append(tag: MOTTLE_INTEGER)
            append(Int64(integer))
        case .number(let number):
            append(tag: MOTTLE_NUMBER)
            append(number)
        case .string(let string):
            append(tag: MOTTLE_STRING)
            append(string)
        case .table(let list, let fields):
            append(tag: MOTTLE_TABLE)
            append(Int64(list.count))
            append(Int64(fields.count))
            for element in list { append(element) }
            // Sorted, so that equal tables are built alike in every run.
            for (name, element) in fields.sorted(by: { $0.key < $1.key }) {
                append(name)
                append(element)
            }
        case .function(let function):
            append(tag: MOTTLE_FUNCTION)
            append(function.reference)
        case .object(let object):
            append(tag: MOTTLE_OBJECT)
            append(mottle_object(type: UInt32(object.type), id: object.id, generation: object.generation))
        }
    }

    private mutating func append(tag: mottle_tag) {
        append(UInt8(tag.rawValue))
    }

    private mutating func append(_ string: String) {
        var string = string
        string.withUTF8 { bytes in
            append(Int64(bytes.count))
            append(UnsafeRawBufferPointer(bytes))
        }
    }

    private mutating func append<Number: BitwiseCopyable>(_ number: Number) {
        withUnsafeBytes(of: number) { append($0) }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        isComplete = mottle_append(buffer, bytes.baseAddress, bytes.count) && isComplete
    }
}

/// Reads values that the C side wrote, in the format of `mottle_tag`.
struct ValueReader {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    static func values(in buffer: mottle_buffer) -> [LuaValue] {
        var reader = ValueReader(UnsafeRawBufferPointer(start: buffer.bytes, count: buffer.count))
        return (0..<reader.count()).map { _ in reader.value() }
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func value() -> LuaValue {
        switch mottle_tag(rawValue: UInt32(take(UInt8.self))) {
        case MOTTLE_BOOLEAN: return .boolean(take(UInt8.self) != 0)
        case MOTTLE_INTEGER: return .integer(count())
        case MOTTLE_NUMBER: return .number(take(Double.self))
        case MOTTLE_STRING: return .string(string())
        case MOTTLE_TABLE: return table()
        case MOTTLE_FUNCTION: return .function(LuaFunction(reference: take(Int32.self)))
        case MOTTLE_OBJECT:
            let object = take(mottle_object.self)
            return .object(LuaObject(type: Int(object.type), id: object.id, generation: object.generation))
        default: return .none
        }
    }

    private mutating func table() -> LuaValue {
        let (length, fieldCount) = (count(), count())
        let list = (0..<length).map { _ in value() }
        var fields: [String: LuaValue] = [:]
        for _ in 0..<fieldCount {
            let name = string()
            fields[name] = value()
        }
        return .table(list: list, fields: fields)
    }

    private mutating func count() -> Int {
        Int(take(Int64.self))
    }

    private mutating func string() -> String {
        let length = count()
        defer { offset += length }
        return String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    }

    private mutating func take<Number: BitwiseCopyable>(_ type: Number.Type) -> Number {
        defer { offset += MemoryLayout<Number>.size }
        return bytes.loadUnaligned(fromByteOffset: offset, as: type)
    }
}
