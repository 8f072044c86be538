import Generators
import LuaRuntime
import Tensors
import Testing

/// Operations on whole values: what they give, worked out by hand or by loops written here.
struct WholeOperationTests {
    /// What `body` makes of a sample of one row of values.
    private func row(_ body: String, _ values: [Float] = [3, 1, 4, 1.5, 9], axes: String = "NL") throws
        -> [Float]
    {
        let item = ChainItem(plugin: try Fixture.noise(body, axes: axes), name: "test")
        let chain = try Fixture.trace([item], shape: [values.count], range: -10...10)
        expectEqualBits(chain, values)
        return Fixture.run(chain, values).values
    }

    /// The same for a picture of 2 rows and 3 columns: 1 2 3 / 4 5 6.
    private func picture(_ body: String) throws -> [Float] {
        let item = ChainItem(plugin: try Fixture.noise(body, axes: "NHW"), name: "test")
        let chain = try Fixture.trace([item], shape: [2, 3])
        expectEqualBits(chain, [1, 2, 3, 4, 5, 6])
        return Fixture.run(chain, [1, 2, 3, 4, 5, 6]).values
    }

    @Test func `running results include each value`() throws {
        #expect(try row("return x:cumsum('L')") == [3, 4, 8, 9.5, 18.5])
        #expect(try row("return x:cummin('L')") == [3, 1, 1, 1, 1])
        #expect(try row("return x:cummax('L')") == [3, 3, 4, 4, 9])
        #expect(try picture("return x:cumsum('H')") == [1, 2, 3, 5, 7, 9])
        #expect(try picture("return x:cumsum('W')") == [1, 3, 6, 4, 9, 15])
    }

    @Test func `shift, roll, flip and take move values along an axis`() throws {
        #expect(try row("return x:shift('L', 2)") == [3, 3, 3, 1, 4])
        #expect(try row("return x:shift('L', -1, 7)") == [1, 4, 1.5, 9, 7])
        #expect(try row("return x:shift('L', 2, 'wrap')") == [1.5, 9, 3, 1, 4])
        #expect(try row("return x:shift('L', 2, 'reflect')") == [4, 1, 3, 1, 4])
        #expect(try row("return x:roll('L', 7)") == [1.5, 9, 3, 1, 4])
        #expect(try row("return x:roll('L', -1)") == [1, 4, 1.5, 9, 3])
        #expect(try row("return x:flip('L')") == [9, 1.5, 4, 1, 3])
        #expect(try row("return x:take('L', mottle.constant { 5, 0, 2.4, 99, 3 })") == [9, 3, 1, 9, 4])
        #expect(try row("return x:permute('L', mottle.constant { 2, 3, 1, 5, 4 })") == [1, 4, 3, 9, 1.5])
        #expect(try picture("return x:flip('H')") == [4, 5, 6, 1, 2, 3])
        #expect(try picture("return x:roll('W', 1)") == [3, 1, 2, 6, 4, 5])
    }

    @Test func `masks move as numbers do`() throws {
        let body =
            "return mottle.where(x:gt(2):shift('L', 1, false), 1, 0) + mottle.where(x:gt(2):flip('L'), 10, 0)"
        #expect(try row(body) == [10, 1, 10, 1, 10])
        #expect(try row("return mottle.where(x:gt(3.5):dilate(3), 1, 0)") == [0, 1, 1, 1, 1])
        #expect(try row("return mottle.where(x:gt(2):erode(3), 1, 0)") == [0, 0, 0, 0, 0])
    }

