/// A piece of the line that says what colours mean.
enum LegendItem: Equatable {
    /// The colours of a map from `low` to `high`.
    case bar(ColourMap, String, low: String, high: String)
    case swatch(Colour, opacity: Float, String)
    case note(String)

    private static let barSize = PixelSize(64, 9)
    private static let swatchSize = PixelSize(9, 9)
    private static let gap = 6

    var width: Int {
        switch self {
        case .bar(_, let name, let low, let high):
            [name, low, high].reduce(Self.barSize.width + 3 * Self.gap) { $0 + Typeface.width(of: $1) }
        case .swatch(_, _, let name): Self.swatchSize.width + Self.gap + Typeface.width(of: name)
        case .note(let text): Typeface.width(of: text)
        }
    }

    func draw(on canvas: inout Canvas, at corner: PixelPoint) {
        var x = corner.x
        func draw(_ text: String, _ colour: Colour) {
            canvas.draw(text, at: PixelPoint(x, corner.y), colour)
            x += Typeface.width(of: text) + Self.gap
        }
        switch self {
        case .bar(let map, let name, let low, let high):
            draw(name, .fainter)
            draw(low, .ink)
            let (start, size) = (PixelPoint(x, corner.y), Self.barSize)
            for column in 0..<size.width {
                let colour = map.colour(at: Float(column) / Float(size.width - 1))
                canvas.fill(at: PixelPoint(x + column, corner.y), PixelSize(1, size.height), colour)
            }
            canvas.frame(at: start, size, .hairline)
            x += size.width + Self.gap
            draw(high, .ink)
        case .swatch(let colour, let opacity, let name):
            canvas.fill(at: PixelPoint(x, corner.y), Self.swatchSize, colour, opacity: opacity)
            x += Self.swatchSize.width + Self.gap
            draw(name, .fainter)
        case .note(let text): draw(text, .fainter)
        }
    }
}

/// The items of a legend in lines of a certain width.
struct Legend {
    private static let gap = 24

    private var placed: [(corner: PixelPoint, item: LegendItem)] = []
    private(set) var height = 0

    init(_ items: [LegendItem], width limit: Int) {
        var (x, y) = (0, 0)
        for item in items {
            if x > 0, x + item.width > limit { (x, y) = (0, y + Typeface.lineHeight) }
            placed.append((PixelPoint(x, y), item))
            x += item.width + Self.gap
        }
        height = placed.isEmpty ? 0 : y + Typeface.lineHeight
    }

    func draw(on canvas: inout Canvas, at corner: PixelPoint) {
        for (place, item) in placed {
            item.draw(on: &canvas, at: PixelPoint(corner.x + place.x, corner.y + place.y))
        }
    }
}
