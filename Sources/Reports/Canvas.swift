/// A place of pixels: columns from the left and rows from the top, both counted from 0.
package struct PixelPoint: Hashable, Sendable {
    package var x: Int
    package var y: Int

    package init(_ x: Int, _ y: Int) { (self.x, self.y) = (x, y) }
}

/// How many pixels something is wide and high.
package struct PixelSize: Hashable, Sendable {
    package var width: Int
    package var height: Int

    package init(_ width: Int, _ height: Int) { (self.width, self.height) = (width, height) }
}

/// Pixels to draw on. What reaches over an edge is cut off.
package struct Canvas: Equatable, Sendable {
    package let width: Int
    package let height: Int
    /// Red, green, blue of each pixel, row by row.
    package private(set) var pixels: [UInt8]

    package init(_ size: PixelSize, colour: Colour = .page) {
        precondition(size.width >= 0 && size.height >= 0, "a canvas cannot be \(size)")
        (width, height) = (size.width, size.height)
        pixels = [UInt8](repeating: 0, count: 3 * width * height)
        fill(at: PixelPoint(0, 0), size, colour)
    }

    package var size: PixelSize { PixelSize(width, height) }

    /// The colour of a pixel of the canvas.
    package subscript(x: Int, y: Int) -> Colour {
        get {
            let place = offset(x, y)
            return Colour(
                UInt32(pixels[place]) << 16 | UInt32(pixels[place + 1]) << 8 | UInt32(pixels[place + 2]))
        }
        set {
            let place = offset(x, y)
            pixels[place] = newValue.red
            pixels[place + 1] = newValue.green
            pixels[place + 2] = newValue.blue
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int {
        precondition(0..<width ~= x && 0..<height ~= y, "no pixel [\(x), \(y)] in \(width) × \(height)")
        return 3 * (y * width + x)
    }

    /// Fills a rectangle; with an opacity under 1, what was there shines through.
    package mutating func fill(
        at corner: PixelPoint, _ size: PixelSize, _ colour: Colour, opacity: Float = 1
    ) {
        for y in max(corner.y, 0)..<max(min(corner.y + size.height, height), corner.y, 0) {
            for x in max(corner.x, 0)..<max(min(corner.x + size.width, width), corner.x, 0) {
                self[x, y] = opacity == 1 ? colour : self[x, y].mixed(with: colour, share: opacity)
            }
        }
    }

    /// Draws a line of one pixel around a rectangle, outside of it.
    package mutating func frame(at corner: PixelPoint, _ size: PixelSize, _ colour: Colour) {
        let (width, height) = (size.width + 2, size.height + 2)
        fill(at: PixelPoint(corner.x - 1, corner.y - 1), PixelSize(width, 1), colour)
        fill(at: PixelPoint(corner.x - 1, corner.y + size.height), PixelSize(width, 1), colour)
        fill(at: PixelPoint(corner.x - 1, corner.y - 1), PixelSize(1, height), colour)
        fill(at: PixelPoint(corner.x + size.width, corner.y - 1), PixelSize(1, height), colour)
    }

    /// Lays a colour over each pixel, as opaque as its share, [height, width], times `opacity`.
    package mutating func overlay(_ shares: [Float], _ colour: Colour, opacity: Float) {
        precondition(
            shares.count == width * height,
            "\(width) × \(height) pixels want as many shares, got \(shares.count)")
        for y in 0..<height {
            for x in 0..<width where shares[y * width + x] > 0 {
                self[x, y] = self[x, y].mixed(with: colour, share: shares[y * width + x] * opacity)
            }
        }
    }

    /// Draws another canvas, each of its pixels as a block of `zoom`.
    package mutating func draw(
        _ other: Canvas, at corner: PixelPoint, zoom: PixelSize = PixelSize(1, 1)
    ) {
        for y in 0..<other.height {
            for x in 0..<other.width {
                let place = PixelPoint(corner.x + x * zoom.width, corner.y + y * zoom.height)
                fill(at: place, zoom, other[x, y])
            }
        }
    }
}
