import Foundation
import Kernels
import Testing
import VectorKernels

/// Kernels that have a test of their own beside a plain reference, with the file that calls them.
private let testedElsewhere: [String: String] = [
    "multiplyAddPeak": "TrainingTests/MatrixProductTests", "multiply": "TrainingTests/MatrixProductTests",
    "listNonZeros": "TrainingTests/SparseProductTests", "countNonZeros": "TrainingTests/SparseProductTests",
    "multiplySparse": "TrainingTests/SparseProductTests", "sparseRows": "TrainingTests/SparseProductTests",
    "transpose": "TrainingTests/MatrixProductTests", "addSquares": "TrainingTests/WeightKernelsTests",
    "convolve": "TrainingTests/ConvolutionCase", "sumWeights": "TrainingTests/ConvolutionCase",
    "maximum": "TrainingTests/PoolingTests", "maximumBackward": "TrainingTests/PoolingTests",
    "sumWindows": "TrainingTests/PoolingTests", "spreadWindows": "TrainingTests/PoolingTests",
    "activate": "KernelsTests/ActivationTests",
    "normaliseRows": "KernelsTests/NormTests", "normaliseRowsBackward": "KernelsTests/NormTests",
    "sumRows": "KernelsTests/NormTests", "attend": "KernelsTests/AttentionTests",
    "attendBackward": "KernelsTests/AttentionTests",
    "softmaxCrossEntropy": "TrainingTests/WeightedCrossEntropyTests",
    "softmaxTotalWeight": "TrainingTests/WeightedCrossEntropyTests",
    "squaredError": "TrainingTests/ElementLossTests", "absoluteError": "TrainingTests/ElementLossTests",
    "huberError": "TrainingTests/ElementLossTests", "binaryCrossEntropy": "TrainingTests/ElementLossTests",
    "cosine": "TrainingTests/ElementLossTests", "viewDivergence": "TrainingTests/ViewDivergenceTests",
    "countGroups": "TrainingTests/ElementLossTests",
]

struct KernelTableTests {
    @Test(arguments: KernelCase.all)
    func `kernels agree with Double over all tails and write nothing beside`(test: KernelCase) {
        for channels in Array(1...33) + [48, 67] {
            let rows = Rows(count: 5, channels: channels, stride: (channels + 15) / 16 * 16)
            let input = KernelCase.Input(rows)
            let count = test.count(rows)
            let wanted = (0..<count).map { test.reference(input, $0) }
            for kernels in Fixture.kernelSets {
                let found = guarded(count: count, granule: 16, sentinel: Float(-77)) {
                    test.run(kernels, input, $0)
                }
                let wrong = found.indices.first { !(abs(Double(found[$0]) - wanted[$0]) <= 2e-6) }
                #expect(
                    wrong == nil,
                    "\(channels) channels: [\(wrong!)] is \(found[wrong!]) instead of \(wanted[wrong!])")
            }
        }
    }

    /// A mirror names all kernels of a table, so a new one has a test or fails this one.
    @Test func `every kernel of every table of training has a test`() throws {
        let set = Fixture.kernelSets[0]
        let tables: [Any] = [set.training, set.training.losses, set.layers, set.convolution]
        let names = tables.flatMap { Mirror(reflecting: $0).children.compactMap(\.label) }
            .filter { $0 != "losses" }
        #expect(names.contains("rectify") && names.contains("cosine") && names.contains("convolve"))
        let mine = Set(KernelCase.all.map(\.name))
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        for name in names where !mine.contains(name) {
            let file = try #require(testedElsewhere[name], "\(name) wants a case in KernelCase.all")
            let text = try String(contentsOf: tests.appending(path: file + ".swift"), encoding: .utf8)
            #expect(text.contains(".\(name)"), "\(file) does not call \(name)")
        }
        let known = mine.union(testedElsewhere.keys)
        #expect(known.isSubset(of: names), "\(known.subtracting(names)) are in no table")
    }
}
