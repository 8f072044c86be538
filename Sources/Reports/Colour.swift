/// An opaque colour, 8 bits of sRGB for each part.
package struct Colour: Hashable, Sendable {
    package var red: UInt8
    package var green: UInt8
    package var blue: UInt8

    /// `Colour(0xff8000)` is orange.
    package init(_ code: UInt32) {
        (red, green, blue) = (
            UInt8(truncatingIfNeeded: code >> 16), UInt8(truncatingIfNeeded: code >> 8),
            UInt8(truncatingIfNeeded: code)
        )
    }

    /// This colour with `share`, 0...1, of another laid over it.
    package func mixed(with other: Colour, share: Float) -> Colour {
        func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
            UInt8((Float(from) + (Float(to) - Float(from)) * share).rounded())
        }
        var mixed = self
        mixed.red = mix(red, other.red)
        mixed.green = mix(green, other.green)
        mixed.blue = mix(blue, other.blue)
        return mixed
    }
}

extension Colour {
    static let page = Colour(0xffffff)
    static let ink = Colour(0x1d2126)
    /// Text that explains other text.
    static let fainter = Colour(0x6a727b)
    /// Frames and rules.
    static let hairline = Colour(0xd3d7dc)
    /// What a mask hides: an orange that viridis and the greys do not have, light enough to be seen over black.
    static let hidden = Colour(0xff7f1e)
    /// Values that are not finite: in none of the maps.
    static let broken = Colour(0xff00ff)
}

/// Colours for the numbers 0...1.
package enum ColourMap: Equatable, Sendable {
    /// Black to white.
    case grey
    /// Dark blue over green to yellow, lighter with every step (van der Walt and Smith, 2015).
    case viridis
    /// Blue for 0, white for ½, red for 1 (ColorBrewer's RdBu).
    case difference

    /// The colour of a number; what is beyond 0...1 gets the end's, what is not finite a striking one.
    package func colour(at position: Float) -> Colour {
        guard position.isFinite else { return .broken }
        let place = min(max(position, 0), 1) * Float(stops.count - 1)
        let below = min(Int(place), stops.count - 2)
        return stops[below].mixed(with: stops[below + 1], share: place - Float(below))
    }

    /// The colours at equal distances, from 0 to 1.
    private var stops: [Colour] {
        switch self {
        case .grey: Self.greyStops
        case .viridis: Self.viridisStops
        case .difference: Self.differenceStops
        }
    }

    private static let greyStops = [0x000000, 0xffffff].map(Colour.init)
    private static let viridisStops = [
        0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725,
    ].map(Colour.init)
    private static let differenceStops = [
        0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xffffff, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b,
    ].map(Colour.init)
}
