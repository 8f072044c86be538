import Tensors

/// Texts with a class each, as token ids: `[length]`, cut or padded.
package final class ClassifiedTexts: Dataset {
    package var count: Int { table.count }
    package let sampleShape: Shape
    package var classes: Int { labels.classes }
    package var classNames: [String]? { labels.names }
    package let range: ClosedRange<Float>
    package var vocabularySize: Int? { tokenizer.vocabularySize }
    package let tokenizer: Tokenizer

    private let table: TableFile
    private let labels: TableLabels
    private let isWrapped: Bool

    /// - Parameter table: its first column holds the texts.
    init(_ table: TableFile, _ tokenizer: Tokenizer, _ labels: TableLabels, length: Int, isWrapped: Bool) {
        (self.table, self.tokenizer, self.labels, self.isWrapped) = (table, tokenizer, labels, isWrapped)
        sampleShape = [length]
        range = 0...Float(tokenizer.vocabularySize - 1)
    }

    package func label(of id: Int) -> Int { Int(labels.labels[id]) }

    package func name(of id: Int) -> String { table.name(of: id) }

    package func makeReader() -> any SampleReader {
        TextReader(table, tokenizer, length: sampleShape[0], isWrapped: isWrapped)
    }
}

/// Reads texts for one thread.
private final class TextReader: SampleReader {
    private let table: TableFile
    private let encoder: TextEncoder
    private let (length, isWrapped): (Int, Bool)
    private var field: [UInt8] = []
    private let words: Buffer<Float>

    init(_ table: TableFile, _ tokenizer: Tokenizer, length: Int, isWrapped: Bool) {
        (self.table, encoder) = (table, TextEncoder(tokenizer))
        (self.length, self.isWrapped, words) = (length, isWrapped, Buffer(count: length))
    }

    func read(_ id: Int, scratch: UnsafeMutablePointer<Float>) throws(TableError) -> CleanSample {
        try table.read(0, of: id, into: &field)
        field.withUnsafeBufferPointer { encoder.encode($0, atMost: isWrapped ? length - 2 : length) }
        let words = words.pointer
        var place = 0
        func put(_ id: Int32, word: Int32) {
            (scratch[place], words[place]) = (Float(id), Float(word))
            place += 1
        }
        func put(_ token: SpecialToken) { put(Int32(token.rawValue), word: 0) }
        if isWrapped { put(.classification) }
        for (id, word) in zip(encoder.ids, encoder.words) { put(id, word: word) }
        if isWrapped { put(.separator) }
        let filled = place
        while place < length { put(.padding) }
        return CleanSample(.floats(scratch), length: filled, words: UnsafePointer(words))
    }
}
