import Glibc
import Kernels
import Tensors
import Testing
import VectorKernels

@testable import Training

private func loss(_ logits: [Double], label: Int) -> Double {
    let largest = logits.max()!
    return log(logits.reduce(0) { $0 + exp($1 - largest) }) - (logits[label] - largest)
}

/// The kernel's results for logits in padded rows, whose padding is full of what must not count.
private func compute(
    _ rows: [[Float]], labels: [Int32], targets: [Float]? = nil, set: InstructionSet
) -> (losses: [Float], gradient: [Float], padding: [Float], correct: Int) {
    let classes = rows[0].count
    let stride = paddedTo16(classes)
    let logits = Buffer<Float>(Array(repeating: 1e20, count: rows.count * stride))
    for (row, values) in rows.enumerated() {
        for (column, value) in values.enumerated() { logits[row * stride + column] = value }
    }
    let (gradient, losses) = (Buffer<Float>(count: rows.count * stride), Buffer<Float>(count: rows.count))
    let (memory, shares) = (Buffer(labels), targets.map { Buffer($0) })
    let correct = KernelSet.of(set)!.training.losses.softmaxCrossEntropy(
        SoftmaxCrossEntropy(
            logits: logits.pointer, stride: stride, rows: rows.count, classes: classes,
            labels: memory.pointer, targets: shares.map { UnsafePointer($0.pointer) },
            losses: losses.pointer, gradient: gradient.pointer, scale: 1 / Float(rows.count)))
    withExtendedLifetime((memory, shares)) {}
    let all = gradient.values.enumerated()
    return (
        losses.values, all.filter { $0.offset % stride < classes }.map(\.element),
        all.filter { $0.offset % stride >= classes }.map(\.element), correct
    )
}

struct CrossEntropyTests {
    @Test(arguments: InstructionSet.supported, [2, 10, 21])
    func `blended labels have the blend of the losses and gradients`(set: InstructionSet, classes: Int) {
        let values = Fixture.floats(2 * classes, seed: 43).map { $0 * 5 }
        let rows = (0..<2).map { Array(values[$0 * classes..<($0 + 1) * classes]) }
        let (first, second): ([Int32], [Int32]) = ([0, Int32(classes - 1)], [Int32(classes - 1), 1])
        let shares: [Float] = [0.3, 0.85]
        var targets = [Float](repeating: 0, count: 2 * classes)
        for row in 0..<2 {
            targets[row * classes + Int(first[row])] += shares[row]
            targets[row * classes + Int(second[row])] += 1 - shares[row]
        }
        let found = compute(rows, labels: first, targets: targets, set: set)
        let (a, b) = (compute(rows, labels: first, set: set), compute(rows, labels: second, set: set))
        func blend(_ x: [Float], _ y: [Float], _ perRow: Int) -> [Double] {
            x.indices.map {
                Double(shares[$0 / perRow]) * Double(x[$0]) + Double(1 - shares[$0 / perRow]) * Double(y[$0])
            }
        }
        expectClose(found.losses, blend(a.losses, b.losses, 1))
        expectClose(found.gradient, blend(a.gradient, b.gradient, classes))
        #expect(found.padding.allSatisfy { $0 == 0 })
        #expect(found.correct == a.correct)
    }

    @Test(arguments: InstructionSet.supported, [2, 10, 16, 21, 37])
    func `losses and gradients agree with Double and with central differences`(
        set: InstructionSet, classes: Int
    ) {
        let values = Fixture.floats(3 * classes, seed: 41).map { $0 * 6 }
        let rows = (0..<3).map { Array(values[$0 * classes..<($0 + 1) * classes]) }
        let labels = [Int32(classes - 1), 0, Int32(classes / 2)]
        let found = compute(rows, labels: labels, set: set)
        let h = 1e-5
        var differences: [Double] = []
        for (row, label) in zip(rows, labels) {
            for column in 0..<classes {
                var (above, below) = (row.map(Double.init), row.map(Double.init))
                above[column] += h
                below[column] -= h
                let change = loss(above, label: Int(label)) - loss(below, label: Int(label))
                differences.append(change / (2 * h) / 3)
            }
        }
        expectClose(found.losses, zip(rows, labels).map { loss($0.map(Double.init), label: Int($1)) })
        expectClose(found.gradient, differences)
        #expect(found.padding.allSatisfy { $0 == 0 })
    }

    @Test(arguments: InstructionSet.supported)
    func `large logits neither overflow nor lose the loss`(set: InstructionSet) {
        let found = compute([[1000, -1000, 998], [-3e38, 3e38, 0]], labels: [2, 1], set: set)
        expectClose(found.losses, [2 + log1p(exp(-2)), 0])
        #expect(found.gradient.allSatisfy { $0.isFinite })
        #expect(found.correct == 1)
    }

    @Test(arguments: InstructionSet.supported)
    func `a prediction is the first largest logit`(set: InstructionSet) {
        let rows: [[Float]] = [[1, 5, 5], [5, 1, 5], [-7, -7, -6], [0, 0, 0]]
        #expect(compute(rows, labels: [1, 0, 2, 0], set: set).correct == 4)
        #expect(compute(rows, labels: [2, 2, 1, 1], set: set).correct == 0)
    }

    @Test(arguments: InstructionSet.supported, [Float.nan, .infinity])
    func `what is not finite stays visible`(set: InstructionSet, value: Float) {
        let found = compute([[0, 1, 2], [0, value, 1]], labels: [2, 0], set: set)
        #expect(found.losses[0].isFinite)
        #expect(!found.losses[1].isFinite)
    }
}
