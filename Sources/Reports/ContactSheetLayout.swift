import Glibc

/// Where the parts of a contact sheet stand. Each sample has a cell: its name, its panels in a row, its parameters.
struct ContactSheetLayout {
    private static let margin = 28
    /// Between the panels of a sample.
    private static let panelGap = 12
    /// Between a cell and its neighbours.
    private static let cellGap = PixelSize(40, 18)
    /// Between a sample's name and its panels, which have a frame.
    private static let nameGap = 3
    /// Between the panels and the parameters.
    private static let captionGap = 8
    /// The line with the panels' names, above the first row of cells.
    private static let headingHeight = 24
    /// Text in shorter lines is hard to read; a wider page does not fit on a screen.
    private static let pageWidths = 560...1800
    /// Width over height of the page that looks best.
    private static let bestForm = 1.4

    private let sheet: ContactSheet
    private let painter: any PanelPainter
    private let header: ContactSheetHeader
    private let names: [Paragraph]
    private let captions: [Paragraph]
    private let cellWidth: Int
    /// From the start of a panel to the start of the next.
    private let panelAdvance: Int
    /// How many samples stand side by side.
    private let columns: Int
    /// Where each row of cells starts, and where another one would.
    private var tops: [Int]

    init(_ sheet: ContactSheet) {
        self.sheet = sheet
        let painter = sheet.painter
        let headings = painter.panels.map { Typeface.width(of: $0.rawValue) }
        panelAdvance = max(painter.size.width, headings.max() ?? 0) + Self.panelGap
        let cellWidth = painter.panels.count * panelAdvance - Self.panelGap
        names = sheet.samples.map { Paragraph([$0.name], width: cellWidth) }
        captions = sheet.samples.map { Paragraph($0.parameters.map { Phrase($0) }, width: cellWidth) }
        (self.painter, self.cellWidth) = (painter, cellWidth)

        func header(_ columns: Int) -> ContactSheetHeader {
            let pageWidth = Self.pageWidth(columns: columns, cellWidth: cellWidth)
            return ContactSheetHeader(sheet, painter.legend, width: pageWidth - 2 * Self.margin)
        }
        let heights = zip(names, captions).map { name, caption in
            name.height + Self.nameGap + painter.size.height
                + (caption.height > 0 ? Self.captionGap + caption.height : 0) + Self.cellGap.height
        }
        func tops(_ columns: Int) -> [Int] {
            let start = Self.margin + header(columns).height + Self.headingHeight
            return stride(from: 0, to: heights.count, by: columns).reduce(into: [start]) { tops, first in
                tops.append(tops[tops.count - 1] + (heights[first...].prefix(columns).max() ?? 0))
            }
        }
        func mismatch(_ columns: Int) -> Double {
            let height = tops(columns).last ?? 0
            let form = Double(Self.pageWidth(columns: columns, cellWidth: cellWidth)) / Double(height)
            return abs(log(form / Self.bestForm))
        }
        let possible = (1...heights.count).prefix {
            $0 == 1 || Self.pageWidth(columns: $0, cellWidth: cellWidth) <= Self.pageWidths.upperBound
        }
        columns = possible.min { mismatch($0) < mismatch($1) } ?? 1
        self.header = header(columns)
        self.tops = tops(columns)
    }

    func drawn() -> Canvas {
        var canvas = Canvas(
            PixelSize(
                Self.pageWidth(columns: columns, cellWidth: cellWidth),
                tops[tops.count - 1] - Self.cellGap.height + Self.margin))
        header.draw(on: &canvas, at: PixelPoint(Self.margin, Self.margin))
        for column in 0..<columns {
            for (place, panel) in painter.panels.enumerated() {
                let corner = PixelPoint(
                    corner(sample: column, place: place).x, tops[0] - Self.headingHeight + 2)
                canvas.draw(panel.rawValue, at: corner, .fainter)
            }
        }
        for index in sheet.samples.indices { draw(index, on: &canvas) }
        return canvas
    }

    /// The upper left pixel of a panel on the sheet.
    func corner(sample index: Int, place: Int) -> PixelPoint {
        let row = index / columns * columns..<min((index / columns + 1) * columns, names.count)
        let name = names[row].map(\.height).max() ?? 0
        return PixelPoint(
            Self.margin + index % columns * (cellWidth + Self.cellGap.width) + place * panelAdvance,
            tops[index / columns] + name + Self.nameGap)
    }

    private func draw(_ index: Int, on canvas: inout Canvas) {
        let first = corner(sample: index, place: 0)
        names[index].draw(on: &canvas, at: PixelPoint(first.x, tops[index / columns] + 2))
        for (place, panel) in painter.panels.enumerated() {
            let corner = corner(sample: index, place: place)
            canvas.draw(painter.paint(panel, of: sheet.samples[index]), at: corner)
            canvas.frame(at: corner, painter.size, .hairline)
        }
        let captionTop = first.y + painter.size.height + Self.captionGap
        captions[index].draw(on: &canvas, at: PixelPoint(first.x, captionTop))
    }

    private static func pageWidth(columns: Int, cellWidth: Int) -> Int {
        max(2 * margin + columns * (cellWidth + cellGap.width) - cellGap.width, pageWidths.lowerBound)
    }
}

extension ContactSheetSample {
    /// The id and the label.
    fileprivate var name: Phrase {
        var name = Phrase("\(id)", weight: .bold)
        name.words += Phrase(label).words
        return name
    }
}
