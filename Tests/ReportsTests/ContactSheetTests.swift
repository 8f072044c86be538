import Foundation
import Testing

@testable import Reports

private func grey(_ part: UInt32) -> Colour { Colour(part << 16 | part << 8 | part) }

@Suite struct ContactSheetTests {
    /// Pictures of [2, 3, 1], whose pixels become blocks of 37 × 37.
    private let sheet = ContactSheet(
        title: "title", facts: [.init("seed", "7")], kind: .pictures(height: 2, width: 3, channels: 1),
        samples: [
            ContactSheetSample(
                id: 12, label: "boot", clean: [0, 0.2, 0.4, 0.6, 0.8, 1],
                corrupted: [0, 0.2, 0.8, 0.4, .nan, 1],
                mask: [0, 0, 1, 1, 0, 0], parameters: [.init("sigma", "0.1")]),
            ContactSheetSample(id: 9, clean: [1, 1, 1, 0, 0, 0], corrupted: [1, 1, 1, 0, 0, 0]),
        ])
    private let block = PixelSize(37, 37)

    @Test func `the panels of a sample stand side by side`() throws {
        let canvas = try sheet.drawn()
        // Below the margin: title, facts, two lines of legend, the rule, the panels' names, the sample's name.
        let top = 28 + (17 + 5) + (17 + 5) + (2 * 17 + 6) + 12 + 24 + (17 + 3)
        let x = (0..<4).map { 28 + $0 * (3 * 37 + 12) }
        expectBlocks(
            [[grey(0), grey(51), grey(102)], [grey(153), grey(204), grey(255)]], block: block,
            at: PixelPoint(x[0], top), of: canvas)
        expectBlocks(
            [[grey(0), grey(51), grey(204)], [grey(102), .broken, grey(255)]], block: block,
            at: PixelPoint(x[1], top), of: canvas)
        // The largest difference, 0.4, has the darkest red; −0.2 is half of that.
        expectBlocks(
            [[grey(255), grey(255), Colour(0xb2182b)], [Colour(0x92c5de), .broken, grey(255)]], block: block,
            at: PixelPoint(x[2], top), of: canvas)
        let covered = [102, 153].map { grey($0).mixed(with: .hidden, share: 0.6) }
        expectBlocks(
            [[grey(0), grey(51), covered[0]], [covered[1], grey(204), grey(255)]], block: block,
            at: PixelPoint(x[3], top), of: canvas)
        for x in x { #expect(canvas[x - 1, top] == .hairline && canvas[x + 3 * 37, top] == .hairline) }
    }

    @Test func `the mask's colour lies on hidden pixels only`() throws {
        let (painter, sample) = (sheet.painter, sheet.samples[0])
        let (clean, hidden) = (painter.paint(.clean, of: sample), painter.paint(.hidden, of: sample))
        for y in 0..<clean.height {
            for x in 0..<clean.width {
                let isHidden = sample.mask?[y / 37 * 3 + x / 37] == 1
                #expect((clean[x, y] != hidden[x, y]) == isHidden)
            }
        }
    }

    @Test func `a reconstruction stands beside the clean and the corrupted sample`() throws {
        var sheet = sheet
        sheet.view = .reconstruction
        sheet.samples[0].reconstructed = [0.2, 0.2, 0.6, 0.4, -0.2, 1.2]
        sheet.samples[1].reconstructed = sheet.samples[1].clean
        #expect(sheet.painter.panels.map(\.rawValue) == ["clean", "corrupted", "reconstructed"])
        #expect(
            sheet.painter.legend == [
                .bar(.grey, "values", low: "0", high: "1"), .swatch(.broken, opacity: 1, "not finite"),
            ])
        let (layout, canvas) = (ContactSheetLayout(sheet), try sheet.drawn())
        sheet.view = .pair
        #expect(sheet.painter.panels.map(\.rawValue) == ["clean", "corrupted"])
        expectBlocks(
            [[grey(0), grey(51), grey(204)], [grey(102), .broken, grey(255)]], block: block,
            at: layout.corner(sample: 0, place: 1), of: canvas)
        expectBlocks(
            [[grey(51), grey(51), grey(153)], [grey(102), grey(0), grey(255)]], block: block,
            at: layout.corner(sample: 0, place: 2), of: canvas)
    }

    @Test(
        arguments: [
            .spectrograms(frames: 7, bins: 3), .waveforms(length: 30), .waveforms(length: 2000),
            .tokens(length: 4),
        ] as [ContactSheet.Kind])
    func `what a model makes of any kind of data is drawn`(kind: ContactSheet.Kind) {
        let clean = (0..<kind.count).map { Float($0 % 3) / 2 }
        let sample = ContactSheetSample(
            id: 1, clean: clean, corrupted: clean.map { 1 - $0 }, reconstructed: clean.map { 1 - $0 })
        let painter = ContactSheet(title: "", kind: kind, samples: [sample], view: .reconstruction).painter
        #expect(painter.paint(.reconstructed, of: sample) == painter.paint(.corrupted, of: sample))
        #expect(painter.paint(.reconstructed, of: sample) != painter.paint(.clean, of: sample))
    }

