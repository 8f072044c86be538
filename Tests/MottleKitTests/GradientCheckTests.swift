import MottleKit
import Testing

/// What the gradient check says of layers that are right, and of each way to be wrong.
struct GradientCheckTests {
    @Test func `right layers pass`() throws {
        try Swish().checkGradients(input: [5, 3], batch: 4)
        try Mixer().checkGradients(input: [7])
        try Hinge().checkGradients(input: [60], batch: 5)
    }

    @Test func `a wrong factor in the gradient of the input is found`() {
        expectProblem(
            "Mixer: backward gives -0.42500874 for the gradient of x[1, 5], "
                + "differences of forward give -0.8500186; 21 of its 21 values are wrong",
            of: Mixer(.halvedInputGradient), input: [7])
    }

    @Test func `a sum over the batch that is missing is found`() {
        expectProblem(
            "Mixer: backward gives 0.4128456 for the gradient of weight 'mix'[4, 6], "
                + "differences of forward give 1.9914846; 35 of its 35 values are wrong",
            of: Mixer(.lastSampleOnly), input: [7])
    }

    @Test func `gradients that are added to what was there are found`() {
        expectProblem(
            "Mixer: backward gives 1.0259991 for the gradient of weight 'mix'[0, "
                + "0] where its memory held 0, and 2.025999 where it held 1; "
                + "gradients are to be written, not added to what is there", of: Mixer(.addedWeightGradient),
            input: [7])
        expectProblem(
            "Mixer: backward gives 0.0 for the gradient of x[0, 0] where its memory held 0, "
                + "and 1.0 where it held 1; gradients are to be written, not added to what is there",
            of: Mixer(.unwrittenInputGradient), input: [7])
    }

    @Test func `a forward that reads what it is to write is found`() {
        expectProblem(
            "Mixer: forward gives 0.034233004 for y[0, 0] where its memory held 0, "
                + "and 1.0342331 where it held 1; it must write all of y and read nothing of it",
            of: Mixer(.addedOutput), input: [7])
    }

    @Test func `values that are not finite are found`() {
        expectProblem("Mixer: forward gives nan for y[1, 0]", of: Mixer(.nanOutput), input: [7])
        expectProblem(
            "Mixer: backward gives nan for the gradient of x[1, 2], "
                + "differences of forward give -0.4778178; 1 of its 21 values are wrong",
            of: Mixer(.nanGradient), input: [7])
    }

    @Test func `what a layer says of itself is checked`() {
        expectProblem("Mixer: wants one axis, got [2, 3]", of: Mixer(), input: [2, 3])
        expectProblem(
            "Shaped: gives [4, 0] for [4]; an output wants sizes of at least 1", of: Shaped([4, 0], []),
            input: [4])
        expectProblem(
            "Shaped: two weights are named 'a'",
            of: Shaped(
                [4],
                [
                    LayerWeight("a", shape: [2], start: .constant(1)),
                    .init("a", shape: [3], start: .constant(1)),
                ]),
            input: [4])
        expectProblem(
            "Shaped: weight 'a' is [2, 3], which is 6 values, and starts with 5",
            of: Shaped([4], [LayerWeight("a", shape: [2, 3], start: .values([1, 2, 3, 4, 5]))]), input: [4])
        expectProblem(
            "Shaped: weight 'a' is []; it wants at least one axis, and sizes of at least 1",
            of: Shaped([4], [LayerWeight("a", shape: [], start: .constant(1))]), input: [4])
        expectProblem(
            "Shaped: weight 'a.b' wants a name without points",
            of: Shaped([4], [LayerWeight("a.b", shape: [1], start: .constant(1))]), input: [4])
        let error = #expect(throws: MottleError.self) { try Mixer().checkGradients(input: [7], batch: 1) }
        #expect(
            error?.description
                == "a gradient check wants a shape with sizes of at least 1 and a batch of at least 2, got [7] and 1"
        )
    }
}

/// Demands that the check fails with exactly this text.
private func expectProblem(
    _ text: String, of layer: some Layer, input: [Int], sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = #expect(throws: MottleError.self, sourceLocation: sourceLocation) {
        try layer.checkGradients(input: input)
    }
    #expect(error?.kind == .layer, sourceLocation: sourceLocation)
    #expect(error?.description == text, sourceLocation: sourceLocation)
}

/// y[b, o] = Σᵢ x[b, i] · w[o, i], with five outputs, and with one thing wrong if wanted.
struct Mixer: Layer {
    enum Mistake {
        case none, halvedInputGradient, lastSampleOnly, addedWeightGradient, unwrittenInputGradient
        case addedOutput, nanOutput, nanGradient
    }
    struct WrongInput: Error, CustomStringConvertible {
        let description: String
    }
    private let mistake: Mistake

    init(_ mistake: Mistake = .none) { self.mistake = mistake }

    func outputShape(of input: [Int]) throws -> [Int] {
        guard input.count == 1 else { throw WrongInput(description: "wants one axis, got \(input)") }
        return [5]
    }

    func weights(for input: [Int]) -> [LayerWeight] {
        [LayerWeight("mix", shape: [5, input[0]], start: .uniform(limit: 0.5))]
    }

    func forward(_ pass: ForwardPass) {
        let (inputs, w) = (pass.inputShape[0], pass.weights[0])
        for sample in 0..<pass.count {
            for output in 0..<5 {
                var sum = mistake == .addedOutput ? pass.y[sample * 5 + output] : 0
                for input in 0..<inputs {
                    sum += pass.x[sample * inputs + input] * w[output * inputs + input]
                }
                pass.y[sample * 5 + output] = mistake == .nanOutput && sample == 1 ? .nan : sum
            }
        }
    }

    func backward(_ pass: BackwardPass) {
        let (inputs, w, wGradient) = (pass.inputShape[0], pass.weights[0], pass.weightGradients[0])
        if mistake != .addedWeightGradient { wGradient.update(repeating: 0) }
        for sample in 0..<pass.count {
            for input in 0..<inputs {
                var sum: Float = 0
                for output in 0..<5 {
                    let upstream = pass.outputGradient[sample * 5 + output]
                    sum += upstream * w[output * inputs + input]
                    let part = upstream * pass.x[sample * inputs + input]
                    if mistake == .lastSampleOnly {
                        wGradient[output * inputs + input] = part
                    } else {
                        wGradient[output * inputs + input] += part
                    }
                }
                if mistake == .halvedInputGradient { sum /= 2 }
                if mistake == .nanGradient && (sample, input) == (1, 2) { sum = .nan }
                if mistake != .unwrittenInputGradient { pass.inputGradient[sample * inputs + input] = sum }
            }
        }
    }
}

/// y = max(x, 0.12): its bend is nearer to some inputs than the wider steps.
private struct Hinge: Layer {
    func outputShape(of input: [Int]) -> [Int] { input }

    func forward(_ pass: ForwardPass) {
        for index in pass.x.indices { pass.y[index] = max(pass.x[index], 0.12) }
    }

    func backward(_ pass: BackwardPass) {
        for index in pass.x.indices {
            pass.inputGradient[index] = pass.x[index] > 0.12 ? pass.outputGradient[index] : 0
        }
    }
}

/// Says any shapes of itself.
private struct Shaped: Layer {
    let output: [Int]
    let all: [LayerWeight]

    init(_ output: [Int], _ all: [LayerWeight]) { (self.output, self.all) = (output, all) }
    func outputShape(of input: [Int]) -> [Int] { output }
    func weights(for input: [Int]) -> [LayerWeight] { all }
    func forward(_ pass: ForwardPass) {}
    func backward(_ pass: BackwardPass) {}
}
