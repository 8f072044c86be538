import Testing

@testable import Experiments

@Suite struct DamagedConfigTests {
    private static let whole = """
        seed: 0
        data: {train: &d {images: "a\\tb", labels: 'it''s'}, test: *d}
        chain:
          - gaussian: { sigma: { uniform: [0, 0.3] } }
          - ./scanlines.lua: {every: 3}
            probability: 1e-1
        text: |2-
           a
          b
        folded: >+
          a

        ? x
        : !!str "y"
        """

    /// Pieces that mean something to YAML, and some that mean trouble.
    private static let pieces = [
        ":", "-", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",", "&a ", "*a", "!", "!!int ", "|", ">", "'",
        "\"", "#",
        "%", "@", "`", "?", "? ", "---\n", "...\n", "<<: ", "~", "\\", "\\u", "\r", "\u{0}", "\u{7f}",
        "\u{85}", "é", "😀",
        "\u{feff}", "\u{2028}", "null", "true", "1e999", ".nan",
    ]

    /// `whole` with up to four pieces put in or characters left out.
    private func damaged(seed: UInt64) -> String {
        var random = Repeatable(state: seed)
        var text = Array(Self.whole.unicodeScalars)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let place = Int.random(in: 0..<text.count, using: &random)
            if Bool.random(using: &random) {
                text.remove(at: place)
            } else {
                text.insert(contentsOf: Self.pieces.randomElement(using: &random)!.unicodeScalars, at: place)
            }
        }
        return String(String.UnicodeScalarView(text))
    }

    /// Whatever stands in a config, reading it ends with a tree that the writer can write and read again, or with an
    /// error that has a place.
    @Test func `a damaged config is read or refused`() throws {
        var (read, refused) = (0, 0)
        for seed in 0..<500 {
            let text = damaged(seed: UInt64(seed))
            do {
                let tree = try ConfigDocument(text: text, file: "x.yaml").root
                read += 1
                let written = ConfigWriter.yaml(tree)
                let again = try? ConfigDocument(text: written, file: "x.yaml").root
                #expect(again.map(ConfigWriter.yaml) == written, "\(text.debugDescription)")
            } catch {
                refused += 1
                #expect(error.description.hasPrefix("x.yaml:"))
            }
        }
        #expect(read > 50 && refused > 50)
    }
}
