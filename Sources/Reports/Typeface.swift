/// The built-in letters: printable ASCII and a few signs, in one size.
package enum Typeface {
    package enum Weight: Sendable { case regular, bold }

    /// From the top of a capital to the lowest pixel.
    package static let height = 12
    /// From one line to the next.
    package static let lineHeight = 17
    /// Between two words.
    static let space = 6

    /// A letter's pixels with ink.
    struct Glyph {
        var width: Int
        var ink: [PixelPoint]
    }

    /// How many pixels wide a text is.
    package static func width(of text: String, weight: Weight = .regular) -> Int {
        max(text.reduce(0) { $0 + advance($1, weight) } - gap, 0)
    }

    /// Whether there are shapes for all letters of a text; the box is none.
    static func draws(_ text: String) -> Bool {
        text.allSatisfy { $0 == " " || (glyphs[$0] != nil && $0 != "\u{fffd}") }
    }

    /// A letter's shape; the box for letters that are not there.
    static func glyph(_ letter: Character) -> Glyph { glyphs[letter] ?? missing }

    /// From the start of one letter to the start of the next.
    static func advance(_ letter: Character, _ weight: Weight) -> Int {
        // Bold letters have each pixel twice, side by side.
        letter == " " ? space - gap : glyph(letter).width + (weight == .bold ? 1 : 0) + gap
    }

    /// Between two letters.
    private static let gap = 2
    private static let missing = glyphs["\u{fffd}"]!

    private static let glyphs: [Character: Glyph] = {
        var glyphs: [Character: Glyph] = [:]
        for band in GlyphTable.bands {
            let rows = band.art.split(separator: "\n").map { $0.split(separator: " ") }
            for (place, letter) in band.names.enumerated() {
                let art = rows.map { Array($0[place]) }
                let ink = art.indices.flatMap { y in
                    art[y].indices.filter { art[y][$0] == "#" }.map { PixelPoint($0, y) }
                }
                glyphs[letter] = Glyph(width: art[0].count, ink: ink)
            }
        }
        glyphs["\u{03bc}"] = glyphs["\u{00b5}"]  // the Greek letter and the sign for micro
        return glyphs
    }()
}

extension Canvas {
    /// Draws text on one line; `corner` is the upper left of its capitals.
    package mutating func draw(
        _ text: String, at corner: PixelPoint, _ colour: Colour, weight: Typeface.Weight = .regular
    ) {
        var x = corner.x
        for letter in text {
            if letter != " " {
                for dot in Typeface.glyph(letter).ink {
                    let size = PixelSize(weight == .bold ? 2 : 1, 1)
                    fill(at: PixelPoint(x + dot.x, corner.y + dot.y), size, colour)
                }
            }
            x += Typeface.advance(letter, weight)
        }
    }
}
