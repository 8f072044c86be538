import Foundation
import Kernels
import Tensors
import Testing
import VectorKernels

/// A loss of rows beside targets, with its formula in Double.
struct ElementCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let compute: @Sendable (LossKernels, ElementLoss) -> Void
    /// The loss of one row, of which only what counts is given.
    let row: @Sendable (_ x: [Double], _ t: [Double]) -> Double

    private static func elementwise(
        _ name: String, _ compute: @escaping @Sendable (LossKernels, ElementLoss) -> Void,
        _ formula: @escaping @Sendable (Double, Double) -> Double
    ) -> ElementCase {
        ElementCase(testDescription: name, compute: compute) { x, t in
            zip(x, t).reduce(0) { $0 + formula($1.0, $1.1) }
        }
    }

    static let huberDelta = 0.4

    static let all: [ElementCase] = [
        elementwise("squared", { $0.squaredError($1) }) { ($0 - $1) * ($0 - $1) },
        elementwise("absolute", { $0.absoluteError($1) }) { abs($0 - $1) },
        elementwise("huber", { $0.huberError($1, HuberError(delta: Float(huberDelta))) }) { x, t in
            let error = abs(x - t)
            let delta = Double(Float(huberDelta))
            return error < delta ? error * error / 2 : delta * (error - delta / 2)
        },
        elementwise("binary cross-entropy", { $0.binaryCrossEntropy($1) }) { x, t in
            let share = 1 / (1 + exp(-x))
            return -t * log(share) - (1 - t) * log(1 - share)
        },
        ElementCase(testDescription: "cosine", compute: { $0.cosine(CosineLoss(rows: $1)) }) { x, t in
            if x.isEmpty { return 0 }
            let product = zip(x, t).reduce(0) { $0 + $1.0 * $1.1 }
            let squares = (x.reduce(0) { $0 + $1 * $1 }, t.reduce(0) { $0 + $1 * $1 })
            return 1 - product / max((squares.0 * squares.1).squareRoot(), 1e-8)
        },
    ]
}

/// One call of a kernel: two samples of some rows.
private struct ElementCall {
    let loss: ElementCase
    let positions: Int
    let channels: Int
    /// Nil: all count.
    let counted: UInt8?
    let samples = 2
    let scale: Float = 0.125
    let outputs: [Float]
    /// Between 0 and 1, as binary cross-entropy wants them.
    let targets: [Float]
    let mask: [UInt8]

    init(loss: ElementCase, positions: Int, channels: Int, counted: UInt8?) {
        (self.loss, self.positions, self.channels, self.counted) = (loss, positions, channels, counted)
        let count = samples * positions * channels
        outputs = Fixture.floats(count, seed: 71).map { $0 * 3 }
        targets = Fixture.floats(count, seed: 72).map { ($0 + 1) / 2 }
        mask = Fixture.floats(count, seed: 73).map { $0 < 0.2 ? 1 : 0 }
    }

    var rows: Int { samples * positions }

    func run(_ set: InstructionSet, outputs: [Float]? = nil, targets: [Float]? = nil)
        -> (losses: [Double], gradient: [Float])
    {
        let x = PaddedRows(outputs ?? self.outputs, channels: channels, filler: .nan)
        // Behind the last target stands something, too.
        let t = Buffer((targets ?? self.targets) + Array(repeating: .nan, count: 16))
        let gradient = PaddedRows(
            Array(repeating: -77, count: rows * channels), channels: channels, filler: -77)
        let (mask, losses) = (Buffer(mask), Buffer<Double>(Array(repeating: -77, count: samples + 1)))
        loss.compute(
            KernelSet.of(set)!.training.losses,
            ElementLoss(
                outputs: x.pointer, stride: x.stride, targets: t.pointer,
                mask: counted == nil ? nil : UnsafePointer(mask.pointer), counted: counted ?? 1,
                samples: samples, positions: positions, channels: channels, losses: losses.pointer,
                gradient: gradient.pointer, scale: scale))
        withExtendedLifetime(mask) {}
        #expect(losses[samples] == -77)
        return (Array(losses.values[..<samples]), gradient.checked(filler: -77))
    }

