import Generators
import Tensors
import Testing

/// What takes the place of hidden values, by value.
struct FillTests {
    /// Hides the first two rows.
    private func rows(fill: Fill, shape: Shape, range: ClosedRange<Float> = 0...1) throws -> [Float] {
        let plugin = try Plugin(
            source: """
                mottle.mask { name = "rows", axes = "NHWC",
                  make = function(x) return mottle.index("H"):le(2) end }
                """, file: "rows.lua")
        let item = ChainItem(plugin: plugin, name: "rows", fill: fill)
        return Fixture.run(try Fixture.trace([item], shape: shape, range: range), Fixture.sample(shape))
            .values
    }

    private func mean(_ values: some Sequence<Float>) -> Float {
        let all = values.map(Double.init)
        return Float(all.reduce(0, +) / Double(all.count))
    }

    @Test func `mean is each channel's own`() throws {
        let shape: Shape = [3, 5, 2]
        let clean = Fixture.sample(shape)
        let filled = try rows(fill: .mean, shape: shape)
        for channel in 0..<2 {
            let wanted = mean(stride(from: channel, to: 30, by: 2).map { clean[$0] })
            for place in stride(from: channel, to: 20, by: 2) {
                #expect(abs(filled[place] - wanted) <= wanted.ulp)
            }
        }
        #expect(filled[20...] == clean[20...])
    }

    @Test func `without a channel axis, mean is that of the whole sample`() throws {
        let shape: Shape = [4, 6]
        let clean = Fixture.sample(shape)
        let filled = try rows(fill: .mean, shape: shape)
        #expect(filled[..<12].allSatisfy { abs($0 - mean(clean)) <= $0.ulp })
        #expect(filled[12...] == clean[12...])
    }

    @Test(
        arguments: [(-1...1, 0), (0...1, 0), (-80...0, -80), (2...5, 2), (-2...6, 0)]
            as [(ClosedRange<Float>, Float)])
    func `zero is silence: 0 inside the range, else its low end`(range: ClosedRange<Float>, wanted: Float)
        throws
    {
        let filled = try rows(fill: .zero, shape: [3, 5, 1], range: range)
        #expect(filled[..<10].allSatisfy { $0 == wanted })
    }

    @Test func `a constant is a share of the range`() throws {
        let filled = try rows(fill: .constant(0.25), shape: [3, 5, 1], range: -2...6)
        #expect(filled[..<10].allSatisfy { $0 == 0 })
        let low = try rows(fill: .constant(0), shape: [3, 5, 1], range: -2...6)
        #expect(low[..<10].allSatisfy { $0 == -2 })
    }

    @Test func `noise covers the range, an element at a time`() throws {
        let filled = try rows(fill: .noise, shape: [40, 90, 3], range: -2...6)[..<540]
        #expect(filled.allSatisfy { $0 >= -2 && $0 <= 6 })
        #expect(Set(filled).count > 530)
        // Standard deviation 8 / √12 = 2.31, so the mean of 540 is within five times 0.1 of 2.
        #expect(abs(mean(filled) - 2) < 0.5)
    }
}

/// Whole numbers that no Int holds are refused where they are set.
@Test func `a whole number beyond 2⁵³ is refused`() throws {
    var item = ChainItem(plugin: try Fixture.shipped("plugins/cutout"), name: "cutout")
    #expect(
        item.set("size", to: .value(.number(1e19)))
            == "mask 'cutout': 'size' must be a whole number of at least 1 (pixels), got 1e+19")
}
