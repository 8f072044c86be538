import Kernels
import Tensors
import Testing
import VectorKernels
import Workers

@testable import Training

struct ElementwiseLayerTests {
    @Test(arguments: InstructionSet.supported)
    func `the gradients of activations agree with central differences`(set: InstructionSet) {
        let functions: [ActivationFunction] = [.leakyReLU(slope: 0.2), .gelu, .silu, .tanh, .sigmoid]
        for function in functions {
            LayerBench([3, 21], set: set) {
                let layer = ElementwiseLayer(function, $0, engine: $1)
                return (layer, layer.output)
            }.check()
        }
    }
}

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

    @Test(arguments: InstructionSet.supported, [true, false])
    func `the gradients of norms of rows agree with central differences`(
        set: InstructionSet, removesMean: Bool
    ) {
        for shape: Shape in [[19], [7, 5], [3, 32]] {
            norm(shape, removesMean: removesMean, set: set).check(tolerance: 2e-3)
        }
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
