import Foundation
import Kernels
import Tensors
import Testing
import VectorKernels

/// Five rows with everything that a cross-entropy may have.
private struct EntropyCall {
    let classes: Int
    var smoothing: Float = 0
    var hasClassWeights = false
    var hasRowWeights = false
    var hasTargets = false
    let rows = 5
    let logits: [Float]
    let labels: [Int32]
    let classWeights: [Float]
    /// The third row is left out.
    let rowWeights: [Float] = [0.5, 1, 0, 2, 0.75]
    let targets: [Float]

    init(classes: Int) {
        self.classes = classes
        logits = Fixture.floats(rows * classes, seed: 91).map { $0 * 5 }
        labels = (0..<rows).map { Int32(($0 * 7 + 1) % classes) }
        classWeights = Fixture.floats(classes, seed: 92).map { $0 + 1.25 }
        let shares = Fixture.floats(rows * classes, seed: 93).map { $0 + 1 }
        targets = stride(from: 0, to: rows * classes, by: classes).flatMap { first in
            let sum = shares[first..<first + classes].reduce(0, +)
            return shares[first..<first + classes].map { $0 / sum }
        }
    }

    func run(_ set: InstructionSet) -> (
        losses: [Float], gradient: [Float], correct: Int, totalWeight: Double
    ) {
        var values = logits
        var labels = labels
        if hasRowWeights {
            for index in 2 * classes..<3 * classes { values[index] = .nan }
            labels[2] = -1
        }
        let x = PaddedRows(values, channels: classes, filler: .nan)
        let gradient = PaddedRows(
            Array(repeating: -77, count: rows * classes), channels: classes, filler: -77)
        let tail = [Float](repeating: .nan, count: 16)
        let (weights, shares) = (Buffer(classWeights + tail), Buffer(targets + tail))
        let (rowWeights, labelMemory) = (Buffer(self.rowWeights), Buffer(labels))
        let losses = Buffer<Float>(Array(repeating: -77, count: rows + 1))
        let entropy = SoftmaxCrossEntropy(
            logits: x.pointer, stride: x.stride, rows: rows, classes: classes, labels: labelMemory.pointer,
            targets: hasTargets ? UnsafePointer(shares.pointer) : nil, smoothing: smoothing,
            classWeights: hasClassWeights ? UnsafePointer(weights.pointer) : nil,
            rowWeights: hasRowWeights ? UnsafePointer(rowWeights.pointer) : nil, losses: losses.pointer,
            gradient: gradient.pointer, scale: 0.25)
        let kernels = KernelSet.of(set)!.training.losses
        let correct = kernels.softmaxCrossEntropy(entropy)
        let totalWeight = kernels.softmaxTotalWeight(entropy)
        withExtendedLifetime((weights, shares, rowWeights)) {}
        #expect(losses[rows] == -77)
        return (Array(losses.values[..<rows]), gradient.checked(filler: -77), correct, totalWeight)
    }

    /// Target of class k in a row, before smoothing.
    private func target(_ row: Int, _ k: Int) -> Double {
        hasTargets ? Double(targets[row * classes + k]) : Int(labels[row]) == k ? 1 : 0
    }

    func reference(_ logits: [Double]) -> [Double] {
        let (weights, rowWeights) = (classWeights.map(Double.init), rowWeights.map(Double.init))
        return (0..<rows).map { row in
            if hasRowWeights && rowWeights[row] == 0 { return 0 }
            let shares = softmax(logits[row * classes..<(row + 1) * classes])
            let epsilon = Double(smoothing)
            let sum = (0..<classes).reduce(0.0) { sum, k in
                let counts = (1 - epsilon) * target(row, k) + epsilon / Double(classes)
                return sum - (hasClassWeights ? weights[k] : 1) * counts * log(shares[k])
            }
            return sum * (hasRowWeights ? rowWeights[row] : 1)
        }
    }

    var totalWeight: Double {
        (0..<rows).reduce(0.0) { sum, row in
            let weight = (0..<classes).reduce(0.0) {
                $0 + (hasClassWeights ? Double(classWeights[$1]) : 1) * target(row, $1)
            }
            return sum + weight * (hasRowWeights ? Double(rowWeights[row]) : 1)
        }
    }
}

struct WeightedCrossEntropyTests {
    @Test(arguments: InstructionSet.supported, [2, 10, 16, 21, 37])
    func `smoothing, weights and targets in every combination`(set: InstructionSet, classes: Int) {
        for combination in 0..<16 {
            var call = EntropyCall(classes: classes)
            call.smoothing = combination & 1 == 1 ? 0.1 : 0
            call.hasClassWeights = combination & 2 != 0
            call.hasRowWeights = combination & 4 != 0
            call.hasTargets = combination & 8 != 0
            let found = call.run(set)
            expectClose(
                found.losses, call.reference(call.logits.map(Double.init)), tolerance: 3e-6, "\(combination)")
            let differences = centralDifferences(call.logits) { call.reference($0).reduce(0, +) * 0.25 }
            expectClose(found.gradient, differences, tolerance: 3e-6, "\(combination)")
            expectClose([Float(found.totalWeight)], [call.totalWeight], tolerance: 1e-6, "\(combination)")
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `a vocabulary of ten thousand`(set: InstructionSet) {
        var call = EntropyCall(classes: 10_007)
        call.smoothing = 0.2
        let found = call.run(set)
        expectClose(found.losses, call.reference(call.logits.map(Double.init)), tolerance: 3e-6)
        // Σₖ of a row's gradient is 0, and at the label it is (softmax − target) · scale.
        for row in 0..<5 {
            let slice = found.gradient[row * 10_007..<(row + 1) * 10_007]
            #expect(abs(slice.reduce(0) { $0 + Double($1) }) < 1e-5)
            let shares = softmax(call.logits[row * 10_007..<(row + 1) * 10_007].map(Double.init)[...])
            let label = Int(call.labels[row])
            let wanted = (shares[label] - 0.8 - 0.2 / 10_007) * 0.25
            expectClose([slice[slice.startIndex + label]], [wanted], tolerance: 1e-6)
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `rows that are left out are neither right nor wrong`(set: InstructionSet) {
        var call = EntropyCall(classes: 4)
        let all = call.run(set).correct
        #expect(all == (0..<5).count { row in right(call, row) })
        call.hasRowWeights = true
        #expect(call.run(set).correct == [0, 1, 3, 4].count { row in right(call, row) })
    }

    private func right(_ call: EntropyCall, _ row: Int) -> Bool {
        let logits = call.logits[row * 4..<(row + 1) * 4]
        return logits.firstIndex(of: logits.max()!)! - row * 4 == Int(call.labels[row])
    }
}
