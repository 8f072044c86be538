import Testing

@testable import Reports

/// A canvas as text, a letter for each pixel and a line for each row; `?` for a colour without a letter.
func art(of canvas: Canvas, _ letters: [Colour: Character]) -> [String] {
    (0..<canvas.height).map { y in
        String((0..<canvas.width).map { x in letters[canvas[x, y]] ?? "?" })
    }
}

extension Canvas {
    /// A part of the canvas.
    func part(at corner: PixelPoint, _ size: PixelSize) -> Canvas {
        var part = Canvas(size)
        part.draw(self, at: PixelPoint(-corner.x, -corner.y))
        return part
    }
}

/// Expects that each value of a panel, row by row, has its colour in all pixels of its block.
func expectBlocks(
    _ colours: [[Colour]], block: PixelSize, at corner: PixelPoint, of canvas: Canvas,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for (row, colours) in colours.enumerated() {
        for (column, colour) in colours.enumerated() {
            let place = PixelPoint(corner.x + column * block.width, corner.y + row * block.height)
            let part = canvas.part(at: place, block)
            let found = Set((0..<block.width * block.height).map { part[$0 % block.width, $0 / block.width] })
            #expect(found == [colour], "row \(row), column \(column)", sourceLocation: sourceLocation)
        }
    }
}

@Test func `expectBlocks can fail`() {
    var canvas = Canvas(PixelSize(5, 4))
    canvas.fill(at: PixelPoint(1, 1), PixelSize(2, 3), .ink)
    expectBlocks([[.ink, .page]], block: PixelSize(2, 3), at: PixelPoint(1, 1), of: canvas)
    withKnownIssue {
        expectBlocks([[.page, .ink]], block: PixelSize(2, 3), at: PixelPoint(1, 1), of: canvas)
    }
    canvas[2, 3] = .broken
    withKnownIssue { expectBlocks([[.ink]], block: PixelSize(2, 3), at: PixelPoint(1, 1), of: canvas) }
}
