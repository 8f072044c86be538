import Foundation
import Tensors
import Testing

/// Mixing with other samples: what is pasted, by how much, and that labels follow.
struct MixingTests {
    /// Sample `id` is `id / 16` everywhere, so that a value tells whose it is.
    static let count = 16

    private func subject(_ name: String, _ settings: [String: Double] = [:], shape: Shape) throws -> Subject {
        let others = OtherSamples(shape, count: Self.count) { Float($0) / Float(Self.count) }
        return try Subject(name, settings.mapValues { .number($0) }, shape: shape, source: others)
    }

    /// What a subject makes of its own samples, one after the other.
    private func run(_ subject: Subject, _ number: Int) throws -> (
        made: Made, own: Float, other: Float, id: Int
    ) {
        let id = number % Self.count
        let own = Float(id) / Float(Self.count)
        let made = try subject.run(constant: own, id: id, epoch: number / Self.count)
        return (made, own, made.extras["partner"]![0] / Float(Self.count), id)
    }

    /// Demands the target mix · own + (1 − mix) · partner's.
    private func expectTarget(
        _ subject: Subject, _ made: Made, _ id: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (mix, partner) = (made.extras["mix"]![0], Int(made.extras["partner"]![0]))
        var expected = [Double](repeating: 0, count: 5)
        expected[id % 5] += Double(mix)
        expected[partner % 5] += 1 - Double(mix)
        expectClose(
            subject.target(id: id, classes: 5), expected, within: 1e-6, sourceLocation: sourceLocation)
    }

    @Test(arguments: ["mixup", "cutmix", "grid_mix"]) func `partners are all other samples, each as likely`(
        name: String
    ) throws {
        let subject = try subject(name, shape: [4, 5])
        var counts = [Int](repeating: 0, count: Self.count)
        for epoch in 0..<900 {
            let made = try subject.run(constant: 0.3, id: 5, epoch: epoch)
            counts[Int(made.extras["partner"]![0])] += 1
        }
        #expect(counts[5] == 0)
        for (id, count) in counts.enumerated() where id != 5 {
            expectRate(count, of: 900, 1.0 / 15, "sample \(id)")
        }
    }

    @Test(arguments: [[6, 5, 2], [17]] as [Shape]) func `mixup blends values and labels by its share`(
        shape: Shape
    ) throws {
        let subject = try subject("mixup", ["alpha": 0.7], shape: shape)
        for number in 0..<300 {
            let (made, own, other, id) = try run(subject, number)
            let mix = Double(made.extras["mix"]![0])
            let expected = mix * Double(own) + (1 - mix) * Double(other)
            expectClose(made.values, [Double](repeating: expected, count: shape.count), within: 1.5e-7)
            expectTarget(subject, made, id)
        }
    }

