import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

struct NormLayerTests {
    private func norm(_ shape: Shape, removesMean: Bool, set: InstructionSet, threads: Int = 1) -> LayerBench
    {
        let bench = LayerBench(shape, set: set, threads: threads) {
            let layer = RowNormLayer(name: "norm1", $0, removesMean: removesMean, engine: $1)
            return (layer, layer.output)
        }
        // No two alike, and far from zero.
        for (index, weight) in bench.layer.weights.enumerated() {
            weight.unpadded = Fixture.floats(shape.sizes.last!, seed: 61 + UInt64(index)).map { $0 + 1.5 }
        }
        return bench
    }

    @Test func `the gradients of a norm are the same bits for any number of threads`() {
        let shape: Shape = [90, 70]
        let count = LayerBench.count * shape.count
        let (x, upstream) = (Fixture.floats(count, seed: 1), Fixture.floats(count, seed: 2))
        let set = InstructionSet.supported.max()!
        let one = norm(shape, removesMean: true, set: set).gradients(x, upstream: upstream)
        for threads in [2, 3, 8] {
            let found = norm(shape, removesMean: true, set: set, threads: threads)
                .gradients(x, upstream: upstream)
            #expect(found.input == one.input && found.weights == one.weights)
        }
    }
}

struct ChannelNormTests {
    private func norm(
        _ shape: Shape, groups: Int?, rectifies: Bool = false, set: InstructionSet, threads: Int = 1
    ) -> LayerBench {
        let bench = LayerBench(shape, set: set, threads: threads) { input, engine in
            if let groups {
                let layer = GroupNormLayer(
                    name: "norm1", input, groups: groups, rectifies: rectifies, engine: engine)
                return (layer, layer.output)
            }
            let layer = BatchNormLayer(name: "norm1", input, rectifies: rectifies, engine: engine)
            return (layer, layer.output)
        }
        for (index, weight) in bench.layer.weights.enumerated() where weight.isTrained {
            weight.unpadded = Fixture.floats(shape.sizes.last!, seed: 71 + UInt64(index)).map { $0 + 1.5 }
        }
        return bench
    }

    @Test func `batch norm has mean and deviation of the batch in training, and running ones in evaluation`()
    {
        let bench = norm([2, 3], groups: nil, set: InstructionSet.supported.max()!)
        let layer = bench.layer as! BatchNormLayer
        layer.scale.unpadded = [1, 2, -1]
        layer.shift.unpadded = [0, 0.5, 3]
        let x = Fixture.floats(30, seed: 5).map { $0 * 4 + 100 }
        let channels = (0..<3).map { channel in
            stride(from: channel, to: 30, by: 3).map { Double(x[$0]) }
        }
        let means = channels.map { $0.reduce(0, +) / 10 }
        let squares = zip(channels, means).map { values, mean in
            values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        func mapped(_ means: [Double], _ variances: [Double]) -> [Double] {
            x.indices.map { index in
                let channel = index % 3
                let root = (variances[channel] + 1e-5).squareRoot()
                return (Double(x[index]) - means[channel]) / root * [1, 2, -1][channel]
                    + [0, 0.5, 3][channel]
            }
        }
        expectClose(bench.forward(x), mapped(means, squares.map { $0 / 10 }), tolerance: 3e-5)
        // Before a step back nothing is known to count.
        #expect(layer.mean.unpadded == [0, 0, 0] && layer.variance.unpadded == [1, 1, 1])
        _ = bench.gradients(x, upstream: Fixture.floats(30, seed: 6))
        let (running, spread) = (means.map { $0 * 0.1 }, squares.map { 0.9 + 0.1 * $0 / 9 })
        expectClose(layer.mean.unpadded, running)
        expectClose(layer.variance.unpadded, spread)
        expectClose(bench.forward(x, update: nil), mapped(running, spread), tolerance: 3e-5)
    }

    @Test(arguments: InstructionSet.supported, [nil, 3])
    func `a ReLU in the same pass gives the same bits as one behind it`(set: InstructionSet, groups: Int?) {
        let shape: Shape = [5, 7, 18]
        let count = LayerBench.count * shape.count
        let (x, upstream) = (Fixture.floats(count, seed: 1), Fixture.floats(count, seed: 2))
        let plain = norm(shape, groups: groups, set: set)
        let both = norm(shape, groups: groups, rectifies: true, set: set)
        let values = plain.forward(x)
        #expect(both.forward(x) == values.map { max($0, 0) })
        let passed = zip(upstream, values).map { $1 > 0 ? $0 : 0 }
        #expect(passed.contains(0) && passed != upstream)
        let (one, other) = (both.gradients(x, upstream: upstream), plain.gradients(x, upstream: passed))
        #expect(one.input == other.input && one.weights == other.weights)
    }

    @Test func `the gradients of channel norms are the same bits for any number of threads`() {
        let shape: Shape = [40, 30, 20]
        let count = LayerBench.count * shape.count
        let (x, upstream) = (Fixture.floats(count, seed: 1), Fixture.floats(count, seed: 2))
        let set = InstructionSet.supported.max()!
        for groups in [nil, 5] {
            let one = norm(shape, groups: groups, set: set).gradients(x, upstream: upstream)
            for threads in [2, 3] {
                let found = norm(shape, groups: groups, set: set, threads: threads)
                    .gradients(x, upstream: upstream)
                #expect(found.input == one.input && found.weights == one.weights)
            }
        }
    }
}
