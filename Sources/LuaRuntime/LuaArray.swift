import CLua

/// Memory that a script reads and writes in place.
package struct LuaArray {
    package var values: UnsafeMutablePointer<Float>
    /// Row-major.
    package var sizes: [Int]
    /// True if elements are masks: all bits set or none.
    package var isMask: Bool
    /// Of the memory; a script's thread that was left behind may write to it at any time.
    package var owner: AnyObject

    package init(_ values: UnsafeMutablePointer<Float>, sizes: [Int], isMask: Bool, owner: AnyObject) {
        (self.values, self.sizes, self.isMask, self.owner) = (values, sizes, isMask, owner)
    }

    var cArray: mottle_array {
        var array = mottle_array()
        (array.values, array.is_mask, array.rank) = (values, isMask ? 1 : 0, Int32(sizes.count))
        withUnsafeMutableBytes(of: &array.sizes) { bytes in
            let places = bytes.bindMemory(to: Int64.self)
            for (place, size) in sizes.enumerated() { places[place] = Int64(size) }
        }
        return array
    }
}

/// Makes the random numbers of the sample that a script works on.
package final class LuaDrawSource {
    /// How many numbers are asked for at a time.
    package static let count = Int(MOTTLE_DRAWS)
    /// (1 for normal or 0 for uniform numbers, the first one's number, room for `count`)
    package let fill: (Int, Int, UnsafeMutablePointer<Float>) -> Void

    package init(fill: @escaping (Int, Int, UnsafeMutablePointer<Float>) -> Void) { self.fill = fill }
}

/// From Lua into Swift; returns before anything may raise.
func fillDraws(
    context: UnsafeMutableRawPointer?, kind: Int32, first: Int64, values: UnsafeMutablePointer<Float>?
) {
    guard let context, let values else { return }
    let source = Unmanaged<LuaDrawSource>.fromOpaque(context).takeUnretainedValue()
    source.fill(Int(kind), Int(first), values)
}
