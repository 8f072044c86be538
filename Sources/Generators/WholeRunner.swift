import Kernels
import Tensors
import VectorKernels

/// Carries out one operation on whole values, again and again in the same memory of one worker. A class with all that it
/// needs: workers share nothing that is counted.
protocol WholeRunner: AnyObject {
    func run(id: UInt64, epoch: UInt32) throws
}

/// The scripts of one worker's program.
final class ScriptSet {
    let calls: [ScriptCall]
    /// By their places in `calls`, as far as they are made.
    var runners: [Int: ScriptRunner] = [:]

    init(_ calls: [ScriptCall]) { self.calls = calls }
}

extension WholeStep {
    /// - Parameter slots: the start of the worker's slots.
    func runner(
        slots: UnsafeMutablePointer<Float>, kernels: NoiseKernels, partners: PartnerSet, scripts: ScriptSet
    ) -> any WholeRunner {
        let result = slots + result.slot
        func operand(_ place: Int) -> UnsafePointer<Float> { UnsafePointer(slots + operands[place].slot) }
        switch operation {
        case .reduce(let reduction):
            return ReduceRunner(reduction, operand(0), operands[0].shape, result, self.result.shape)
        case .reshape: return NothingRunner()
        case .scan(let scan, let axis): return ScanRunner(scan, axis, operand(0), operands[0].shape, result)
        case .gather(let axes):
            let positions = operands.indices.dropFirst().map { (operand($0), operands[$0].shape) }
            return axes.count == 1 && positions[0].1 == Shape.along(axes[0], positions[0].1.count)
                ? RowGatherRunner(
                    axes[0], operand(0), operands[0].shape, positions[0].0, result, self.result.shape)
                : GatherRunner(axes, operand(0), operands[0].shape, positions, result, self.result.shape)
        case .correlate(let axes):
            return CorrelateRunner(
                axes, operand(0), operands[0].shape, operand(1), operands[1].shape, result, self.result.shape,
                kernels)
        case .fourier(let axis, let inverse, _):
            return FourierRunner(
                axis, inverse: inverse, operand(0), operands.count > 1 ? operand(1) : nil, operands[0].shape,
                result)
        case .choose(let key, let axis):
            return ChooseRunner(
                key, axis, counts: operand(0), operands[0].shape, result, self.result.shape, kernels)
        case .permutation(let key, let axis):
            return PermutationRunner(key, axis, result, self.result.shape, kernels)
        case .order(let axis): return OrderRunner(axis, operand(0), operands[0].shape, result)
        case .top: return TopRunner(operand(0), operands[0].shape.count, operand(1), result)
        case .round(let rounding):
            return RoundRunner(rounding, operand(0), result, count: self.result.shape.count)
        case .partner(let place): return PartnerRunner(place, partners, result, self.result.shape.count)
        case .partnerID(let place): return PartnerIDRunner(place, partners, result)
        case .partnerLength(let place): return PartnerLengthRunner(place, partners, result)
        case .script(let place):
            let runner = ScriptRunner(
                scripts.calls[place], operands.indices.map { (operand($0), operands[$0].shape.count) },
                result,
                kernels)
            scripts.runners[place] = runner
            return runner
        case .scriptMask(let place): return ScriptMaskRunner(scripts.runners[place]!, result)
        }
    }
}

/// A reshaped value is its operand's memory.
private final class NothingRunner: WholeRunner {
    func run(id: UInt64, epoch: UInt32) {}
}

private final class PartnerRunner: WholeRunner {
    private let (place, partners, result, count): (Int, PartnerSet, UnsafeMutablePointer<Float>, Int)

    init(_ place: Int, _ partners: PartnerSet, _ result: UnsafeMutablePointer<Float>, _ count: Int) {
        (self.place, self.partners, self.result, self.count) = (place, partners, result, count)
    }

    func run(id: UInt64, epoch: UInt32) throws {
        result.update(from: try partners.values(place, of: id, epoch: epoch), count: count)
    }
}

private final class PartnerIDRunner: WholeRunner {
    private let (place, partners, result): (Int, PartnerSet, UnsafeMutablePointer<Float>)

    init(_ place: Int, _ partners: PartnerSet, _ result: UnsafeMutablePointer<Float>) {
        (self.place, self.partners, self.result) = (place, partners, result)
    }

    func run(id: UInt64, epoch: UInt32) throws {
        result[0] = Float(try partners.id(place, of: id, epoch: epoch))
    }
}

private final class PartnerLengthRunner: WholeRunner {
    private let (place, partners, result): (Int, PartnerSet, UnsafeMutablePointer<Float>)

    init(_ place: Int, _ partners: PartnerSet, _ result: UnsafeMutablePointer<Float>) {
        (self.place, self.partners, self.result) = (place, partners, result)
    }

    func run(id: UInt64, epoch: UInt32) throws {
        result[0] = Float(try partners.length(place, of: id, epoch: epoch))
    }
}
