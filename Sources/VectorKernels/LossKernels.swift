/// Losses with their gradients; one table for each instruction set, as `TrainingKernels`.
///
/// Rows of outputs lie as between layers: `stride` apart, padded with zeros. A row's loss and gradient depend on nothing but
/// the row, so it does not matter how rows are shared between calls.
public struct LossKernels: Sendable {
    /// Returns how many rows have their first largest logit at their label.
    public let softmaxCrossEntropy: @Sendable (SoftmaxCrossEntropy) -> Int
    /// Returns what a mean over weighted rows is divided by; looks at labels, targets and weights only.
    public let softmaxTotalWeight: @Sendable (SoftmaxCrossEntropy) -> Double
    public let squaredError: @Sendable (ElementLoss) -> Void
    public let absoluteError: @Sendable (ElementLoss) -> Void
    public let huberError: @Sendable (ElementLoss, HuberError) -> Void
    public let binaryCrossEntropy: @Sendable (ElementLoss) -> Void
    public let cosine: @Sendable (CosineLoss) -> Void
    public let viewDivergence: @Sendable (ViewDivergence) -> Void

    /// Returns how many of `groups` of `size` bytes each hold `value` at least once: with size 1 how many bytes are `value`.
    public let countGroups:
        @Sendable (_ bytes: UnsafePointer<UInt8>, _ value: UInt8, _ groups: Int, _ size: Int) -> Int

    /// The kernels in vectors of type `V`, compiled in the module that calls this, with its instruction set.
    @inlinable @inline(__always)
    public init<V: ProductVector>(vector: V.Type) {
        softmaxCrossEntropy = { $0.compute(vector: V.self) }
        softmaxTotalWeight = { $0.totalWeight(vector: V.self) }
        squaredError = { $0.compute(SquaredError(), vector: V.self) }
        absoluteError = { $0.compute(AbsoluteError(), vector: V.self) }
        huberError = { $0.compute($1, vector: V.self) }
        binaryCrossEntropy = { $0.compute(BinaryCrossEntropy(), vector: V.self) }
        cosine = { $0.compute(vector: V.self) }
        viewDivergence = { $0.compute(vector: V.self) }
        countGroups = { groupCount(vector: V.self, $0, $1, $2, $3) }
    }
}

/// See `LossKernels.countGroups`. The vector's type gives each instruction set a function of its own.
@inlinable @inline(__always)
func groupCount<V: ProductVector>(
    vector: V.Type, _ bytes: UnsafePointer<UInt8>, _ value: UInt8, _ groups: Int, _ size: Int
) -> Int {
    var count = 0
    for group in 0..<groups {
        var isThere = false
        for i in group * size..<(group + 1) * size { isThere = isThere || bytes[i] == value }
        count &+= isThere ? 1 : 0
    }
    return count
}
