import Foundation
import Testing

@testable import Reports

@Suite struct PicturePanelTests {
    @Test func `the difference is that of the channel that changed most`() {
        let sample = ContactSheetSample(
            id: 0, clean: [0, 0, 0, 1, 1, 1], corrupted: [0.5, -1, 0, 1, 1.25, 1])
        let sheet = ContactSheet(
            title: "", kind: .pictures(height: 1, width: 2, channels: 3), samples: [sample])
        let panel = sheet.painter.paint(.difference, of: sample)
        #expect(panel[0, 0] == Colour(0x2166ac) && panel[111, 0] == Colour(0xfddbc7))
        #expect(sheet.painter.panels == [.clean, .corrupted, .difference])
        #expect(sheet.painter.legend.last == .note("difference of the channel that changed most"))
    }

    @Test func `without a difference all is white`() {
        let sample = ContactSheetSample(id: 0, clean: [0.25, 0.75], corrupted: [0.25, 0.75])
        let sheet = ContactSheet(
            title: "", kind: .pictures(height: 2, width: 1, channels: 1), samples: [sample])
        #expect(sheet.painter.paint(.difference, of: sample) == Canvas(PixelSize(56, 112), colour: .page))
        #expect(sheet.painter.legend[1] == .bar(.difference, "corrupted − clean", low: "0", high: "0"))
    }

    @Test func `a mask covers large pictures by the share of a pixel that is hidden`() {
        let mask = (0..<450).map { $0 == 2 || $0 == 4 || $0 == 5 ? 1 as UInt8 : 0 }
        let black = [Float](repeating: 0, count: 450)
        let sample = ContactSheetSample(id: 0, clean: black, corrupted: black, mask: mask)
        let sheet = ContactSheet(
            title: "", kind: .pictures(height: 1, width: 450, channels: 1), samples: [sample])
        let panel = sheet.painter.paint(.hidden, of: sample)
        #expect(panel.size == PixelSize(150, 1))
        let half = Colour(0x000000).mixed(with: .hidden, share: 0.2)
        let most = Colour(0x000000).mixed(with: .hidden, share: 0.4)
        #expect([0, 1, 2].map { panel[$0, 0] } == [half, most, Colour(0x000000)])
    }

    @Test func `a spectrogram has time to the right and low bins below`() {
        let sample = ContactSheetSample(
            id: 0, clean: [0, 1, 0.5, 0.5, 0.25, 0.75], corrupted: [0, 1, 0.5, 0.5, 0.25, 0.75])
        let sheet = ContactSheet(title: "", kind: .spectrograms(frames: 3, bins: 2), samples: [sample])
        let colours = [[1, 0.5, 0.75], [0, 0.5, 0.25]].map { $0.map { ColourMap.viridis.colour(at: $0) } }
        #expect(sheet.painter.size == PixelSize(3 * 56, 2 * 56))
        expectBlocks(
            colours, block: PixelSize(56, 56), at: PixelPoint(0, 0),
            of: sheet.painter.paint(.clean, of: sample))
    }
}

@Suite struct WaveformPanelTests {
    /// Three columns of 80 pixels.
    private let sample = ContactSheetSample(
        id: 0, clean: [1, -9, 0], corrupted: [1, .nan, -0.5], mask: [0, 1, 0])
    private var painter: any PanelPainter {
        ContactSheet(title: "", kind: .waveforms(length: 3), range: -1...1, samples: [sample]).painter
    }
    private let line = Colour(0x24587f)

    /// The rows of a column of pixels that have a colour.
    private func rows(_ colour: Colour, x: Int, of canvas: Canvas) -> [Int] {
        (0..<canvas.height).filter { canvas[x, $0] == colour }
    }

    @Test func `a line goes from value to value, beyond the range along its edge`() {
        let canvas = painter.paint(.clean, of: sample)
        #expect(canvas.size == PixelSize(240, 72))
        #expect([40, 120, 200].map { rows(line, x: $0, of: canvas) } == [[4], [67], [36]])
        #expect(rows(line, x: 80, of: canvas) == Array(4...67))
        #expect(rows(.hairline, x: 40, of: canvas) == [36])  // the axis
    }

    @Test func `a column spans from the lowest to the highest of its values`() {
        let values = (0..<560).map { index -> Float in index % 2 == 0 ? 0.5 : -1 }
        let sample = ContactSheetSample(id: 0, clean: values, corrupted: values)
        let painter = ContactSheet(
            title: "", kind: .waveforms(length: 560), range: -1...1, samples: [sample]
        ).painter
        #expect(painter.size == PixelSize(280, 72))
        #expect(rows(line, x: 100, of: painter.paint(.clean, of: sample)) == Array(20...67))
    }

    @Test func `what is not finite fills its column`() {
        for panel in [Panel.corrupted, .difference] {
            let canvas = painter.paint(panel, of: sample)
            #expect(rows(.broken, x: 80, of: canvas) == Array(0..<72))
            #expect(rows(.broken, x: 159, of: canvas) == Array(0..<72))
            #expect([79, 160].allSatisfy { rows(.broken, x: $0, of: canvas).isEmpty })
        }
    }

    @Test func `a difference below zero is blue and fills the scale`() {
        let canvas = painter.paint(.difference, of: sample)
        #expect(rows(Colour(0x2166ac), x: 200, of: canvas) == [67])
        #expect(painter.legend[1] == .note("corrupted − clean from −0.5 to 0.5"))
    }

