/// Panels of tokens: a cell for each, with its text or its id, in lines.
struct TokenPainter: PanelPainter {
    static let hiddenOpacity: Float = 0.85

    private static let cellHeight = 19
    private static let gap = 2
    /// Light, so that dark text stands out: ColorBrewer's Set3 and more of its kind.
    private static let colours = [
        0x8dd3c7, 0xf2e394, 0xbebada, 0xf6a49b, 0x9cc3e0, 0xf7c48a, 0xc3e08d, 0xf5cfe2, 0xd0b49f, 0xc9a0ca,
        0xcbe8c6, 0xa8dadc,
    ].map(Colour.init)

    private let count: Int
    private let texts: [Int: String]
    private let cellWidth: Int
    private let columns: Int
    let panels: [Panel]
    let size: PixelSize
    let legend: [LegendItem]

    init(_ sheet: ContactSheet) {
        count = sheet.kind.count
        let texts = sheet.tokenTexts
        self.texts = texts
        let widths = sheet.samples.lazy.flatMap { $0.clean + $0.corrupted }.map {
            Typeface.width(of: Self.text($0, texts), weight: .bold)
        }
        cellWidth = max((widths.max() ?? 0) + 8, Self.cellHeight)
        let (across, down) = (cellWidth + Self.gap, Self.cellHeight + Self.gap)
        // At least 224 pixels wide, and not higher than wide.
        let square = Int((Double(count * down) / Double(across)).squareRoot().rounded(.up))
        columns = min(max(224 / across, square, 1), count)
        size = PixelSize(
            columns * across - Self.gap, count.dividedUp(by: columns) * down - Self.gap)
        panels = sheet.panels(.corrupted)
        legend =
            [.note("a colour for each id")] + sheet.noise(.note("changed tokens are framed"))
            + sheet.swatches(hiddenOpacity: Self.hiddenOpacity)
    }

    func paint(_ panel: Panel, of sample: ContactSheetSample) -> Canvas {
        var canvas = Canvas(size)
        for place in 0..<count {
            let (clean, corrupted) = (sample.clean[place], sample.corrupted[place])
            let hidden = sample.mask.map { $0[place] != 0 } ?? false
            switch panel {
            case .clean, .difference: draw(clean, .plain, at: place, on: &canvas)
            // By bits, since NaN is not equal to itself.
            case .corrupted, .reconstructed:
                let value = panel == .corrupted ? corrupted : sample.values(panel)[place]
                let changed = clean.bitPattern != value.bitPattern
                draw(value, changed ? .framed : .faded, at: place, on: &canvas)
            case .hidden: draw(clean, hidden ? .covered : .faded, at: place, on: &canvas)
            }
        }
        return canvas
    }

    /// How a cell stands out.
    private enum Emphasis { case plain, faded, framed, covered }

    private func draw(_ value: Float, _ emphasis: Emphasis, at place: Int, on canvas: inout Canvas) {
        let corner = PixelPoint(
            place % columns * (cellWidth + Self.gap), place / columns * (Self.cellHeight + Self.gap))
        var colour = Self.colour(value)
        if emphasis == .faded { colour = colour.mixed(with: .page, share: 0.75) }
        if emphasis == .covered { colour = colour.mixed(with: .hidden, share: Self.hiddenOpacity) }
        canvas.fill(
            at: corner, PixelSize(cellWidth, Self.cellHeight), emphasis == .framed ? .ink : colour)
        if emphasis == .framed {
            canvas.fill(
                at: PixelPoint(corner.x + 2, corner.y + 2), PixelSize(cellWidth - 4, Self.cellHeight - 4),
                colour)
        }
        let (text, weight) = (Self.text(value, texts), emphasis == .framed ? Typeface.Weight.bold : .regular)
        let x = corner.x + (cellWidth - Typeface.width(of: text, weight: weight)) / 2
        let ink: Colour = emphasis == .faded ? .fainter : .ink
        canvas.draw(text, at: PixelPoint(x, corner.y + 5), ink, weight: weight)
    }

    /// What stands in a cell: a token's text where all of it can be seen, otherwise the id.
    static func text(_ value: Float, _ texts: [Int: String]) -> String {
        guard let id = Int(exactly: value) else { return value.shortText }
        let text = texts[id].flatMap { $0.contains { $0 != " " } && Typeface.draws($0) ? $0 : nil }
        return text.map { String($0.prefix(longestText)) } ?? "\(id)"
    }

    /// All cells are as wide as the widest one.
    private static let longestText = 12

    static func colour(_ value: Float) -> Colour {
        guard let id = Int(exactly: value) else { return .broken }
        // A multiple of the golden ratio spreads neighbouring ids over the colours.
        let hash = UInt32(truncatingIfNeeded: id) &* 0x9e37_79b9
        return colours[Int(hash >> 16) % colours.count]
    }
}
