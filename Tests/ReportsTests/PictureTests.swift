import Testing

@testable import Reports

@Suite struct PictureTests {
    @Test func `values become greys within the range`() {
        let picture = Picture(height: 2, width: 3, channels: 1, values: [-1, 0, 3, -5, 9, .nan])
        let letters: [Colour: Character] = [
            Colour(0x000000): "0", Colour(0x404040): "¼", Colour(0xffffff): "1", .broken: "!",
        ]
        #expect(art(of: picture.drawn(in: -1...3, .grey), letters) == ["0¼1", "01!"])
    }

    @Test func `three channels are a colour, and others behind them are not seen`() {
        let values: [Float] = [1, 0.2, -3, 7, 0, 0.4, 2, 7, 0, .infinity, 0, 7]
        let canvas = Picture(height: 1, width: 3, channels: 4, values: values).drawn(in: 0...1, .grey)
        #expect([0, 1, 2].map { canvas[$0, 0] } == [Colour(0xff3300), Colour(0x0066ff), .broken])
    }

    @Test func `a range of one value is the middle`() {
        let canvas = Picture(height: 1, width: 2, channels: 1, values: [4, 5]).drawn(in: 4...4, .difference)
        #expect([canvas[0, 0], canvas[1, 0]] == [Colour(0xffffff), Colour(0xffffff)])
    }

    @Test func `shrinking gives means of blocks, also of cut ones`() {
        // [3, 5, 2] by blocks of 2 × 2 (width × height): [2, 3, 2].
        let values = (0..<15).flatMap { [Float($0), Float(-2 * $0)] }
        let shrunk = Picture(height: 3, width: 5, channels: 2, values: values).shrunk(by: PixelSize(2, 2))
        #expect([shrunk.height, shrunk.width, shrunk.channels] == [2, 3, 2])
        let means: [Float] = [3, 5, 6.5, 10.5, 12.5, 14]
        #expect(shrunk.values == means.flatMap { [$0, -2 * $0] })
    }

    @Test func `a block with a value that is not finite is not`() {
        let shrunk = Picture(height: 1, width: 4, channels: 1, values: [1, .infinity, -.infinity, .infinity])
            .shrunk(by: PixelSize(2, 1))
        #expect(shrunk.values.allSatisfy { !$0.isFinite })
    }

    @Test func `time goes to the right and low bins are below`() {
        let picture = Picture(frames: 3, bins: 2, spectrogram: [1, 2, 3, 4, 5, 6])
        #expect(picture == Picture(height: 2, width: 3, channels: 1, values: [2, 4, 6, 1, 3, 5]))
    }
}

@Suite struct AxisScaleTests {
    @Test(arguments: [
        // values, pixels for each, values for each pixel, pixels
        (1, 112, 1, 112), (3, 37, 1, 111), (8, 14, 1, 112), (28, 4, 1, 112), (32, 3, 1, 96), (43, 2, 1, 86),
        (64, 2, 1, 128), (83, 2, 1, 166), (84, 1, 1, 84), (224, 1, 1, 224), (225, 1, 2, 113),
        (512, 1, 3, 171),
        (10_000, 1, 45, 223),
    ])
    func `pictures are neither tiny nor huge`(count: Int, zoom: Int, block: Int, pixels: Int) {
        let scale = AxisScale(count, low: 84, usual: 112, high: 224)
        #expect(scale.zoom == zoom && scale.block == block && scale.pixels(count) == pixels)
    }

    @Test(
        arguments: [
            (0.4137, 0.42), (0.42, 0.42), (1, 1), (0.999, 1), (80, 80), (123.4, 130), (1e-6, 1e-6), (0, 0),
        ] as [(Float, Float)])
    func `scales have two digits and do not get smaller`(value: Float, expected: Float) {
        #expect(value.roundedUp == expected)
    }

    @Test func `numbers are written short`() {
        #expect([1, -80, 0.25, -0.5].map { ($0 as Float).shortText } == ["1", "−80", "0.25", "−0.5"])
    }
}