    @Test func `the mask shades its columns`() {
        let (clean, hidden) = (painter.paint(.clean, of: sample), painter.paint(.hidden, of: sample))
        for x in 0..<240 { #expect((clean[x, 20] != hidden[x, 20]) == (80..<160 ~= x)) }
    }
}

@Suite struct TokenPanelTests {
    private let sample = ContactSheetSample(
        id: 0, clean: [5, 17, 5, 3], corrupted: [5, 99, 5, .nan], mask: [0, 1, 0, 0])
    private var painter: any PanelPainter {
        ContactSheet(title: "", kind: .tokens(length: 4), samples: [sample]).painter
    }
    /// Cells are as wide as the widest text, `nan` in bold, with 4 pixels on both sides.
    private var advance: Int { Typeface.width(of: "nan", weight: .bold) + 8 + 2 }

    @Test func `equal ids have equal colours, and text in the middle`() {
        let canvas = painter.paint(.clean, of: sample)
        #expect(canvas.size == PixelSize(4 * advance - 2, 19))
        let cells = (0..<4).map { canvas.part(at: PixelPoint($0 * advance, 0), PixelSize(advance - 2, 19)) }
        #expect(cells[0] == cells[2] && Set(cells.map { $0[0, 0] }).count == 3)
        var expected = Canvas(PixelSize(advance - 2, 19), colour: TokenPainter.colour(17))
        let left = (advance - 2 - Typeface.width(of: "17")) / 2
        expected.draw("17", at: PixelPoint(left, 5), .ink)
        #expect(cells[1] == expected)
    }

    @Test func `changed ids are framed`() {
        let canvas = painter.paint(.corrupted, of: sample)
        #expect((0..<4).map { canvas[$0 * advance, 0] == .ink } == [false, true, false, true])
        #expect(canvas[advance + 2, 2] == TokenPainter.colour(99) && canvas[3 * advance + 2, 2] == .broken)
    }

    @Test func `hidden ids are covered`() {
        let canvas = painter.paint(.hidden, of: sample)
        #expect(canvas[advance, 0] == TokenPainter.colour(17).mixed(with: .hidden, share: 0.85))
        #expect(canvas[0, 0] == TokenPainter.colour(5).mixed(with: .page, share: 0.75))
    }

    @Test func `tokens wrap`() {
        let values = (0..<101).map { Float($0) }
        let sample = ContactSheetSample(id: 0, clean: values, corrupted: values)
        let size = ContactSheet(title: "", kind: .tokens(length: 101), samples: [sample]).painter.size
        #expect(size.height > 19 && size.height <= size.width)
    }
}

@Suite struct SoundPanelTests {
    /// A sine wave of amplitude 0.5 in bin 40, corrupted to silence in its second half; 1,120 values are four a column.
    private static let tone = (0..<1120).map { Float(0.5 * sin(2 * Double.pi * 40 / 256 * Double($0))) }
    private let sample = ContactSheetSample(
        id: 0, clean: tone, corrupted: tone.enumerated().map { $0 < 560 ? $1 : 0 },
        mask: (0..<1120).map { $0 < 560 ? 0 : 1 })
    private var painter: any PanelPainter {
        ContactSheet(title: "", kind: .waveforms(length: 1120), range: -1...1, samples: [sample]).painter
    }
    /// The row of a bin: below the waveform and a line, the highest bin first.
    private func row(bin: Int) -> Int { 72 + 1 + 128 - bin }
    /// Half of full scale is −6.02 dB.
    private let loud = ColourMap.viridis.colour(at: (80 - 6.0206) / 80)
    private let silent = ColourMap.viridis.colour(at: 0)

    private func expect(_ colour: Colour, near other: Colour, _ place: SourceLocation = #_sourceLocation) {
        let differences = [(colour.red, other.red), (colour.green, other.green), (colour.blue, other.blue)]
            .map { abs(Int($0) - Int($1)) }
        #expect(differences.max()! <= 3, "\(colour), expected \(other)", sourceLocation: place)
    }

    @Test func `a tone stands in the row of its frequency, as loud as it is`() {
        let canvas = painter.paint(.clean, of: sample)
        #expect(canvas.size == PixelSize(280, 72 + 1 + 129))
        for x in [60, 140, 220] {
            expect(canvas[x, row(bin: 40)], near: loud)
            expect(canvas[x, row(bin: 60)], near: silent)
            expect(canvas[x, row(bin: 20)], near: silent)
        }
    }

    @Test func `what is gone is dark in the corrupted panel and blue in the difference`() {
        let corrupted = painter.paint(.corrupted, of: sample)
        expect(corrupted[60, row(bin: 40)], near: loud)
        expect(corrupted[220, row(bin: 40)], near: silent)
        let difference = painter.paint(.difference, of: sample)
        expect(difference[60, row(bin: 40)], near: ColourMap.difference.colour(at: 0.5))
        expect(difference[220, row(bin: 40)], near: ColourMap.difference.colour(at: 0.0))
        #expect(
            painter.legend.contains {
                if case .bar(.difference, "difference in dB", "−74", "74") = $0 { true } else { false }
            })
    }

    @Test func `the mask shades the spectrum too`() {
        let (clean, hidden) = (painter.paint(.clean, of: sample), painter.paint(.hidden, of: sample))
        for x in [20, 139, 140, 270] { #expect((clean[x, 150] != hidden[x, 150]) == (x >= 140)) }
    }
}
