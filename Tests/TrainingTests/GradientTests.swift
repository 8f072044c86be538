import Kernels
import Tensors
import Testing

@testable import Training

struct GradientTests {
    @Test(arguments: InstructionSet.supported, GradientCase.all)
    func `gradients agree with central differences`(set: InstructionSet, test: GradientCase) throws {
        try LayerBench(test, set: set).check(
            test.values, tolerance: test.tolerance, "of \(test.testDescription)")
    }

    @Test func `every kind of layer has a case`() {
        let covered = GradientCase.all.reduce(into: Set<LayerKind>()) { $0.formUnion($1.kinds) }
        let missing = LayerKind.allCases.filter { !covered.contains($0) }
        #expect(missing.isEmpty, "\(missing) want a case in GradientCase.all")
    }

    @Test(arguments: InstructionSet.supported, LossGradientCase.all)
    func `losses and their gradients agree with Double and with central differences`(
        set: InstructionSet, test: LossGradientCase
    ) {
        let found = test.run(set)
        expectClose([Float(found.mean)], [test.mean(test.outputs.map(Double.init))], tolerance: 3e-6)
        expectClose(found.gradient, centralDifferences(test.outputs, test.mean), tolerance: 3e-6)
    }

    @Test(arguments: InstructionSet.supported, HeadsGradientCase.all)
    func `weighted sums of losses and their gradients agree with central differences`(
        set: InstructionSet, test: HeadsGradientCase
    ) {
        let found = test.run(set)
        let wanted = test.heads.reduce(0) { sum, head in
            sum + head.weight * head.loss.mean(head.loss.outputs.map(Double.init))
        }
        expectClose([Float(found.mean)], [wanted], tolerance: 3e-6)
        for (head, gradient) in zip(test.heads, found.gradients) {
            let differences = centralDifferences(head.loss.outputs) { head.weight * head.loss.mean($0) }
            expectClose(gradient, differences, tolerance: 3e-6, "\(head.loss.testDescription)")
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
