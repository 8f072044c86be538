import Tensors

/// The shapes of traced values: the sizes of one sample's axes, outermost first, aligned at the first. The batch's axis is
/// never among them, because every value may differ from sample to sample.
///
/// An axis that a value lacks has size 1, so trailing sizes of 1 are left out: one value a sample is `[]`, one a row of a
/// picture is `[28]`, one a column is `[1, 28]`.
extension Shape {
    /// Without trailing sizes of 1.
    package var trimmed: Shape { Shape(Array(sizes.prefix((sizes.lastIndex { $0 != 1 } ?? -1) + 1))) }

    /// The size of any axis: 1 behind the last one.
    package func size(_ place: Int) -> Int { place < rank ? sizes[place] : 1 }

    /// The same shape with another size at `place`.
    package func with(_ size: Int, at place: Int) -> Shape {
        var sizes = sizes + Array(repeating: 1, count: Swift.max(0, place + 1 - rank))
        sizes[place] = size
        return Shape(sizes).trimmed
    }

    /// The shape with only one axis longer than 1.
    package static func along(_ place: Int, _ size: Int) -> Shape { Shape([]).with(size, at: place) }

    /// Places of axes that are not of size 1.
    package var longPlaces: [Int] { sizes.indices.filter { sizes[$0] != 1 } }

    /// The common shape of values that meet, nil if two sizes of an axis differ and neither is 1.
    package static func broadcast(_ shapes: [Shape]) -> Shape? {
        if let first = shapes.first, shapes.allSatisfy({ $0 == first || $0.rank == 0 }) { return first }
        if let last = shapes.last, shapes.allSatisfy({ $0 == last || $0.rank == 0 }) { return last }
        var common = Array(repeating: 1, count: shapes.map(\.rank).max() ?? 0)
        for shape in shapes {
            for (place, size) in shape.sizes.enumerated() where size != 1 {
                guard common[place] == 1 || common[place] == size else { return nil }
                common[place] = size
            }
        }
        return Shape(common).trimmed
    }

    /// How far apart neighbours along each of `rank` axes lie in memory; 0 along axes of size 1, which repeat.
    package func strides(rank: Int) -> [Int] {
        var (stride, strides) = (1, Array(repeating: 0, count: rank))
        for place in (0..<self.rank).reversed() {
            if sizes[place] != 1 { strides[place] = stride }
            stride *= sizes[place]
        }
        return strides
    }

    /// How many elements there would be if no axis were empty: what limits are about, since a size next to an empty axis
    /// could be any. As a Double it cannot overflow.
    package var extent: Double { sizes.reduce(1.0) { $0 * Double(Swift.max(1, $1)) } }

    /// Elements before, along and behind an axis: a value is `outer` times `size` times `inner` of them.
    package func split(at place: Int) -> (outer: Int, size: Int, inner: Int) {
        (
            sizes.prefix(place).reduce(1, *), size(place), sizes.dropFirst(place + 1).reduce(1, *)
        )
    }
}
