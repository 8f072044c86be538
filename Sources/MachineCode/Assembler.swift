/// The x86-64 instructions of elementwise loops, as bytes. Vectors are 8 Floats, `ymm` registers by number.
///
/// Encodings: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, "VEX prefix" and the instructions' pages.
package struct Assembler {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// A vector in memory: behind one of the four bases, in bytes.
    package struct Address: Hashable, Sendable {
        package var base: Int
        package var offset: Int32

        package init(base: Int, offset: Int32) { (self.base, self.offset) = (base, offset) }
    }

    package enum Operand: Hashable, Sendable {
        case register(Int)
        /// What lies at the loop's place behind an address.
        case memory(Address)
    }

    /// Operations of two vectors, by their opcodes.
    package enum Binary: UInt8 {
        case add = 0x58, multiply = 0x59, subtract = 0x5c, divide = 0x5e
        /// a < b ? a : b.
        case minimum = 0x5d
        /// a > b ? a : b.
        case maximum = 0x5f
        case and = 0x54, andNot = 0x55, or = 0x56, xor = 0x57
    }

    /// Ordered comparisons are false for NaN, `notEqual` is true.
    package enum Comparison: UInt8 {
        case equal = 0x00, less = 0x11, lessEqual = 0x12, notEqual = 0x04
    }

    package enum Rounding: UInt8 {
        case nearest = 8, down = 9, up = 10
    }

    /// Which bits of a lane are ones.
    package enum Pattern {
        case all, sign, allButSign
    }

    // MARK: instructions

    package mutating func apply(_ operation: Binary, _ a: Int, _ b: Operand, to: Int) {
        instruction(operation.rawValue, map: 1, prefix: 0, to, a, b)
    }

    package mutating func compare(_ comparison: Comparison, _ a: Int, _ b: Operand, to: Int) {
        instruction(0xc2, map: 1, prefix: 0, to, a, b)
        bytes.append(comparison.rawValue)
    }

    package mutating func squareRoot(_ a: Operand, to: Int) { instruction(0x51, map: 1, prefix: 0, to, 0, a) }

    package mutating func round(_ rounding: Rounding, _ a: Operand, to: Int) {
        instruction(0x08, map: 3, prefix: 1, to, 0, a)
        bytes.append(rounding.rawValue)
    }

    /// a where the mask is set, else b.
    package mutating func select(mask: Int, _ a: Operand, _ b: Int, to: Int) {
        instruction(0x4a, map: 3, prefix: 1, to, b, a)
        bytes.append(UInt8(mask << 4))
    }

    package mutating func load(_ address: Address, to: Int) {
        instruction(0x10, map: 1, prefix: 0, to, 0, .memory(address))
    }

    package mutating func store(_ from: Int, _ address: Address) {
        instruction(0x11, map: 1, prefix: 0, from, 0, .memory(address))
    }

    /// One Float in all lanes; the loop's place does not move the address.
    package mutating func broadcast(_ address: Address, to: Int) {
        instruction(0x18, map: 2, prefix: 1, to, 0, .memory(address), isIndexed: false)
    }

    package mutating func set(_ pattern: Pattern, to: Int) {
        instruction(0x76, map: 1, prefix: 1, to, to, .register(to))  // equal to itself
        switch pattern {
        case .all: return
        case .sign: instruction(0x72, map: 1, prefix: 1, 6, to, .register(to))  // shifted left
        case .allButSign: instruction(0x72, map: 1, prefix: 1, 2, to, .register(to))  // shifted right
        }
        bytes.append(pattern == .sign ? 31 : 1)
    }

    // MARK: the loop

    /// The start of a function of C, of a pointer to four bases and a count of bytes: the bases go to rax, rcx, rdx and r8.
    package mutating func begin() {
        bytes += [0x48, 0x8b, 0x07, 0x48, 0x8b, 0x4f, 0x08, 0x48, 0x8b, 0x57, 0x10, 0x4c, 0x8b, 0x47, 0x18]
        bytes += [0x45, 0x31, 0xc9]  // the place, in r9: 0
    }

    /// Repeats what was written since `start` for every vector, and ends the function.
    package mutating func end(loopFrom start: Int) {
        bytes += [0x49, 0x83, 0xc1, 0x20, 0x49, 0x39, 0xf1, 0x0f, 0x8c]  // r9 += 32; r9 < rsi?
        append(Int32(start - (bytes.count + 4)))
        bytes += [0xc5, 0xf8, 0x77, 0xc3]  // vzeroupper; ret
    }

    // MARK: encoding

    private mutating func append(_ value: Int32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A three-byte VEX prefix for 256 bits, the opcode, and its operands: `first` in ModRM.reg, `second` in VEX.vvvv, `third` in
    /// ModRM.rm.
    private mutating func instruction(
        _ opcode: UInt8, map: UInt8, prefix: UInt8, _ first: Int, _ second: Int, _ third: Operand,
        isIndexed: Bool = true
    ) {
        // Inverted: the high bits of reg, index and rm.
        var high: UInt8 = first < 8 ? 0x80 : 0
        let low = UInt8(first & 7) << 3
        var tail: [UInt8]
        switch third {
        case .register(let register):
            high |= 0x40 | (register < 8 ? 0x20 : 0)
            tail = [0xc0 | low | UInt8(register & 7)]
        case .memory(let address):
            // ModRM with SIB and four bytes of displacement; the index is r9, or none.
            high |= (isIndexed ? 0 : 0x40) | (address.base < 3 ? 0x20 : 0)
            tail = [0x84 | low, (isIndexed ? 0x08 : 0x20) | [0, 1, 2, 0][address.base]]
            withUnsafeBytes(of: address.offset.littleEndian) { tail.append(contentsOf: $0) }
        }
        bytes += [0xc4, high | map, (UInt8(~second & 15) << 3) | 0x04 | prefix, opcode] + tail
    }
}
