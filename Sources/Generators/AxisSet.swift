import Tensors

/// Which axes of a sample a value varies along, as places in the sample's shape; the batch's axis is never one of them,
/// because every value may differ from sample to sample.
///
/// Axes of size 1 are left out: a value of one pixel channel and a value of one pixel are then the same kind of thing.
package struct AxisSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static func axis(_ place: Int) -> AxisSet { AxisSet(rawValue: 1 << UInt32(place)) }

    /// All axes of `shape` that are longer than 1.
    package static func all(of shape: Shape) -> AxisSet {
        shape.sizes.indices.reduce(into: []) { set, place in
            if shape[place] != 1 { set.insert(.axis(place)) }
        }
    }

    /// How many elements a value along these axes of `shape` has for one sample.
    package func count(in shape: Shape) -> Int {
        shape.sizes.indices.reduce(1) { contains(.axis($1)) ? $0 * shape[$1] : $0 }
    }

    /// The places of the axes, outermost first.
    package var places: [Int] { (0..<32).filter { contains(.axis($0)) } }
}
