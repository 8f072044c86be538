/// Words that belong together, such as the name and the value of a parameter.
struct Phrase {
    struct Word {
        var text: String
        var colour: Colour
        var weight: Typeface.Weight

        var width: Int { Typeface.width(of: text, weight: weight) }
    }

    var words: [Word]

    init(_ text: String, _ colour: Colour = .ink, weight: Typeface.Weight = .regular) {
        words = text.split(whereSeparator: \.isWhitespace).map {
            Word(text: String($0), colour: colour, weight: weight)
        }
    }

    /// A name and its value.
    init(_ value: ContactSheetValue) {
        words = Phrase(value.name, .fainter).words + Phrase(value.text).words
    }

    var width: Int { words.reduce(-Typeface.space) { $0 + $1.width + Typeface.space } }
}

/// Phrases in lines of a certain width. A phrase is broken only where a line is too short for it.
struct Paragraph {
    /// Between phrases on the same line.
    private static let gap = 16

    private(set) var placed: [(corner: PixelPoint, word: Phrase.Word)] = []
    private(set) var height = 0
    /// The width of the longest line.
    private(set) var width = 0

    init(_ phrases: [Phrase], width limit: Int) {
        var (x, y) = (0, 0)
        for phrase in phrases where !phrase.words.isEmpty {
            if x > 0, x + Self.gap + phrase.width > limit { (x, y) = (0, y + Typeface.lineHeight) }
            var gap = Self.gap
            for word in phrase.words.flatMap({ Self.pieces(of: $0, width: limit) }) {
                if x > 0, x + gap + word.width > limit { (x, y) = (0, y + Typeface.lineHeight) }
                if x > 0 { x += gap }
                placed.append((PixelPoint(x, y), word))
                x += word.width
                width = max(width, x)
                gap = Typeface.space
            }
        }
        height = placed.isEmpty ? 0 : y + Typeface.lineHeight
    }

    func draw(on canvas: inout Canvas, at corner: PixelPoint) {
        for (place, word) in placed {
            let start = PixelPoint(corner.x + place.x, corner.y + place.y)
            canvas.draw(word.text, at: start, word.colour, weight: word.weight)
        }
    }

    /// A word cut so that each piece fits into a line, at least one letter each.
    private static func pieces(of word: Phrase.Word, width: Int) -> [Phrase.Word] {
        var pieces = [word]
        pieces[0].text = ""
        for letter in word.text {
            var longer = pieces[pieces.count - 1]
            longer.text.append(letter)
            if longer.width <= width || longer.text.count == 1 {
                pieces[pieces.count - 1] = longer
            } else {
                longer.text = String(letter)
                pieces.append(longer)
            }
        }
        return pieces
    }
}
