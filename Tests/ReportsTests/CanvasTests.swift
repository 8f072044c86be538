import Testing

@testable import Reports

private let letters: [Colour: Character] = [.page: ".", .ink: "#", .hidden: "h"]

@Suite struct CanvasTests {
    @Test func `what reaches over the edges is cut off`() {
        var canvas = Canvas(PixelSize(5, 3))
        canvas.fill(at: PixelPoint(-2, 1), PixelSize(4, 9), .ink)
        canvas.fill(at: PixelPoint(4, -1), PixelSize(1, 2), .hidden)
        canvas.fill(at: PixelPoint(9, 9), PixelSize(2, 2), .ink)
        canvas.fill(at: PixelPoint(-9, -9), PixelSize(2, 2), .ink)
        #expect(art(of: canvas, letters) == ["....h", "##...", "##..."])
    }

    @Test func `a frame is around a rectangle`() {
        var canvas = Canvas(PixelSize(6, 4))
        canvas.frame(at: PixelPoint(2, 1), PixelSize(3, 2), .ink)
        #expect(art(of: canvas, letters) == [".#####", ".#...#", ".#...#", ".#####"])
    }

    @Test func `a canvas is drawn with blocks for pixels`() {
        var small = Canvas(PixelSize(2, 2))
        small[1, 0] = .ink
        small[0, 1] = .hidden
        var canvas = Canvas(PixelSize(7, 4))
        canvas.draw(small, at: PixelPoint(1, 1), zoom: PixelSize(3, 2))
        #expect(art(of: canvas, letters) == [".......", "....###", "....###", ".hhh..."])
    }

    @Test func `half a colour shines through`() {
        var canvas = Canvas(PixelSize(1, 1), colour: Colour(0x0050ff))
        canvas.fill(at: PixelPoint(0, 0), PixelSize(1, 1), Colour(0xff6001), opacity: 0.25)
        #expect(canvas[0, 0] == Colour(0x4054c0))
    }

    @Test func `an overlay changes the pixels that have a share, and no other`() {
        var canvas = Canvas(PixelSize(3, 2), colour: Colour(0x204060))
        canvas.overlay([0, 1, 0, 0, 0, 0.5], Colour(0xa0c0e0), opacity: 0.5)
        let letters: [Colour: Character] = [
            Colour(0x204060): ".", Colour(0x6080a0): "1", Colour(0x406080): "½",
        ]
        #expect(art(of: canvas, letters) == [".1.", "..½"])
    }
}

@Suite struct ColourTests {
    @Test func `maps have their ends, and middles between their colours`() {
        #expect(ColourMap.grey.colour(at: 0.2) == Colour(0x333333))
        #expect(ColourMap.viridis.colour(at: 0) == Colour(0x440154))
        #expect(ColourMap.viridis.colour(at: 1) == Colour(0xfde725))
        #expect(ColourMap.difference.colour(at: 0.5) == Colour(0xffffff))
        #expect(ColourMap.difference.colour(at: 0.4375) == Colour(0xe8f2f8))
        for map in [ColourMap.grey, .viridis, .difference] {
            #expect(map.colour(at: -3) == map.colour(at: 0) && map.colour(at: 1.01) == map.colour(at: 1))
        }
    }

    @Test func `viridis becomes lighter with every step`() {
        let lightness = (0...32).map { step in
            let colour = ColourMap.viridis.colour(at: Float(step) / 32)
            return 0.2126 * Double(colour.red) + 0.7152 * Double(colour.green) + 0.0722 * Double(colour.blue)
        }
        #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `what is not finite has a colour that no map has`(value: Float) {
        for map in [ColourMap.grey, .viridis, .difference] {
            #expect(map.colour(at: value) == .broken)
            #expect((0...256).allSatisfy { map.colour(at: Float($0) / 256) != .broken })
        }
    }
}