    @Test(arguments: [0.2, 0.5, 1, 4]) func `mixup's share has its Beta distribution`(alpha: Double) throws {
        let subject = try Subject("mixup", ["alpha": .number(alpha)], shape: [2], source: OtherSamples([2]))
        let mixes = try (0..<4000).map { epoch in
            Double(try subject.run([0, 1], id: 3, epoch: epoch).extras["mix"]![0])
        }
        let kurtosis = 3 - 6 / (2 * alpha + 3)
        expectMoments(
            mixes, mean: 0.5, variance: 1 / (4 * (2 * alpha + 1)), kurtosis: kurtosis, independent: 4000)
        if alpha == 1 { #expect(kolmogorovSmirnov(mixes) { $0 } < 1.95) }
        if alpha == 0.5 { #expect(kolmogorovSmirnov(mixes) { asin($0.squareRoot()) * 2 / .pi } < 1.95) }
    }

    /// Demands that what the mask marks is the partner's and all else the sample's own, and the mix of both.
    private func expectPasted(_ subject: Subject, _ made: Made, own: Float, other: Float) {
        let wanted = made.mask!.map { $0 == 1 ? other : own }
        expectSameBits(made.values, wanted)
        let pixels = subject.shape[0] * subject.shape[1]
        let pasted = made.hidden * pixels / subject.shape.count
        expectSameBits(made.extras["mix"]!, [1 - Float(pasted) / Float(pixels)], "mix")
    }

    /// The expected share of a box whose sides are √u of a picture's, rounded down, with any pixel as its centre.
    static func boxShare(_ height: Int, _ width: Int) -> Double {
        func covered(_ side: Double, _ length: Int) -> Double {
            let size = Int(side * Double(length))
            let places = (1...length).reduce(0) { sum, centre in
                let first = centre - size / 2
                return sum + max(0, min(first + size, length + 1) - max(first, 1))
            }
            return Double(places) / Double(length * length)
        }
        return (0..<2000).reduce(0) { sum, step in
            let side = ((Double(step) + 0.5) / 2000).squareRoot()
            return sum + covered(side, height) * covered(side, width) / 2000
        }
    }

    @Test(arguments: [[13, 20, 2], [9, 7]] as [Shape])
    func `cutmix pastes a box, and labels have its exact share`(shape: Shape) throws {
        let subject = try subject("cutmix", shape: shape)
        var shares: [Double] = []
        var whole = 0
        for number in 0..<1000 {
            let (made, own, other, id) = try run(subject, number)
            shares.append(1 - Double(made.extras["mix"]![0]))
            if number < 300 {
                expectPasted(subject, made, own: own, other: other)
                expectTarget(subject, made, id)
            }
            let picture = MaskTests.Picture(
                Made(values: made.values.map { _ in 0 }, mask: made.mask, extras: [:]), shape)
            guard let box = picture.rectangle else {
                #expect(made.hidden == 0)
                continue
            }
            let isInside =
                box.top > 0 && box.left > 0 && box.top + box.height < shape[0]
                && box.left + box.width < shape[1]
            guard isInside else { continue }
            whole += 1
            // Both sides are the same share of the picture's, rounded down.
            let low = max(Double(box.height) / Double(shape[0]), Double(box.width) / Double(shape[1]))
            let high = min(
                Double(box.height + 1) / Double(shape[0]), Double(box.width + 1) / Double(shape[1]))
            #expect(low <= high)
        }
        #expect(whole > 50)
        let spread = Moments(shares).variance
        expectClose(
            Moments(shares).mean, Self.boxShare(shape[0], shape[1]),
            within: 4.5 * (spread / 1000).squareRoot() + 1e-3)
        if shape.rank == 3 { expectClose(Self.boxShare(400, 399), 0.3208, within: 0.002) }
    }

    @Test func `cutmix's box is as large as its share asks`() throws {
        // Beta(100, 100): sides of √½ of the picture's, hardly ever other ones.
        let subject = try subject("cutmix", ["alpha": 100], shape: [41, 60])
        var largest = (height: 0, width: 0)
        for number in 0..<100 {
            let (made, own, other, _) = try run(subject, number)
            expectPasted(subject, made, own: own, other: other)
            let picture = MaskTests.Picture(
                Made(values: made.values.map { _ in 0 }, mask: made.mask, extras: [:]), [41, 60])
            let box = try #require(picture.rectangle)
            largest = (max(largest.height, box.height), max(largest.width, box.width))
        }
        #expect((28...32).contains(largest.height) && (41...46).contains(largest.width))
    }

    @Test func `grid mix pastes whole cells, and labels have their exact share`() throws {
        let shape: Shape = [10, 13, 2]
        let subject = try subject("grid_mix", ["cells": 3], shape: shape)
        for number in 0..<200 {
            let (made, own, other, id) = try run(subject, number)
            expectPasted(subject, made, own: own, other: other)
            expectTarget(subject, made, id)
            // Rows 0 … 3, 4 … 6 and 7 … 9; columns 0 … 4, 5 … 8 and 9 … 12.
            for place in 0..<260 {
                let (row, column) = (place / 26, place / 2 % 13)
                let first =
                    [0, 4, 7][row < 4 ? 0 : row < 7 ? 1 : 2] * 13
                    + [0, 5, 9][column < 5 ? 0 : column < 9 ? 1 : 2]
                #expect(made.mask![place] == made.mask![first * 2])
            }
        }
    }

    @Test(arguments: [(1, 4), (0.3, 2)] as [(Double, Int)])
    func `grid mix's cells are pasted by a drawn probability`(alpha: Double, cells: Int)
        throws
    {
        let subject = try subject("grid_mix", ["cells": Double(cells), "alpha": alpha], shape: [8, 8])
        let shares = try (0..<1500).map { 1 - Double(try run(subject, $0).made.extras["mix"]![0]) }
        // A share p of Beta(α, α): mean ½, variance v; each of n cells adds p (1 − p) / n, on average (¼ − v) / n.
        let own = 1 / (4 * (2 * alpha + 1))
        let variance = own + (0.25 - own) / Double(cells * cells)
        expectMoments(shares, mean: 0.5, variance: variance, independent: 1500)
    }
}
