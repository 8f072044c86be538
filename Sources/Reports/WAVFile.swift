/// A sound as a WAV file of one channel of 32-bit floats (RIFF's format 3), which keeps every bit of its values.
package enum WAVFile {
    /// Writes the file, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - values: −1 … 1 is full scale.
    ///   - rate: values a second.
    package static func write(_ values: [Float], rate: Int, to path: String) throws {
        let size = 4 * values.count
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        func half(_ value: Int) -> [UInt8] { Array(word(value)[..<2]) }
        let format = half(3) + half(1) + word(rate) + word(4 * rate) + half(4) + half(32) + half(0)
        let header =
            Array("RIFF".utf8) + word(50 + size) + Array("WAVEfmt ".utf8) + word(format.count) + format
            + Array("fact".utf8) + word(4) + word(values.count) + Array("data".utf8) + word(size)
        try AtomicFile.write(path) { file throws in
            try header.withUnsafeBytes { bytes throws in try file.append(bytes) }
            try values.withUnsafeBytes { bytes throws in try file.append(bytes) }
        }
    }
}
