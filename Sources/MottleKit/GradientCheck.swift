import Kernels
import Tensors
import Training

extension Layer {
    /// Compares what `backward` gives with central differences of `forward`, for the input and for every weight.
    ///
    /// Inputs and the gradient of the output are uneven values in ±(0.125 ..< 1.125), weights their start values (seed 0) and up to
    /// a seventh beside them. Differences are taken in Double, of fourth order, in steps of 1/64, and in steps of 1/512 where these
    /// disagree: a bend of the function is taken for a mistake only if it is nearer than 1/256. Each value takes four calls of
    /// `forward`, or eight: small shapes do, in which all sizes differ.
    ///
    /// - Parameters:
    ///   - input: the shape of one sample.
    ///   - batch: how many samples, at least 2, so that a sum over the batch that is missing shows.
    /// - Throws: a ``MottleError`` of the kind `layer` that names the array, the element, what `backward` gives for it and what
    ///   differences say.
    public func checkGradients(input: [Int], batch: Int = 3) throws(MottleError) {
        guard batch >= 2, !input.isEmpty, input.allSatisfy({ $0 > 0 }) else {
            throw MottleError(
                .argument,
                "a gradient check wants a shape with sizes of at least 1 and a batch of at least 2, got \(input) and \(batch)"
            )
        }
        try GradientCheck(self, input: Shape(input), batch: batch).run()
    }
}

private struct GradientCheck {
    /// An array whose gradient `backward` gives.
    private struct Variable {
        /// As errors call it: `x`, `weight 'beta'`.
        let name: String
        let shape: Shape
        let values: Buffer<Float>
        let gradient: Buffer<Float>

        init(_ name: String, _ shape: Shape, _ values: [Float]) {
            (self.name, self.shape, self.values) = (name, shape, Buffer(values))
            gradient = Buffer(count: values.count)
        }
    }

    private let layer: LayerAdapter
    /// What errors start with.
    private let name: String
    private let count: Int
    private let (input, output): (Shape, Shape)
    private let x: Variable
    private let weights: [Variable]
    private let y: Buffer<Float>
    private let upstream: Buffer<Float>

    init(_ checked: some Layer, input: Shape, batch: Int) throws(MottleError) {
        let (layer, name) = (LayerAdapter(layer: checked), "\(type(of: checked))")
        (self.layer, self.name, self.input, count) = (layer, name, input, batch)
        do {
            output = try CustomLayerConfig(name: name, layer: layer).outputShape(of: input)
        } catch {
            throw MottleError(.layer, "\(name): \(error)")
        }
        x = Variable("x", input.batched(batch), Self.uneven(batch * input.count, "x"))
        weights = layer.weights(for: input).map { weight in
            let count = weight.shape.count
            let start = weight.start.values(
                count, weight: "\(name).\(weight.name)", seed: 0, kernels: KernelSet.current.noise)
            let values = zip(start, Self.uneven(count, weight.name)).map { $0 + $1 / 8 }
            return Variable("weight '\(weight.name)'", weight.shape, values)
        }
        y = Buffer(count: batch * output.count)
        upstream = Buffer(Self.uneven(y.count, "upstream"))
    }

    /// Values in ±(0.125 ..< 1.125), all multiples of 2⁻¹⁰, so that steps from them are exact.
    private static func uneven(_ count: Int, _ name: String) -> [Float] {
        let address = DrawAddress(
            key: DrawAddress.key(seed: 0, path: "gradients", draw: name), epoch: 0, sample: 0)
        return (0..<count).map { index in
            let bits = address.bits(index)
            let size = 0.125 + Float(bits >> 22) * 0x1p-10
            return bits & 1 == 0 ? size : -size
        }
    }

    func run() throws(MottleError) {
        try checkForward()
        try checkBackward()
        for variable in [x] + weights { try check(variable) }
    }

    /// What is in memory before must not matter.
    private func checkForward() throws(MottleError) {
        forward(over: 0)
        let first = y.values
        forward(over: 1)
        if let index = differing(first, y.values) {
            throw failure(
                "forward gives \(first[index]) for y\(place(index, in: output.batched(count))) where its memory held 0, and "
                    + "\(y[index]) where it held 1; it must write all of y and read nothing of it")
        }
        if let index = first.firstIndex(where: { !$0.isFinite }) {
            throw failure("forward gives \(first[index]) for y\(place(index, in: output.batched(count)))")
        }
    }

