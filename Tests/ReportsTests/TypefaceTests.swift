import Testing

@testable import Reports

private func drawn(_ text: String, weight: Typeface.Weight = .regular) -> [String] {
    var canvas = Canvas(PixelSize(Typeface.width(of: text, weight: weight), Typeface.height))
    canvas.draw(text, at: PixelPoint(0, 0), .ink, weight: weight)
    return art(of: canvas, [.page: ".", .ink: "#"])
}

@Suite struct TypefaceTests {
    @Test func `text has these pixels`() {
        #expect(
            drawn("1µ g")
                == [
                    "..#.....................",
                    "###.....................",
                    "..#....#...#.......##.#.",
                    "..#....#...#......#..##.",
                    "..#....#...#......#...#.",
                    "..#....#...#......#...#.",
                    "..#....#...#......#...#.",
                    "..#....#..##......#..##.",
                    "..#....###.#.......##.#.",
                    ".......#..............#.",
                    ".......#..........#...#.",
                    ".......#...........###..",
                ].map { String($0.dropLast()) })
    }

    @Test func `bold text has each pixel twice`() {
        #expect(
            drawn("i−", weight: .bold).prefix(6) == ["##........", "..........", "##........"]
                + ["##........", "##........", "##..######"])
    }

    @Test func `every printable sign has a shape of its own, within the line`() throws {
        let signs = (0x21..<0x7f).map { Character(Unicode.Scalar(UInt8($0))) } + "µσ±×…°−–→·²≤≥≈∞"
        var shapes: Set<[PixelPoint]> = []
        for sign in signs {
            let glyph = Typeface.glyph(sign)
            #expect(!glyph.ink.isEmpty && shapes.insert(glyph.ink).inserted, "\(sign)")
            #expect(glyph.ink.allSatisfy { 0..<glyph.width ~= $0.x && 0..<Typeface.height ~= $0.y })
        }
        #expect(!shapes.contains(Typeface.glyph("\u{fffd}").ink))
    }

    @Test func `the table is as it looks: each band has twelve rows of equally wide glyphs`() {
        for (names, art) in GlyphTable.bands {
            let widths = art.split(separator: "\n").map { $0.split(separator: " ").map(\.count) }
            #expect(widths.count == Typeface.height && Set(widths).count == 1, "\(names)")
            #expect(widths[0].count == names.count, "\(names)")
        }
    }

    @Test func `letters that are not there are boxes`() {
        #expect(drawn("é") == drawn("\u{fffd}") && drawn("é")[0] == "#####")
        #expect(drawn("\u{03bc}") == drawn("\u{00b5}"))
        #expect(Typeface.width(of: "") == 0 && Typeface.width(of: "i") == 1)
    }
}

@Suite struct ParagraphTests {
    /// The words of each line, and where the lines start.
    private func lines(_ phrases: [Phrase], width: Int) -> [String] {
        let paragraph = Paragraph(phrases, width: width)
        #expect(paragraph.width <= width)
        return Dictionary(grouping: paragraph.placed, by: \.corner.y).sorted { $0.key < $1.key }.map {
            #expect($0.key % Typeface.lineHeight == 0 && $0.value[0].corner.x == 0)
            return $0.value.map(\.word.text).joined(separator: " ")
        }
    }

    @Test func `a name and its value stay together`() {
        let phrases = [Phrase(.init("sigma", "0.1")), Phrase(.init("mean", "0")), Phrase(.init("", ""))]
        let both = phrases[0].width + 16 + phrases[1].width
        #expect(lines(phrases, width: both) == ["sigma 0.1 mean 0"])
        #expect(lines(phrases, width: both - 1) == ["sigma 0.1", "mean 0"])
    }

    @Test func `what is wider than a line is broken between words, then within them`() {
        #expect(lines([Phrase("one of two")], width: Typeface.width(of: "one of")) == ["one of", "two"])
        #expect(lines([Phrase("a nnnnn")], width: Typeface.width(of: "nn")) == ["a", "nn", "nn", "n"])
        #expect(Paragraph([], width: 9).height == 0)
    }
}
