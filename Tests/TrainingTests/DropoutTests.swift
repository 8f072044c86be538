import Kernels
import Tensors
import Testing
import Workers

@testable import Training

private let features = 70

/// The outputs of a dropout layer for ones, a row for each sample.
private func outputs(
    ids: [UInt64], epoch: UInt32 = 2, rate: Double = 0.3, seed: UInt64 = 9, isTraining: Bool = true,
    name: String = "dropout1", set: InstructionSet = .baseline
) -> [[Float]] {
    let engine = Engine(
        kernels: KernelSet.of(set)!, pool: WorkerPool(threads: 1), capacity: ids.count, leaves: 1)
    engine.memory.beginLayer()
    let input = engine.memory.output([features], wantsGradient: false)
    engine.memory.beginLayer()
    let layer = Dropout(name: name, input, rate: rate, seed: seed, engine: engine)
    engine.memory.layOut()
    let stride = input.stride
    for index in 0..<ids.count * stride { input.values.pointer[index] = index % stride < features ? 1 : 0 }
    let addresses = Buffer(ids)
    let update = isTraining ? WeightUpdate(.sgd(SGDConfig()), step: 1) : nil
    return withExtendedLifetime((engine, addresses)) {
        layer.forward(Pass(count: ids.count, ids: addresses.pointer, epoch: epoch, update: update))
        let rows = layer.output.values.pointer!
        return (0..<ids.count).map { row in (0..<features).map { rows[row * stride + $0] } }
    }
}

struct DropoutTests {
    @Test(arguments: InstructionSet.supported, [0.1, 0.5, 0.8])
    func `the share dropped is within binomial bounds, and the others are scaled`(
        set: InstructionSet, rate: Double
    ) {
        let values = outputs(ids: Array(0..<500), rate: rate, set: set).joined()
        let dropped = Double(values.filter { $0 == 0 }.count)
        let count = 500 * Double(features)
        #expect(abs(dropped - count * rate) < 4 * (count * rate * (1 - rate)).squareRoot())
        let kept = 1 / (1 - Float(rate))
        #expect(values.allSatisfy { $0 == 0 || $0 == kept })
    }

    @Test func `a sample's mask is the same in any batch`() {
        let together = outputs(ids: [4, 900, 17, 5_000_000_000])
        #expect(outputs(ids: [17]) == [together[2]])
        #expect(outputs(ids: [5_000_000_000, 3, 4]) == [together[3], outputs(ids: [3])[0], together[0]])
    }

    @Test func `masks differ between samples, epochs, seeds and layers`() {
        let mask = outputs(ids: [17])
        #expect(outputs(ids: [18]) != mask)
        #expect(outputs(ids: [17], epoch: 3) != mask)
        #expect(outputs(ids: [17], seed: 10) != mask)
        #expect(outputs(ids: [17], name: "dropout2") != mask)
    }

    @Test func `the mask is what its address says, on every instruction set`() {
        let key = DrawAddress.key(seed: 9, path: "model/dropout1", draw: "uniform")
        let address = DrawAddress(key: key, epoch: 2, sample: 17)
        let kept: Float = 1 / (1 - 0.3)
        let wanted = (0..<features).map { Float(address.bits($0) >> 8) * 0x1p-24 < 0.3 ? 0 : kept }
        for set in InstructionSet.supported { #expect(outputs(ids: [17], set: set) == [wanted]) }
    }

    @Test func `nothing is dropped in evaluation, or at rate 0`() {
        let ones = [Array(repeating: Float(1), count: features)]
        #expect(outputs(ids: [17], isTraining: false) == ones)
        #expect(outputs(ids: [17], rate: 0) == ones)
    }
}
