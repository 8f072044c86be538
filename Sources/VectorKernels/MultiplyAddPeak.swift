/// As `TrainingKernels.multiplyAddPeak`: twelve sums that do not wait for each other, which is enough for two units with
/// up to six cycles of latency.
@inlinable @inline(__always)
func multiplyAddRounds<V: ProductVector>(
    vector: V.Type, _ values: UnsafeMutablePointer<Float>, _ rounds: Int
) -> Int {
    let factor = V(loading: values)
    var sums = InlineArray<12, V>(repeating: factor)
    for _ in 0..<rounds {
        for index in 0..<12 { sums[index] = V.multiplyAdd(sums[index], factor, factor) }
    }
    var sum = sums[0]
    for index in 1..<12 { sum = sum + sums[index] }
    sum.store(to: values)
    return rounds * 12 * V.scalarCount * V.factorsPerLane * 2
}
