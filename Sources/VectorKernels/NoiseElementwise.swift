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

/// The kernels of all operations in order. Never inlined: array code in a module with higher flags may be merged with the
/// same of a lower one, which then fails on a processor without them.
@inline(never)
public func elementwiseTable(_ kernel: (ElementwiseOperation) -> ElementwiseKernel) -> [ElementwiseKernel] {
    ElementwiseOperation.allCases.map(kernel)
}

extension ElementwiseOperation {
    /// This operation over blocks, in vectors of type `V`.
    @inlinable @inline(__always)
    func kernel<V: FloatVector>(vector: V.Type) -> ElementwiseKernel {
        switch self {
        case .add: { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in x + y } }
        case .subtract: { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in x - y } }
        case .multiply: { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in x * y } }
        case .divide: { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in x / y } }
        case .floorDivide: { out, a, b, _, count in map(out, a, b, count) { V.floorDivide($0, $1) } }
        case .modulo:
            { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in x - V.floorDivide(x, y) * y } }
        case .power: { out, a, b, _, count in map(out, a, b, count) { V.power($0, $1) } }
        case .minimum: { out, a, b, _, count in map(out, a, b, count) { V.select(V.less($0, $1), $0, $1) } }
        case .maximum: { out, a, b, _, count in map(out, a, b, count) { V.select(V.less($1, $0), $0, $1) } }
        case .less: { out, a, b, _, count in map(out, a, b, count) { V(bits: V.less($0, $1)) } }
        case .lessEqual: { out, a, b, _, count in map(out, a, b, count) { V(bits: V.lessEqual($0, $1)) } }
        case .equal: { out, a, b, _, count in map(out, a, b, count) { V(bits: V.equal($0, $1)) } }
        case .notEqual: { out, a, b, _, count in map(out, a, b, count) { V(bits: V.notEqual($0, $1)) } }
        case .and:
            { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in V(bits: x.bits & y.bits) } }
        case .or:
            { out, a, b, _, count in map(out, a, b, count) { (x: V, y: V) in V(bits: x.bits | y.bits) } }
        case .not: { out, a, _, _, count in map(out, a, count) { (x: V) in V(bits: ~x.bits) } }
        case .select: { out, a, b, c, count in map(out, a, b, c, count) { V.select($0.bits, $1, $2) } }
        case .negate:
            { out, a, _, _, count in
                map(out, a, count) { (x: V) in V(bits: x.bits ^ V.Words(repeating: 0x8000_0000)) }
            }
        case .absolute: { out, a, _, _, count in map(out, a, count) { (x: V) in x.magnitude } }
        case .sign: { out, a, _, _, count in map(out, a, count) { V.sign($0) } }
        case .floor: { out, a, _, _, count in map(out, a, count) { V.floor($0) } }
        case .ceil: { out, a, _, _, count in map(out, a, count) { V.ceil($0) } }
        case .round: { out, a, _, _, count in map(out, a, count) { V.round($0) } }
        case .squareRoot: { out, a, _, _, count in map(out, a, count) { V.squareRoot($0) } }
        case .exp: { out, a, _, _, count in map(out, a, count) { V.exp($0) } }
        case .log: { out, a, _, _, count in map(out, a, count) { V.log($0) } }
        case .sin: { out, a, _, _, count in map(out, a, count) { V.sin($0) } }
        case .cos: { out, a, _, _, count in map(out, a, count) { V.cos($0) } }
        case .tanh: { out, a, _, _, count in map(out, a, count) { V.tanh($0) } }
        case .poissonQuantile: { out, a, b, _, count in map(out, a, b, count) { V.poissonQuantile($0, $1) } }
        }
    }
}