    private func checkBackward() throws(MottleError) {
        let variables = [x] + weights
        backward(over: 0)
        let first = variables.map(\.gradient.values)
        backward(over: 1)
        for (variable, first) in zip(variables, first) {
            guard let index = differing(first, variable.gradient.values) else { continue }
            throw failure(
                "backward gives \(first[index]) for the gradient of \(variable.name)\(place(index, in: variable.shape)) where its "
                    + "memory held 0, and \(variable.gradient[index]) where it held 1; gradients are to be written, not "
                    + "added to what is there")
        }
    }

    private func check(_ variable: Variable) throws(MottleError) {
        var worst: (index: Int, expected: Double, error: Double)?
        var wrong = 0
        for index in 0..<variable.values.count {
            let found = Double(variable.gradient[index])
            var nearest = slope(variable, index, step: 0x1p-6)
            if nearest.agrees(with: found) { continue }
            let other = slope(variable, index, step: 0x1p-9)
            if other.agrees(with: found) { continue }
            if abs(other.value - found) < abs(nearest.value - found) { nearest = other }
            wrong += 1
            let error = found.isFinite ? abs(nearest.value - found) : .infinity
            if error > worst?.error ?? -1 { worst = (index, nearest.value, error) }
        }
        guard let worst else { return }
        throw failure(
            "backward gives \(variable.gradient[worst.index]) for the gradient of "
                + "\(variable.name)\(place(worst.index, in: variable.shape)), differences of forward give "
                + "\(Float(worst.expected)); \(wrong) of its \(variable.values.count) values are wrong")
    }

    /// A slope found by differences.
    private struct Slope {
        var value: Double
        /// What rounding of the outputs can make of it.
        var noise: Double

        func agrees(with found: Double) -> Bool { abs(found - value) <= 1e-3 * abs(value) + noise }
    }

    /// The derivative of Σ upstream · y: two differences, so combined that the error of third order goes (Richardson 1911).
    private func slope(_ variable: Variable, _ index: Int, step: Float) -> Slope {
        let (near, far) = (
            difference(variable, index, step: step), difference(variable, index, step: 2 * step)
        )
        return Slope(value: (4 * near.value - far.value) / 3, noise: 2 * near.noise)
    }

    private func difference(_ variable: Variable, _ index: Int, step: Float) -> Slope {
        let value = variable.values[index]
        defer { variable.values[index] = value }
        let (high, low) = (value + step, value - step)
        variable.values[index] = high
        forward(over: 0)
        let above = y.values
        variable.values[index] = low
        forward(over: 0)
        var (sum, size) = (0.0, 0.0)
        for (place, above) in above.enumerated() where above != y[place] {
            sum += Double(upstream[place]) * (Double(above) - Double(y[place]))
            size += Double(abs(upstream[place])) * max(Double(abs(above)), Double(abs(y[place])))
        }
        let width = Double(high) - Double(low)
        return Slope(value: sum / width, noise: size * 0x1p-20 / width)
    }

    private func forward(over value: Float) {
        y.pointer.update(repeating: value, count: y.count)
        layer.forward(batch)
    }

    private func backward(over value: Float) {
        for variable in [x] + weights {
            variable.gradient.pointer.update(repeating: value, count: variable.gradient.count)
        }
        layer.backward(
            CustomBackward(
                forward: batch, outputGradient: UnsafeBufferPointer(upstream.all),
                inputGradient: x.gradient.all, weightGradients: weights.map(\.gradient.all)))
    }

    private var batch: CustomForward {
        CustomForward(
            count: count, input: input, output: output, x: UnsafeBufferPointer(x.values.all),
            weights: weights.map { UnsafeBufferPointer($0.values.all) }, y: y.all)
    }

    private func failure(_ text: String) -> MottleError { MottleError(.layer, "\(name): \(text)") }

    /// Where two results differ in a bit.
    private func differing(_ first: [Float], _ second: [Float]) -> Int? {
        first.indices.first { first[$0].bitPattern != second[$0].bitPattern }
    }

    /// The indexes of an element: `[1, 0, 2]`.
    private func place(_ index: Int, in shape: Shape) -> String {
        var (rest, indexes) = (index, [Int]())
        for size in shape.sizes.reversed() {
            indexes.insert(rest % size, at: 0)
            rest /= size
        }
        return "\(indexes)"
    }
}

extension Buffer<Float> {
    fileprivate var all: UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }
}
