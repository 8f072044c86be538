import Kernels
import Tensors
import Testing
import VectorKernels

/// What is done to weights and gradients beside the optimisers.
struct WeightKernelsTests {
    @Test(arguments: InstructionSet.supported, [1, 2, 15, 16, 17, 33, 48, 70])
    func `squares are summed in sixteen lanes, the same bits everywhere`(set: InstructionSet, columns: Int) {
        let (rows, stride) = (3, 80)
        let x = Fixture.buffer(rows * stride, seed: 61)
        // What lies beside the columns must not count.
        for row in 0..<rows { for i in columns..<stride { x[row * stride + i] = .nan } }
        var wanted = [Double](repeating: 0.125, count: 16)
        for row in 0..<rows {
            for i in 0..<columns {
                wanted[i % 16] += Double(x[row * stride + i]) * Double(x[row * stride + i])
            }
        }
        let lanes = Buffer([Double](repeating: 0.125, count: 16) + [7, -7])
        KernelSet.of(set)!.training.addSquares(lanes.pointer, x.pointer, stride, rows, columns)
        #expect(lanes.values == wanted + [7, -7])
    }

    @Test(arguments: InstructionSet.supported, [16, 48, 80])
    func `an average approaches the weights`(set: InstructionSet, count: Int) {
        let (average, x) = (Fixture.buffer(count + 16, seed: 62), Fixture.buffer(count + 16, seed: 63))
        let before = average.values
        let values = x.values
        KernelSet.of(set)!.training.approach(average.pointer, x.pointer, 0.3, count)
        let wanted = (0..<count).map { 0.7 * Double(before[$0]) + 0.3 * Double(values[$0]) }
        expectClose(Array(average.values[..<count]), wanted, tolerance: 2e-7)
        #expect(Array(average.values[count...]) == Array(before[count...]))
        #expect(x.values == values)
    }
}
