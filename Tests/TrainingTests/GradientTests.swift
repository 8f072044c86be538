import Kernels
import Tensors
import Testing

@testable import Training

struct GradientTests {
    @Test(arguments: GradientCase.all)
    func `layers agree with Double, and their gradients with central differences of it`(
        test: GradientCase
    ) throws {
        let wanted = try DoubleGradients(test)
        for set in InstructionSet.supported {
            try LayerBench(test, set: set).check(
                test.inputs, wanted, "of \(test.testDescription), \(set)")
        }
    }

    @Test func `every kind of layer has a case`() {
        let covered = GradientCase.all.reduce(into: Set<LayerKind>()) { $0.formUnion($1.kinds) }
        let missing = LayerKind.allCases.filter { !covered.contains($0) }
        #expect(missing.isEmpty, "\(missing) want a case in GradientCase.all")
    }

    @Test func `a layer without a formula in Double is named`() {
        let swirl = LayerConfig.custom(CustomLayerConfig(name: "swirl", layer: nil))
        let model = DoubleModel(layers: [.relu, .residual([swirl])], input: [3])
        let error = #expect(throws: DoubleModelError.self) { try model.outputs([1, -2, 3]) }
        #expect(error?.description == "'swirl' has no formula in Double; DoublePass.apply wants one")
    }

    @Test func `a weight that the layers lack, and tokens that they want, are named`() {
        func error(_ layers: [LayerConfig]) -> DoubleModelError? {
            let model = DoubleModel(layers: layers, input: [3, 2], weights: ["dense2.weight": []])
            return #expect(throws: DoubleModelError.self) { try model.outputs([1, -2, 3, 4, -5, 6]) }
        }
        #expect(error([.dense(2)]) == .noWeight("dense1.weight"))
        #expect(error([.flatten, .visibleTokens]) == .noTokens(layer: "visible_tokens1"))
    }

    @Test func `a wrong output, and a wrong gradient of an input or of a weight, is found`() throws {
        let test = GradientCase(layers: [.dense(2), .batchNorm], input: [3], frozen: ["*.shift"])
        let (bench, wanted) = (try LayerBench(test, set: .baseline), try DoubleGradients(test))
        bench.check(test.inputs, wanted)
        let changes: [(what: String, change: (inout DoubleGradients) -> Void)] = [
            ("outputs", { $0.outputs[9] += 1e-4 }),
            ("outputs", { $0.outputs.removeLast() }),
            ("input", { $0.input[14] -= 1e-4 }),
            ("dense1.weight", { $0.weights["dense1.weight"]![5] += 1e-4 }),
            ("dense1.bias", { $0.weights["dense1.bias"] = nil }),
            ("batch_norm1.scale", { $0.weights["batch_norm1.scale"]![1] = .nan }),
            ("batch_norm1.shift", { $0.weights["batch_norm1.shift"] = [0, 1e-4] }),
        ]
        for (what, change) in changes {
            var other = wanted
            change(&other)
            withKnownIssue {
                bench.check(test.inputs, other)
            } matching: {
                $0.comments.contains { $0.rawValue.contains("(\(what) ") }
            }
        }
    }

    @Test(arguments: LossGradientCase.all)
    func `losses and their gradients agree with Double and with central differences`(test: LossGradientCase) {
        let mean = test.mean(test.outputs.map(Double.init))
        let differences = centralDifferences(test.outputs, test.mean)
        for set in InstructionSet.supported {
            let found = test.run(set)
            expectClose([Float(found.mean)], [mean], tolerance: 3e-6, "\(set)")
            expectClose(found.gradient, differences, tolerance: 3e-6, "\(set)")
        }
    }

    @Test(arguments: HeadsGradientCase.all)
    func `weighted sums of losses and their gradients agree with central differences`(
        test: HeadsGradientCase
    ) {
        let mean = test.heads.reduce(0) { sum, head in
            sum + head.weight * head.loss.mean(head.loss.outputs.map(Double.init))
        }
        let differences = test.heads.map { head in
            centralDifferences(head.loss.outputs) { head.weight * head.loss.mean($0) }
        }
        for set in InstructionSet.supported {
            let found = test.run(set)
            expectClose([Float(found.mean)], [mean], tolerance: 3e-6, "\(set)")
            for (index, head) in test.heads.enumerated() {
                expectClose(
                    found.gradients[index], differences[index], tolerance: 3e-6,
                    "\(head.loss.testDescription), \(set)")
            }
        }
    }

    @Test func `every loss has a case for each target, part and form`() {
        let cases = LossGradientCase.all
        for kind in LossConfig.Kind.allCases {
            let mine = cases.filter { $0.config.formula.kind == kind }
            let compared: LossConfig.Target = kind == .crossEntropy ? .tokens : .clean
            #expect(mine.contains { $0.config.target == .labels && !$0.hasTargets }, "\(kind)")
            #expect(mine.contains { $0.config.target == .labels && $0.hasTargets }, "\(kind), soft labels")
            for part in LossConfig.Part.allCases {
                #expect(
                    mine.contains { $0.config.target == compared && $0.config.over == part },
                    "\(kind) over \(part)")
            }
        }
        #expect(Set(cases.map(\.config.target)) == Set(LossConfig.Target.allCases))
        #expect(cases.contains { $0.consistency != nil })
    }
}