    /// The sample's losses by the formula.
    func reference(_ x: [Double]) -> [Double] {
        let (t, mask) = (targets.map(Double.init), mask)
        return (0..<samples).map { sample in
            (sample * positions..<(sample + 1) * positions).reduce(0) { sum, row in
                let elements = (row * channels..<(row + 1) * channels).filter {
                    counted == nil || mask[$0] == counted
                }
                return sum + loss.row(elements.map { x[$0] }, elements.map { t[$0] })
            }
        }
    }
}

struct ElementLossTests {
    @Test(arguments: InstructionSet.supported, ElementCase.all)
    func `losses and gradients agree with Double and with central differences`(
        set: InstructionSet, loss: ElementCase
    ) {
        for channels in [1, 3, 8, 16, 17, 33] {
            for counted in [nil, 0, 1] as [UInt8?] {
                for positions in [1, 3] {
                    let call = ElementCall(
                        loss: loss, positions: positions, channels: channels, counted: counted)
                    let found = call.run(set)
                    let place: Comment = "\(positions) × \(channels), \(String(describing: counted)) counts"
                    expectClose(
                        found.losses.map { Float($0) }, call.reference(call.outputs.map(Double.init)),
                        tolerance: 2e-6, place)
                    let differences = centralDifferences(call.outputs) {
                        call.reference($0).reduce(0, +) * Double(call.scale)
                    }
                    expectClose(found.gradient, differences, tolerance: 2e-6, place)
                }
            }
        }
    }

    @Test(arguments: InstructionSet.supported, ElementCase.all)
    func `without a gradient the losses are the same`(set: InstructionSet, loss: ElementCase) {
        let call = ElementCall(loss: loss, positions: 3, channels: 7, counted: 1)
        let x = PaddedRows(call.outputs, channels: 7, filler: 0)
        let (t, mask) = (Buffer(call.targets), Buffer(call.mask))
        let losses = Buffer<Double>(count: 2)
        loss.compute(
            KernelSet.of(set)!.training.losses,
            ElementLoss(
                outputs: x.pointer, stride: 16, targets: t.pointer, mask: mask.pointer, samples: 2,
                positions: 3, channels: 7, losses: losses.pointer, gradient: nil, scale: 1))
        withExtendedLifetime(mask) {}
        #expect(losses.values == call.run(set).losses)
    }

    @Test(arguments: InstructionSet.supported)
    func `large logits have a finite binary cross-entropy`(set: InstructionSet) {
        let call = ElementCall(loss: ElementCase.all[3], positions: 1, channels: 2, counted: nil)
        let found = call.run(set, outputs: [1000, -1000, -1e30, 1e30], targets: [0, 1, 0, 1])
        #expect(found.losses == [2000, 0])
        #expect(found.gradient == [0.125, -0.125, 0, 0])
    }

    @Test(arguments: InstructionSet.supported)
    func `a row of zeros has no direction`(set: InstructionSet) {
        let call = ElementCall(loss: ElementCase.all[4], positions: 1, channels: 2, counted: nil)
        let found = call.run(set, outputs: [0, 0, 3, 4], targets: [1, 2, 0, 0])
        #expect(found.losses == [1, 1])
        #expect(found.gradient.allSatisfy { $0.isFinite })
        #expect(Array(found.gradient[2...]) == [0, 0])
    }

    @Test(arguments: InstructionSet.supported, ElementCase.all)
    func `what is no number stays visible`(set: InstructionSet, loss: ElementCase) {
        let call = ElementCall(loss: loss, positions: 1, channels: 3, counted: nil)
        var outputs = call.outputs
        outputs[4] = .nan
        let found = call.run(set, outputs: outputs)
        #expect(found.losses[0].isFinite)
        #expect(found.losses[1].isNaN)
        #expect(found.gradient[..<3].allSatisfy { $0.isFinite })
        #expect(found.gradient[4].isNaN)
    }

    @Test(arguments: InstructionSet.supported)
    func `groups of bytes are counted`(set: InstructionSet) {
        let bytes = Buffer<UInt8>([1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1])
        let count = KernelSet.of(set)!.training.losses.countGroups
        #expect(count(bytes.pointer, 1, 12, 1) == 7)
        #expect(count(bytes.pointer, 0, 12, 1) == 5)
        #expect(count(bytes.pointer, 1, 4, 3) == 3)
        #expect(count(bytes.pointer, 0, 4, 3) == 2)
        #expect(count(bytes.pointer, 1, 0, 3) == 0)
    }
}
