import Foundation
import Generators
import Tensors
import Testing

/// Masks of blocks, strokes and clouds.
struct BlockTests {
    private func picture(_ subject: Subject, _ id: Int) throws -> MaskTests.Picture {
        MaskTests.Picture(try subject.run(constant: 0.5, id: id), subject.shape)
    }

    /// A picture in patches of 2; the sizes of blocks follow from areas and aspects: √(area · aspect), rounded.
    static let blocks = [
        // √(196 · 0.15 · 0.75) = 4.7 … √(196 · 0.2 · 1.5) = 7.7 high, 4.4 … 7.2 wide; √(196 · 0.85) = 12.9 for the context.
        (rows: 14, columns: 14, heights: 5...8, widths: 4...7, contexts: [13, 14]),
        // 63 patches: 2.7 … 4.3 high, 2.5 … 4.1 wide, contexts of 7 rows and 7 or 8 columns.
        (rows: 7, columns: 9, heights: 3...4, widths: 3...4, contexts: [7, 8]),
    ]

    @Test(arguments: blocks.indices) func `I-JEPA's context is a block without its targets`(place: Int) throws
    {
        let (rows, columns, heights, widths, contexts) = Self.blocks[place]
        let subject = try Subject("ijepa_multi_block", ["patch": 2], shape: [rows * 2, columns * 2, 2])
        var (middles, foundHeights, foundContexts): ([Double], Set<Int>, Set<Int>) = ([], [], [])
        for id in 0..<200 {
            let made = try subject.run(constant: 0.5, id: id)
            let hidden = MaskTests.Picture(made, subject.shape)
            let (context, targets) = (made.extras["context"]!, made.extras["targets"]!)
            #expect(context.count == rows * columns && targets.count == rows * columns * 4)
            #expect(
                hidden.hidden.indices.allSatisfy {
                    let patch = $0 / hidden.width / 2 * columns + $0 % hidden.width / 2
                    return hidden.hidden[$0] == (context[patch] == 0)
                })
            for target in 0..<4 {
                let mask = (0..<rows * columns).map { UInt8(targets[$0 * 4 + target]) }
                let block = MaskTests.Picture(
                    Made(values: mask.map { _ in 0 }, mask: mask, extras: [:]), [rows, columns])
                guard let found = block.rectangle else {
                    Issue.record("a target is no rectangle")
                    continue
                }
                #expect(heights.contains(found.height) && widths.contains(found.width))
                foundHeights.insert(found.height)
                // Uniform over the places that there are: on average in the middle.
                middles.append((Double(found.top) + Double(found.height) / 2) / Double(rows))
            }
            // The context is a square (cut at the picture's edge), less what any target covers.
            let fitting = contexts.flatMap { size in
                let (high, wide) = (min(size, rows), min(size, columns))
                return (0...rows - high).flatMap { top in
                    (0...columns - wide).map { (size, top, $0, high, wide) }
                }
            }.first { _, top, left, high, wide in
                context.indices.allSatisfy { patch in
                    let isInside =
                        (top..<top + high).contains(patch / columns)
                        && (left..<left + wide).contains(patch % columns)
                    let isTarget = targets[patch * 4..<patch * 4 + 4].contains(1)
                    return (context[patch] == 1) == (isInside && !isTarget)
                }
            }
            #expect(fitting != nil, "sample \(id)")
            foundContexts.insert(fitting?.0 ?? 0)
        }
        #expect(foundHeights == Set(heights) && foundContexts == Set(contexts))
        let spread = Moments(middles).variance
        expectClose(Moments(middles).mean, 0.5, within: 4.5 * (spread / 800).squareRoot())
    }

    @Test func `a stroke without length is a disc`() throws {
        let settings: [String: ParameterSetting] = ["strokes": 1, "segments": 1, "length": 0]
        let subject = try Subject("brush_strokes", settings.merging(["width": 5]) { $1 }, shape: [40, 47, 2])
        var areas: [Double] = []
        for id in 0..<400 {
            let places = try picture(subject, id).places
            #expect(!places.isEmpty)
            for (row, column) in places {
                #expect(places.allSatisfy { hypot(Double($0.row - row), Double($0.column - column)) <= 5 })
            }
            let isInside = places.allSatisfy { $0.row > 0 && $0.column > 0 && $0.row < 39 && $0.column < 46 }
            if isInside { areas.append(Double(places.count)) }
        }
        // As many pixels as its area, on average.
        expectClose(Moments(areas).mean, 6.25 * .pi, within: 0.3)
    }

    @Test func `a stroke of one segment is what is near to a line`() throws {
        let subject = try Subject(
            "brush_strokes", ["strokes": 1, "segments": 1, "length": 0.6, "width": 7], shape: [50, 61])
        var lengths: [Double] = []
        for id in 0..<80 {
            let picture = try picture(subject, id)
            let places = picture.places.map { (Double($0.row), Double($0.column)) }
            guard places.allSatisfy({ $0.0 > 0 && $0.1 > 0 && $0.0 < 49 && $0.1 < 60 }) else { continue }
            // The middle and the direction are those of what is hidden, the ends half a width from its first and last pixel.
            let (rows, columns) = (Moments(places.map(\.0)), Moments(places.map(\.1)))
            let product = places.reduce(0) { $0 + ($1.0 - rows.mean) * ($1.1 - columns.mean) } / rows.count
            let angle = 0.5 * atan2(2 * product, columns.variance - rows.variance)
            func along(_ row: Double, _ column: Double) -> Double {
                (row - rows.mean) * sin(angle) + (column - columns.mean) * cos(angle)
            }
            let reach = places.map { along($0.0, $0.1) }
            let (first, last) = (reach.min()! + 3.5, reach.max()! - 3.5)
            guard last - first > 5 else { continue }
            lengths.append(last - first)
            for place in picture.hidden.indices {
                let (row, column) = (Double(place / 61), Double(place % 61))
                let share = min(max(along(row, column), first), last)
                let distance = hypot(
                    row - rows.mean - share * sin(angle), column - columns.mean - share * cos(angle))
                if distance < 2.7 { #expect(picture.hidden[place], "\(distance) from the line of \(id)") }
                if distance > 4.3 { #expect(!picture.hidden[place], "\(distance) from the line of \(id)") }
            }
        }
        // The longest is 0.6 · 50.
        #expect(lengths.count > 20 && lengths.max()! < 30.5 && lengths.max()! > 20)
    }

    @Test func `wider strokes and more of them hide more`() throws {
        func subject(_ changes: [String: ParameterSetting]) throws -> Subject {
            try Subject("brush_strokes", changes, shape: [25, 31])
        }
        let (thin, wide) = (try subject(["width": 2]), try subject(["width": 4.5]))
        let (straight, more) = (
            try subject(["turn": 0, "strokes": 1]), try subject(["strokes": 3, "width": 2])
        )
        for id in 0..<60 {
            let inside = try picture(thin, id).hidden
            #expect(zip(inside, try picture(wide, id).hidden).allSatisfy { !$0 || $1 })
            // Draws are made stroke by stroke, so the first two strokes are the same.
            #expect(zip(inside, try picture(more, id).hidden).allSatisfy { !$0 || $1 })
            // Without turns and away from the edges a stroke is straight: its pixels lie within a band 3 wide.
            let places = try picture(straight, id).places.map { (Double($0.row), Double($0.column)) }
            guard places.allSatisfy({ $0.0 > 0 && $0.1 > 0 && $0.0 < 24 && $0.1 < 30 }) else { continue }
            let narrowest = stride(from: 0.0, to: .pi, by: .pi / 180).map { angle in
                let across = places.map { $0.0 * cos(angle) - $0.1 * sin(angle) }
                return across.max()! - across.min()!
            }.min()!
            #expect(narrowest <= 3.4, "sample \(id)")
        }
    }

    @Test(
        arguments: [(0.4, [28, 28]), (0.15, [19, 26, 2]), (0, [8, 9]), (1, [9, 8])] as [(Double, Shape)])
    func `clouds hide their exact share`(ratio: Double, shape: Shape) throws {
        let subject = try Subject("perlin_mask", ["ratio": .number(ratio)], shape: shape)
        let pixels = shape[0] * shape[1]
        for id in 0..<60 { #expect(try picture(subject, id).places.count == rounded(ratio * Double(pixels))) }
        let varying = try Subject("perlin_mask", ["ratio": .uniform(0, 1)], shape: shape)
        let made = try varying.run(constant: 0.5, id: 7)
        let wanted = Int((made.extras["ratio"]![0] * Float(pixels)).rounded(.toNearestOrEven))
        #expect(made.hidden == wanted * shape.count / pixels)
    }

    @Test func `clouds are smooth, and over every pixel as often`() throws {
        let subject = try Subject("perlin_mask", shape: [28, 28])
        var counts = [Int](repeating: 0, count: 784)
        var alike = 0
        for id in 0..<600 {
            let picture = try picture(subject, id)
            for (row, column) in picture.places { counts[row * 28 + column] += 1 }
            alike += picture.hidden.indices.count {
                $0 % 28 > 0 && picture.hidden[$0] == picture.hidden[$0 - 1]
            }
        }
        for (pixel, count) in counts.enumerated() {
            expectRate(count, of: 600, 314.0 / 784, "pixel \(pixel)")
        }
        // Pixels drawn one by one would be 0.52.
        expectClose(Double(alike) / 600 / 756, 0.88, within: 0.02)
        // More cells, smaller clouds.
        let fine = try Subject("perlin_mask", ["cells": 9, "octaves": 1], shape: [28, 28])
        let rims = (try picture(subject, 1).rim, try picture(fine, 1).rim)
        #expect(rims.1 > rims.0 * 3 / 2)
    }
}
