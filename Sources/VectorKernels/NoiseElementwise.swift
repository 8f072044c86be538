// Elementwise kernels: loads, one function of vectors, a store, over whole vectors.

@inlinable @inline(__always)
func map<V: FloatVector>(
    _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ count: Int, _ function: (V) -> V
) {
    for i in stride(from: 0, to: count, by: V.scalarCount) {
        function(V(loading: a + i)).store(to: out + i)
    }
}

@inlinable @inline(__always)
func map<V: FloatVector>(
    _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int,
    _ function: (V, V) -> V
) {
    for i in stride(from: 0, to: count, by: V.scalarCount) {
        function(V(loading: a + i), V(loading: b + i)).store(to: out + i)
    }
}

@inlinable @inline(__always)
func map<V: FloatVector>(
    _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafePointer<Float>, _ count: Int, _ function: (V, V, V) -> V
) {
    for i in stride(from: 0, to: count, by: V.scalarCount) {
        function(V(loading: a + i), V(loading: b + i), V(loading: c + i)).store(to: out + i)
    }
}

extension FloatVector {
    /// ⌊a / b⌋.
    @inlinable @inline(__always)
    static func floorDivide(_ a: Self, _ b: Self) -> Self { floor(a / b) }

    /// −1, 0 or 1.
    @inlinable @inline(__always)
    static func sign(_ a: Self) -> Self {
        let zero = Self(repeating: 0)
        let positive = less(zero, a) & Float(1).bitPattern
        return Self(bits: positive | (less(a, zero) & Float(-1).bitPattern))
    }
}

/// One operation over a block, in vectors of type `V`. One function for all of them: calling through a table of closures
/// would count a reference for every step of a program.
@inlinable @inline(__always)
func runElementwise<V: FloatVector>(
    vector: V.Type, _ operation: ElementwiseOperation, _ out: UnsafeMutablePointer<Float>,
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ count: Int
) {
    switch operation {
    case .add: map(out, a, b, count) { (x: V, y: V) in x + y }
    case .subtract: map(out, a, b, count) { (x: V, y: V) in x - y }
    case .multiply: map(out, a, b, count) { (x: V, y: V) in x * y }
    case .divide: map(out, a, b, count) { (x: V, y: V) in x / y }
    case .floorDivide: map(out, a, b, count) { V.floorDivide($0, $1) }
    case .modulo: map(out, a, b, count) { (x: V, y: V) in x - V.floorDivide(x, y) * y }
    case .power: map(out, a, b, count) { V.power($0, $1) }
    case .minimum: map(out, a, b, count) { V.select(V.less($0, $1), $0, $1) }
    case .maximum: map(out, a, b, count) { V.select(V.less($1, $0), $0, $1) }
    case .less: map(out, a, b, count) { V(bits: V.less($0, $1)) }
    case .lessEqual: map(out, a, b, count) { V(bits: V.lessEqual($0, $1)) }
    case .equal: map(out, a, b, count) { V(bits: V.equal($0, $1)) }
    case .notEqual: map(out, a, b, count) { V(bits: V.notEqual($0, $1)) }
    case .and: map(out, a, b, count) { (x: V, y: V) in V(bits: x.bits & y.bits) }
    case .or: map(out, a, b, count) { (x: V, y: V) in V(bits: x.bits | y.bits) }
    case .not: map(out, a, count) { (x: V) in V(bits: ~x.bits) }
    case .select: map(out, a, b, c, count) { V.select($0.bits, $1, $2) }
    case .multiplyAdd: map(out, a, b, c, count) { (x: V, y: V, z: V) in x * y + z }
    case .negate: map(out, a, count) { (x: V) in V(bits: x.bits ^ V.Words(repeating: 0x8000_0000)) }
    case .absolute: map(out, a, count) { (x: V) in x.magnitude }
    case .sign: map(out, a, count) { V.sign($0) }
    case .floor: map(out, a, count) { V.floor($0) }
    case .ceil: map(out, a, count) { V.ceil($0) }
    case .round: map(out, a, count) { V.round($0) }
    case .squareRoot: map(out, a, count) { V.squareRoot($0) }
    case .exp: map(out, a, count) { V.exp($0) }
    case .log: map(out, a, count) { V.log($0) }
    case .sin: map(out, a, count) { V.sin($0) }
    case .cos: map(out, a, count) { V.cos($0) }
    case .tanh: map(out, a, count) { V.tanh($0) }
    case .poissonQuantile: map(out, a, b, count) { V.poissonQuantile($0, $1) }
    }
}