    @Test func `text says what is seen`() throws {
        let canvas = try sheet.drawn()
        func expectText(
            _ text: String, at corner: PixelPoint, _ colour: Colour, weight: Typeface.Weight = .regular
        ) {
            let size = PixelSize(Typeface.width(of: text, weight: weight), Typeface.height)
            var expected = Canvas(size)
            expected.draw(text, at: PixelPoint(0, 0), colour, weight: weight)
            #expect(canvas.part(at: corner, size) == expected, "\(text)")
        }
        expectText("title", at: PixelPoint(28, 28), .ink, weight: .bold)
        expectText("seed", at: PixelPoint(28, 50), .fainter)
        expectText("7", at: PixelPoint(28 + Typeface.width(of: "seed") + 6, 50), .ink)
        let corner = ContactSheetLayout(sheet).corner(sample: 0, place: 1)
        expectText("corrupted", at: PixelPoint(corner.x, corner.y - 20 - 24 + 2), .fainter)
        expectText("12", at: PixelPoint(28, corner.y - 18), .ink, weight: .bold)
        expectText("sigma", at: PixelPoint(28, corner.y + 74 + 8), .fainter)
        #expect(
            sheet.painter.legend == [
                .bar(.grey, "values", low: "0", high: "1"),
                .bar(.difference, "corrupted − clean", low: "−0.4", high: "0.4"),
                .swatch(.hidden, opacity: 0.6, "hidden"), .swatch(.broken, opacity: 1, "not finite"),
            ])
    }

    @Test func `many samples make rows of columns that do not overlap`() throws {
        var many = sheet
        many.samples = (0..<7).map { index in
            var sample = sheet.samples[0]
            sample.id = UInt64(index)
            sample.parameters = Array(repeating: .init("parameter", "\(index)"), count: index * 3)
            return sample
        }
        let (layout, canvas) = (ContactSheetLayout(many), try many.drawn())
        let corners = many.samples.indices.flatMap { sample in
            (0..<4).map { layout.corner(sample: sample, place: $0) }
        }
        #expect(Set(corners.map(\.x)).count > 4 && Set(corners.map(\.y)).count > 1)
        for (index, corner) in corners.enumerated() {
            #expect(corner.x + 111 <= canvas.width - 28 && corner.y + 74 <= canvas.height - 28)
            for other in corners[..<index] {
                #expect(abs(other.x - corner.x) >= 123 || abs(other.y - corner.y) >= 74 + 20 + 18)
            }
        }
    }

    @Test(
        arguments: [
            .pictures(height: 1, width: 1, channels: 1), .pictures(height: 300, width: 1, channels: 2),
            .pictures(height: 5, width: 701, channels: 3), .pictures(height: 3, width: 2, channels: 5),
            .spectrograms(frames: 1, bins: 129), .spectrograms(frames: 333, bins: 1), .waveforms(length: 1),
            .waveforms(length: 10_007), .tokens(length: 1), .tokens(length: 11),
        ] as [ContactSheet.Kind])
    func `odd sizes can be drawn`(kind: ContactSheet.Kind) throws {
        let values = (0..<kind.count).map { Float($0) }
        let sample = ContactSheetSample(
            id: .max, label: String(repeating: "long ", count: 30), clean: values,
            corrupted: values.map { $0 == 7 ? -.infinity : $0 + 1 },
            mask: values.map { Int($0) % 3 == 0 ? 1 : 0 },
            parameters: [.init(String(repeating: "n", count: 99), "1")])
        let sheet = ContactSheet(title: "", kind: kind, range: 0...1, samples: [sample])
        let canvas = try sheet.drawn()
        for panel in sheet.painter.panels {
            #expect(sheet.painter.paint(panel, of: sample).size == sheet.painter.size)
        }
        let corner = ContactSheetLayout(sheet).corner(sample: 0, place: sheet.painter.panels.count - 1)
        #expect(corner.x + sheet.painter.size.width <= canvas.width - 28)
    }

    @Test func `nothing to draw is an error, and no file`() throws {
        let folder = try TestFolder()
        var empty = sheet
        empty.samples = []
        func failure() -> ContactSheetError? {
            #expect(throws: ContactSheetError.self) { try empty.write(to: folder.path + "/a.png") }
        }
        #expect(failure()?.description == "a contact sheet wants at least one sample, got none")
        empty = ContactSheet(
            title: "", kind: .waveforms(length: 0), samples: [.init(id: 1, clean: [], corrupted: [])])
        #expect(failure() == .noValues)
        #expect(try folder.names == [])
        try sheet.write(to: folder.path + "/a.png")
        #expect(try folder.names == ["a.png"])
    }
}