    @Test func `shapes change and come back`() throws {
        #expect(try picture("return x:reshape { 'N', 3, 2 }:reshape { 'N', 2, 3 }") == [1, 2, 3, 4, 5, 6])
        #expect(
            try picture("return x:reshape { 'N', 6 }:cumsum('H'):reshape { 'N', 2, 3 }") == [
                1, 3, 6, 10, 15, 21,
            ])
        #expect(try picture("return x:downsample(3, 'W') + mottle.zeros(x)") == [2, 2, 2, 5, 5, 5])
        #expect(try picture("return x:upsample(2, 'W'):downsample(2, 'W')") == [1, 2, 3, 4, 5, 6])
        #expect(
            try picture("return x:resize({ H = 1, W = 1 }, 'nearest') + mottle.zeros(x)") == [
                5, 5, 5, 5, 5, 5,
            ])
        // Centres of 6 columns lie between those of 3: 2/3, 7/6 … of an element from each other.
        #expect(
            try picture("return x:resize({ W = 6 }):take('W', mottle.constant({ 1, 2, 6 }, 'W'))") == [
                1, 1.25, 3, 4, 4.25, 6,
            ])
    }

    @Test func `warp takes values between elements and beyond the border`() throws {
        #expect(try row("return x:warp({ L = mottle.index('L') + 0.5 })") == [2, 2.5, 2.75, 5.25, 9])
        #expect(
            try row("return x:warp({ L = mottle.index('L') + 0.5 }, 'bilinear', 0)") == [
                2, 2.5, 2.75, 5.25, 4.5,
            ])
        #expect(
            try row("return x:warp({ L = mottle.index('L') + 0.75 }, 'nearest', -1)") == [1, 4, 1.5, 9, -1])
        #expect(
            try picture("return x:warp({ H = mottle.index('W'), W = mottle.index('W') }) + mottle.zeros(x)")
                == [1, 5, 6, 1, 5, 6])
        #expect(
            try picture("return x:affine({ { 1, 0, 0 }, { 0, 1, 1 } }, 'bilinear', 0)") == [2, 3, 0, 5, 6, 0])
        #expect(try picture("return x:rotate(180, 'nearest')") == [6, 5, 4, 3, 2, 1])
    }

    @Test func `a quarter turn goes counter-clockwise`() throws {
        let item = ChainItem(
            plugin: try Fixture.noise("return x:rotate(90, 'nearest')", axes: "NHW"), name: "test")
        let chain = try Fixture.trace([item], shape: [3, 3])
        #expect(Fixture.run(chain, [1, 2, 3, 4, 5, 6, 7, 8, 9]).values == [3, 6, 9, 2, 5, 8, 1, 4, 7])
    }

    @Test func `windows are weighted and summed`() throws {
        #expect(try row("return x:convolve(mottle.constant { 1, 10, 100 })") == [133, 413, 191, 919, 991.5])
        #expect(try row("return x:convolve(mottle.constant { 1, 0, 0 }, 'L', 5)") == [5, 3, 1, 4, 1.5])
        #expect(
            try picture(
                "return x:convolve(mottle.constant({ { 0, 1, 0 }, { 0, 0, 0 }, { 0, 0, 0 } }), 'HW', 0)") == [
                    0, 0, 0, 1, 2, 3,
                ])
        #expect(try row("return x:dilate(3)") == [3, 4, 4, 9, 9])
        #expect(try row("return x:erode(5)") == [1, 1, 1, 1, 1.5])
        let blurred = try row("return x:blur(0.8)")
        #expect(abs(blurred.reduce(0, +) - 18.5) < 3 && blurred[4] < 9 && blurred[4] > 5)
        #expect(try row("return x:blur(0)") == [3, 1, 4, 1.5, 9])
        #expect(try row("return x:blur(mottle.zeros('N'), 'L', 3)") == [3, 1, 4, 1.5, 9])
    }

    @Test func `a transform and its inverse give the values back`() throws {
        let values: [Float] = [3, 1, 4, 1.5, 9, 2, -6]
        let back = try row("local re, im = x:fft('L') return (mottle.ifft(re, im, 'L'))", values)
        #expect(zip(back, values).allSatisfy { abs($0 - $1) < 1e-5 })
        let mean = try row("return x:filter('L', mottle.where(mottle.frequency('L'):eq(0), 1, 0))", values)
        #expect(mean.allSatisfy { abs($0 - 14.5 / 7) < 1e-5 })
        // A cosine of 2 cycles in 16 places has half of its size in bin 3 of 9.
        let wave = (0..<16).map { Float(_cosine(2 * .pi * 2 * Double($0) / 16)) }
        let bins = try row("local re = x:fft('L') return re", wave)
        #expect(abs(bins[2] - 8) < 1e-4 && abs(bins[14] - 8) < 1e-4)
        #expect(bins.enumerated().allSatisfy { [2, 14].contains($0) || abs($1) < 1e-4 })
    }

    @Test func `top takes exactly as many as it is told, from the front`() throws {
        #expect(try row("return mottle.where(x:top(2), 1, 0)") == [0, 0, 1, 0, 1])
        #expect(try row("return mottle.where(x:top(3), 1, 0)", [2, 7, 2, 2, 2]) == [1, 1, 1, 0, 0])
        #expect(
            try row("return mottle.where(x:top(2), 1, 0)", [.nan, -1, -.infinity, 0, -0.0]) == [
                0, 0, 0, 1, 1,
            ])
        #expect(
            try row("return mottle.where(x:top(0), 1, 0) + mottle.where(x:top(99), 10, 0)") == [
                10, 10, 10, 10, 10,
            ])
    }

    @Test(arguments: [(1, 1), (7, 0), (7, 7), (12, 5)])
    func `choose is exact and takes every place equally often`(size: Int, count: Int) throws {
        let item = ChainItem(
            plugin: try Fixture.noise(
                "return mottle.where(rng:choose('N', \(size), \(count)), 1, 0)", axes: "NL"), name: "test")
        let chain = try Fixture.trace([item], shape: [size])
        var hits = [Int](repeating: 0, count: size)
        for id in 0..<2000 {
            let values = Fixture.run(chain, [Float](repeating: 0, count: size), id: UInt64(id)).values
            #expect(values.reduce(0, +) == Float(count))
            for place in 0..<size where values[place] == 1 { hits[place] += 1 }
        }
        let share = Double(count) / Double(size)
        let deviation = (2000 * share * (1 - share)).squareRoot()
        #expect(hits.allSatisfy { abs(Double($0) - 2000 * share) <= 4.5 * deviation })
    }

    @Test func `a permutation has every number once and every order equally often`() throws {
        let item = ChainItem(
            plugin: try Fixture.noise("return rng:permutation('N', 3)", axes: "NL"), name: "test")
        let chain = try Fixture.trace([item], shape: [3])
        var orders: [[Float]: Int] = [:]
        for id in 0..<3000 {
            let values = Fixture.run(chain, [0, 0, 0], id: UInt64(id)).values
            #expect(values.sorted() == [1, 2, 3])
            orders[values, default: 0] += 1
        }
        #expect(orders.count == 6)
        #expect(orders.values.allSatisfy { abs(Double($0) - 500) < 4.5 * (3000.0 / 6 * 5 / 6).squareRoot() })
    }

    @Test(arguments: OperationEntry.all.indices.map { $0 })
    func `every example of the reference can be traced and has the reference's bits`(place: Int) throws {
        let entry = OperationEntry.all[place]
        let plugin = try Fixture.noise(
            "local v = \(entry.example)\nreturn x, { v = v }", axes: entry.axes)
        let shape: Shape = entry.axes == "NL" ? [24] : [6, 8, 2]
        let chain = try Fixture.trace([ChainItem(plugin: plugin, name: "test")], shape: shape)
        guard chain.graph.scripts.isEmpty else { return }
        let samples = OtherSamples(shape)
        let expected = ReferenceExecutor(chain, source: samples).run(Fixture.sample(shape), id: 9, epoch: 2)
        for kernels in Fixture.kernelSets {
            let found = try Fixture.run(chain, Fixture.sample(shape), kernels: kernels, source: samples)
            expectSameBits(found.extras[0], expected.extras[0], entry.form)
        }
    }
}

private func _cosine(_ angle: Double) -> Double {
    // Enough terms for the angles of the test.
    var (term, sum) = (1.0, 1.0)
    for n in 1...60 {
        term *= -angle * angle / Double((2 * n - 1) * 2 * n)
        sum += term
    }
    return sum
}

/// Some samples that differ from each other.
final class OtherSamples: SampleSource {
    let ids = SampleIDs(0..<12)
    private let shape: Shape
    private let values: Buffer<Float>
    private let hasLengths: Bool

    init(_ shape: Shape, hasLengths: Bool = false) {
        (self.shape, self.hasLengths) = (shape, hasLengths)
        values = Buffer((0..<12).flatMap { id in Fixture.sample(shape).map { $0 + Float(id) } })
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
        CleanSample(
            .floats(values.pointer + Int(id) * shape.count), length: hasLengths ? length(of: id) : nil)
    }

    /// How many places are real, where it says so.
    func length(of id: UInt64) -> Int { Int(id) + 1 }

    func label(_ id: UInt64) -> Int { Int(id) % 5 }

    func values(of id: UInt64) -> [Float] {
        Array(UnsafeBufferPointer(start: values.pointer + Int(id) * shape.count, count: shape.count))
    }
}
