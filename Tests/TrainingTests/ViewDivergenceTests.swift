import Foundation
import Kernels
import Tensors
import Testing
import VectorKernels

/// Two samples in several views, two rows each.
private struct ViewCall {
    let views: Int
    let classes: Int
    let samples = 2
    let positions = 2

    let logits: [Float]

    init(views: Int, classes: Int) {
        (self.views, self.classes) = (views, classes)
        logits = Fixture.floats(samples * views * positions * classes, seed: 81).map { $0 * 4 }
    }

    var rows: Int { samples * views * positions }

    func run(_ set: InstructionSet, logits: [Float]? = nil, wantsGradient: Bool = true)
        -> (losses: [Float], gradient: [Float])
    {
        let x = PaddedRows(logits ?? self.logits, channels: classes, filler: .nan)
        let before = Fixture.floats(rows * classes, seed: 82)
        let gradient = PaddedRows(before, channels: classes, filler: 0)
        let (losses, normalisers) = (Buffer<Float>(count: rows), Buffer<Float>(count: rows))
        KernelSet.of(set)!.training.losses.viewDivergence(
            ViewDivergence(
                logits: x.pointer, stride: x.stride, classes: classes, samples: samples, views: views,
                positions: positions, losses: losses.pointer, normalisers: normalisers.pointer,
                gradient: wantsGradient ? gradient.pointer : nil, scale: 1 / Float(rows)))
        let added = zip(gradient.checked(filler: 0), before).map { $0 - $1 }
        return (losses.values, added)
    }

    /// The mean divergence by the formula.
    func reference(_ logits: [Double]) -> Double {
        let shares = (0..<rows).map { softmax(logits[$0 * classes..<($0 + 1) * classes]) }
        var sum = 0.0
        for sample in 0..<samples {
            for position in 0..<positions {
                let group = (0..<views).map { shares[(sample * views + $0) * positions + position] }
                for k in 0..<classes {
                    let mean = group.reduce(0) { $0 + $1[k] } / Double(views)
                    for share in group { sum += share[k] * (log(share[k]) - log(mean)) }
                }
            }
        }
        return sum / Double(rows)
    }
}

struct ViewDivergenceTests {
    @Test(arguments: InstructionSet.supported, [2, 3, 4])
    func `divergence and gradient agree with Double and with central differences`(
        set: InstructionSet, views: Int
    ) {
        for classes in [2, 10, 16, 21, 37] {
            let call = ViewCall(views: views, classes: classes)
            let found = call.run(set)
            let mean = found.losses.reduce(0) { $0 + Double($1) } / Double(call.rows)
            expectClose([Float(mean)], [call.reference(call.logits.map(Double.init))], tolerance: 1e-6)
            expectClose(
                found.gradient, centralDifferences(call.logits, call.reference), tolerance: 1e-6,
                "\(classes) classes")
            #expect(call.run(set, wantsGradient: false).losses == found.losses)
        }
    }

    @Test(arguments: InstructionSet.supported)
    func `equal views do not diverge`(set: InstructionSet) {
        let call = ViewCall(views: 3, classes: 5)
        let found = call.run(
            set, logits: Array(repeating: [1, -2, 7, 0.5, 3], count: call.rows).flatMap { $0 })
        expectClose(found.losses, Array(repeating: 0, count: call.rows), tolerance: 1e-6)
        expectClose(found.gradient, Array(repeating: 0, count: call.rows * 5), tolerance: 1e-6)
    }

    @Test(arguments: InstructionSet.supported)
    func `views that are sure of different classes diverge by ln V`(set: InstructionSet) {
        let call = ViewCall(views: 2, classes: 3)
        // The first two rows are one view of the first sample, the next two its other one.
        let sure = (0..<call.rows).flatMap { $0 / 2 % 2 == 0 ? [500, 0, -500] : [-500, 0, 500] as [Float] }
        let found = call.run(set, logits: sure)
        expectClose(found.losses, Array(repeating: log(2), count: call.rows), tolerance: 1e-6)
        #expect(found.gradient.allSatisfy { $0.isFinite })
    }
}
