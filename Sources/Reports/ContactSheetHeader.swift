/// A contact sheet's title, its facts and its legend, with a rule below.
struct ContactSheetHeader {
    private static let gap = 5
    /// Above and below the rule.
    private static let ruleGap = 11

    private let title: Paragraph
    private let facts: Paragraph
    private let legend: Legend
    private let width: Int

    init(_ sheet: ContactSheet, _ items: [LegendItem], width: Int) {
        title = Paragraph([Phrase(sheet.title, weight: .bold)], width: width)
        facts = Paragraph(sheet.facts.map { Phrase($0) }, width: width)
        legend = Legend(items, width: width)
        self.width = width
    }

    /// With the space below the rule.
    var height: Int { ruleTop + 1 + Self.ruleGap }

    private var factsTop: Int { title.height + (title.height > 0 ? Self.gap : 0) }
    private var legendTop: Int { factsTop + facts.height + (facts.height > 0 ? Self.gap : 0) }
    private var ruleTop: Int { legendTop + legend.height + Self.ruleGap - Self.gap }

    func draw(on canvas: inout Canvas, at corner: PixelPoint) {
        func place(_ top: Int) -> PixelPoint { PixelPoint(corner.x, corner.y + top) }
        title.draw(on: &canvas, at: corner)
        facts.draw(on: &canvas, at: place(factsTop))
        legend.draw(on: &canvas, at: place(legendTop))
        canvas.fill(at: place(ruleTop), PixelSize(width, 1), .hairline)
    }
}
