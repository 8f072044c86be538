/// Values in the form of a picture, [height, width, channels], row-major; one channel is grey, three are a colour.
package struct Picture: Equatable, Sendable {
    package let height: Int
    package let width: Int
    package let channels: Int
    package private(set) var values: [Float]

    package init(height: Int, width: Int, channels: Int, values: [Float]) {
        precondition(
            values.count == height * width * channels,
            "[\(height), \(width), \(channels)] wants as many values, got \(values.count)")
        (self.height, self.width, self.channels, self.values) = (height, width, channels, values)
    }

    /// A picture of [frames, bins]: time goes to the right, low bins are below.
    package init(frames: Int, bins: Int, spectrogram: [Float]) {
        precondition(
            spectrogram.count == frames * bins,
            "[\(frames), \(bins)] wants as many values, got \(spectrogram.count)")
        let values = (0..<bins).flatMap { row in
            (0..<frames).map { spectrogram[$0 * bins + bins - 1 - row] }
        }
        self.init(height: bins, width: frames, channels: 1, values: values)
    }

    package var size: PixelSize { PixelSize(width, height) }

    /// The means of blocks of values; blocks at the right and lower edge may be cut. A block with a value that is not
    /// finite gives one.
    package func shrunk(by block: PixelSize) -> Picture {
        if block == PixelSize(1, 1) { return self }
        let (columns, rows) = (width.dividedUp(by: block.width), height.dividedUp(by: block.height))
        var means = [Float](repeating: 0, count: rows * columns * channels)
        for row in 0..<rows {
            let ys = row * block.height..<min((row + 1) * block.height, height)
            for column in 0..<columns {
                let xs = column * block.width..<min((column + 1) * block.width, width)
                for channel in 0..<channels {
                    let sum = ys.reduce(0) { sum, y in
                        xs.reduce(sum) { $0 + values[(y * width + $1) * channels + channel] }
                    }
                    means[(row * columns + column) * channels + channel] = sum / Float(ys.count * xs.count)
                }
            }
        }
        return Picture(height: rows, width: columns, channels: channels, values: means)
    }

    /// A picture with one channel, which `choose` makes of a pixel's.
    package func flattened(_ choose: (ArraySlice<Float>) -> Float) -> Picture {
        let values = (0..<width * height).map { choose(self.values[$0 * channels..<($0 + 1) * channels]) }
        return Picture(height: height, width: width, channels: 1, values: values)
    }

    /// A pixel for each value of a single channel, or for the first three. Values beyond the range look like its ends.
    package func drawn(in range: ClosedRange<Float>, _ map: ColourMap) -> Canvas {
        precondition(channels == 1 || channels >= 3, "\(channels) channels are neither grey nor a colour")
        var canvas = Canvas(size)
        for pixel in 0..<width * height {
            let positions = values[pixel * channels..<(pixel + 1) * channels].prefix(3).map {
                range.position(of: $0)
            }
            canvas[pixel % width, pixel / width] =
                channels == 1 ? map.colour(at: positions[0]) : Colour(positions: positions)
        }
        return canvas
    }
}

extension Colour {
    /// A colour of red, green and blue in 0...1.
    fileprivate init(positions: [Float]) {
        guard positions.allSatisfy(\.isFinite) else {
            self = .broken
            return
        }
        let parts = positions.map { UInt32(($0 * 255).rounded()) }
        self.init(parts[0] << 16 | parts[1] << 8 | parts[2])
    }
}

extension ClosedRange<Float> {
    /// Where a value stands in the range: 0 at its start and before, 1 at its end and behind; ½ when the range is one
    /// value. What is not finite stays so.
    func position(of value: Float) -> Float {
        guard value.isFinite else { return value }
        guard upperBound > lowerBound else { return 0.5 }
        return (Swift.min(Swift.max(value, lowerBound), upperBound) - lowerBound) / (upperBound - lowerBound)
    }
}

extension Int {
    /// The quotient, rounded up.
    func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
