/// Rows of `channels` values, each padded with zeros to `stride`, a multiple of 16: what layers hand to each other.
public struct Rows: Sendable {
    public var count: Int
    public var channels: Int
    public var stride: Int

    public init(count: Int, channels: Int, stride: Int) {
        (self.count, self.channels, self.stride) = (count, channels, stride)
    }

    /// Writes the two results of a function of x, value by value, with zeros in the padding; nil: the second is not wanted. Either
    /// may be written over x.
    @inlinable @inline(__always)
    func map<V: FloatVector>(
        _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>?,
        _ x: UnsafePointer<Float>, _ function: (V) -> (V, V)
    ) {
        guard let second else {
            for i in Swift.stride(from: 0, to: count * stride, by: V.scalarCount) {
                function(V(loading: x + i)).0.store(to: first + i)
            }
            return clearPadding(first)
        }
        for i in Swift.stride(from: 0, to: count * stride, by: V.scalarCount) {
            let results = function(V(loading: x + i))
            results.0.store(to: first + i)
            results.1.store(to: second + i)
        }
        clearPadding(first)
        clearPadding(second)
    }

    @inlinable @inline(__always)
    func clearPadding(_ out: UnsafeMutablePointer<Float>) {
        guard channels < stride else { return }
        for row in 0..<count {
            for column in channels..<stride { out[row * stride + column] = 0 }
        }
    }
}
