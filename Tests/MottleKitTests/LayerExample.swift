import Foundation
import MottleKit

/// y = x / (1 + exp(−β · x)), with a β for each channel that is learned (Ramachandran et al. 2017).
struct Swish: Layer {
    func outputShape(of input: [Int]) -> [Int] { input }

    func weights(for input: [Int]) -> [LayerWeight] {
        [LayerWeight("beta", shape: [input.last!], start: .constant(1))]
    }

    func forward(_ pass: ForwardPass) {
        let beta = pass.weights[0]
        for index in pass.x.indices {
            let x = pass.x[index]
            pass.y[index] = x / (1 + exp(-beta[index % beta.count] * x))
        }
    }

    func backward(_ pass: BackwardPass) {
        let (beta, betaGradient) = (pass.weights[0], pass.weightGradients[0])
        betaGradient.update(repeating: 0)
        for index in pass.x.indices {
            let (x, channel, upstream) = (pass.x[index], index % beta.count, pass.outputGradient[index])
            let gate = 1 / (1 + exp(-beta[channel] * x))
            let slope = x * gate * (1 - gate)
            pass.inputGradient[index] = upstream * (gate + beta[channel] * slope)
            betaGradient[channel] += upstream * x * slope
        }
    }
}

/// The program of the page, which writes its run to the working folder.
func trainSwish() throws {
    try Swish().checkGradients(input: [5, 3], batch: 4)

    let training = try Training(
        config: "examples/fashion-mnist.yaml",
        overrides: ["model=[flatten, dense: 128, swish, dense: 10]", "train.epochs=5"],
        layers: ["swish": Swish()])
    training.onStep { step in
        if step.number % 500 == 0 { print("step \(step.number): loss \(step.loss)") }
    }
    training.onEpoch { epoch in
        print("epoch \(epoch.number): \(epoch.accuracy!), \(epoch.samplesPerSecond) samples/s")
        if epoch.accuracy! > 0.9 { epoch.stop() }
    }
    let result = try training.run()
    for set in result.testSets { print(set.name, set.parameters, set.accuracy!) }
    print(result.folder)
}
