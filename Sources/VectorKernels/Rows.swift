/// Rows of `channels` values, each padded with zeros to `stride`, a multiple of 16: what layers hand to each other.
public struct Rows: Sendable {
    public var count: Int
    public var channels: Int
    public var stride: Int

    public init(count: Int, channels: Int, stride: Int) {
        (self.count, self.channels, self.stride) = (count, channels, stride)
    }

    /// out = function of x, value by value, with zeros in the padding. `out` may be x.
    @inlinable @inline(__always)
    func map<V: FloatVector>(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ function: (V) -> V
    ) {
        for i in Swift.stride(from: 0, to: count * stride, by: V.scalarCount) {
            function(V(loading: x + i)).store(to: out + i)
        }
        clearPadding(out)
    }

    /// out = function of x, y and the gradient, value by value, with zeros in the padding. `out` may be one of them.
    @inlinable @inline(__always)
    func map<V: FloatVector>(
        _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
        _ gradient: UnsafePointer<Float>, _ function: (V, V, V) -> V
    ) {
        for i in Swift.stride(from: 0, to: count * stride, by: V.scalarCount) {
            let value = function(V(loading: x + i), V(loading: y + i), V(loading: gradient + i))
            value.store(to: out + i)
        }
        clearPadding(out)
    }

    @inlinable @inline(__always)
    func clearPadding(_ out: UnsafeMutablePointer<Float>) {
        guard channels < stride else { return }
        for row in 0..<count {
            for column in channels..<stride { out[row * stride + column] = 0 }
        }
    }
}
