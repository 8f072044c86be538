import Tensors
import VectorKernels

/// A layer that a program which uses the library brings along: it sees a whole batch at a time, in rows without padding.
package protocol CustomLayer: Sendable {
    /// Of one sample.
    ///
    /// - Throws: where the layer cannot be applied to such samples; the error's text follows the layer's place.
    func outputShape(of input: Shape) throws -> Shape

    /// What is trained, for samples of shape `input`, always in the same order.
    func weights(for input: Shape) -> [CustomWeight]

    /// Writes all of `y`.
    func forward(_ pass: CustomForward)

    /// Writes all of `inputGradient` and of `weightGradients`, which before hold anything.
    func backward(_ pass: CustomBackward)
}

/// A weight of a layer that somebody brought along.
package struct CustomWeight: Sendable {
    /// Behind the layer's name: `swish1.beta`.
    package var name: String
    package var shape: Shape
    package var start: StartValues

    package init(name: String, shape: Shape, start: StartValues) {
        (self.name, self.shape, self.start) = (name, shape, start)
    }
}

/// What a weight is before the first step.
package enum StartValues: Sendable {
    case constant(Float)
    /// In −limit ..< limit.
    case uniform(limit: Float)
    case normal(deviation: Float)
    /// Row-major.
    case values([Float])

    /// So many values, drawn at the address of a weight.
    package func values(_ count: Int, weight: String, seed: UInt64, kernels: NoiseKernels) -> [Float] {
        func drawn(_ draw: String, _ write: (UnsafeMutablePointer<Float>, UInt64) -> Void) -> [Float] {
            let draws = Buffer<Float>(count: count)
            let path = "model/" + weight.split(separator: ".").joined(separator: "/")
            write(draws.pointer, DrawAddress.key(seed: seed, path: path, draw: draw))
            return draws.values
        }
        switch self {
        case .constant(let value): return [Float](repeating: value, count: count)
        case .uniform(let limit):
            return drawn("uniform") { kernels.uniform($0, count, $1, 0, 0, 0) }.map { ($0 * 2 - 1) * limit }
        case .normal(let deviation):
            return drawn("normal") { kernels.normal($0, count, $1, 0, 0, 0) }.map { $0 * deviation }
        case .values(let values): return values
        }
    }
}

/// A batch on its way forward. Arrays are row-major and contiguous; they are valid during the call.
package struct CustomForward {
    /// How many samples there are.
    package var count: Int
    package var (input, output): (Shape, Shape)
    /// `[count] + input`.
    package var x: UnsafeBufferPointer<Float>
    package var weights: [UnsafeBufferPointer<Float>]
    /// `[count] + output`.
    package var y: UnsafeMutableBufferPointer<Float>

    package init(
        count: Int, input: Shape, output: Shape, x: UnsafeBufferPointer<Float>,
        weights: [UnsafeBufferPointer<Float>], y: UnsafeMutableBufferPointer<Float>
    ) {
        (self.count, self.input, self.output) = (count, input, output)
        (self.x, self.weights, self.y) = (x, weights, y)
    }
}

/// The same batch on its way back.
package struct CustomBackward {
    package var forward: CustomForward
    /// `[count] + output`: of the loss for `y`.
    package var outputGradient: UnsafeBufferPointer<Float>
    /// `[count] + input`.
    package var inputGradient: UnsafeMutableBufferPointer<Float>
    /// Each as its weight, summed over the batch.
    package var weightGradients: [UnsafeMutableBufferPointer<Float>]

    package init(
        forward: CustomForward, outputGradient: UnsafeBufferPointer<Float>,
        inputGradient: UnsafeMutableBufferPointer<Float>,
        weightGradients: [UnsafeMutableBufferPointer<Float>]
    ) {
        (self.forward, self.outputGradient) = (forward, outputGradient)
        (self.inputGradient, self.weightGradients) = (inputGradient, weightGradients)
    }
}

/// A layer that somebody brought along, under the name by which a model's description calls it.
package struct CustomLayerConfig: Equatable, Sendable {
    package var name: String
    /// Nil where only the program that trained a run has it.
    package var layer: (any CustomLayer)?

    package init(name: String, layer: (any CustomLayer)?) { (self.name, self.layer) = (name, layer) }

    package static func == (a: Self, b: Self) -> Bool { a.name == b.name }

    func outputShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        do {
            return try outputShape(of: input)
        } catch {
            throw .customLayer(place, kind: name, problem: error.description)
        }
    }

    /// Checks what the layer says of itself, too.
    package func outputShape(of input: Shape) throws(CustomLayerError) -> Shape {
        guard let layer else {
            throw CustomLayerError(
                "'\(name)' is a layer of the program that trained this run; only that program can make this model, "
                    + "with 'Training(config:layers:)' of MottleKit")
        }
        let output: Shape
        do { output = try layer.outputShape(of: input) } catch { throw CustomLayerError("\(error)") }
        guard output.rank > 0, output.sizes.allSatisfy({ $0 > 0 }) else {
            throw CustomLayerError("gives \(output) for \(input); an output wants sizes of at least 1")
        }
        let weights = layer.weights(for: input)
        for (index, weight) in weights.enumerated() {
            if let text = weight.problem { throw CustomLayerError("weight '\(weight.name)' \(text)") }
            guard !weights[..<index].contains(where: { $0.name == weight.name }) else {
                throw CustomLayerError("two weights are named '\(weight.name)'")
            }
        }
        return output
    }

    /// Whether the first axis of the output, for instance of tokens, is that of the input.
    func keepsPositions(of input: Shape) -> Bool {
        guard let output = try? layer?.outputShape(of: input) else { return false }
        return output.rank > 1 && input.rank > 1 && output[0] == input[0]
    }
}

/// Why a layer that somebody brought along cannot be used.
package struct CustomLayerError: Error, Equatable, CustomStringConvertible {
    package let description: String

    fileprivate init(_ description: String) { self.description = description }
}

extension CustomWeight {
    fileprivate var problem: String? {
        let count = shape.sizes.reduce((1, false)) { product, size in
            let (value, overflow) = product.0.multipliedReportingOverflow(by: max(size, 1))
            return (value, product.1 || overflow)
        }
        guard shape.rank > 0, shape.sizes.allSatisfy({ $0 > 0 }) else {
            return "is \(shape); it wants at least one axis, and sizes of at least 1"
        }
        guard !count.1, count.0 <= LayerConfig.weightLimit else {
            return "is \(shape), more than \(LayerConfig.weightLimit) values"
        }
        if case .values(let values) = start, values.count != count.0 {
            return "is \(shape), which is \(count.0) values, and starts with \(values.count)"
        }
        if name.isEmpty || name.contains(".") { return "wants a name without points" }
        return nil
    }
}
