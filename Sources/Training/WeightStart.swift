import Tensors
import VectorKernels

/// What the values of a weight are before training; `inputs` are the values that an output is a sum over, `outputs` those
/// that an input goes into.
package enum WeightStart: Equatable, Sendable {
    /// Uniform in ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010, eq. 16).
    case glorotUniform
    /// Normal with variance 2 / (inputs + outputs) (Glorot & Bengio 2010, eq. 12).
    case glorotNormal
    /// Uniform in ±√(6 / inputs): as `heNormal`, which keeps the variance of values through ReLUs.
    case heUniform
    /// Normal with variance 2 / inputs (He et al. 2015, eq. 10).
    case heNormal
    /// Normal with variance 1 / inputs (LeCun et al. 1998, Efficient BackProp, §4.6).
    case lecunNormal
    /// Rows or columns, whichever are fewer, of length 1 and at right angles to one another (Saxe et al. 2014).
    case orthogonal
    /// Normal with this deviation.
    case normal(Double)
    /// The same, where what is more than two deviations from 0 is drawn again (Devlin et al. 2019).
    case truncatedNormal(Double)
    case zeros
}

extension Weight {
    /// Gives it its start values, drawn at the address `model/<layer>/<what the layer calls it>`.
    func begin(
        _ start: WeightStart, inputs: Int, outputs: Int, seed: UInt64, kernels: NoiseKernels
    ) {
        let draws = StartDraws(weight: self, seed: seed, kernels: kernels)
        let (inputs, sides) = (Double(inputs), Double(inputs + outputs))
        unpadded =
            switch start {
            case .glorotUniform: draws.uniform(limit: (6 / sides).squareRoot())
            case .glorotNormal: draws.normal(deviation: (2 / sides).squareRoot())
            case .heUniform: draws.uniform(limit: (6 / inputs).squareRoot())
            case .heNormal: draws.normal(deviation: (2 / inputs).squareRoot())
            case .lecunNormal: draws.normal(deviation: (1 / inputs).squareRoot())
            case .orthogonal: draws.orthogonal()
            case .normal(let deviation): draws.normal(deviation: deviation)
            case .truncatedNormal(let deviation): draws.truncatedNormal(deviation: deviation)
            case .zeros: [Float](repeating: 0, count: shape.count)
            }
    }
}

/// The draws of one weight, row-major.
private struct StartDraws {
    let weight: Weight
    let seed: UInt64
    let kernels: NoiseKernels

    func uniform(limit: Double) -> [Float] {
        draw("uniform", kernels.uniform).map { ($0 * 2 - 1) * Float(limit) }
    }

    func normal(deviation: Double) -> [Float] {
        draw("normal", kernels.normal).map { $0 * Float(deviation) }
    }

    /// Each attempt has an epoch of its own, so that a value's draws do not depend on its neighbours'.
    func truncatedNormal(deviation: Double) -> [Float] {
        var values = draw("normal", kernels.normal)
        var attempt: UInt32 = 0
        while values.contains(where: { abs($0) > 2 }) {
            attempt += 1
            let others = draw("normal", kernels.normal, epoch: attempt)
            for index in values.indices where abs(values[index]) > 2 { values[index] = others[index] }
        }
        return values.map { $0 * Float(deviation) }
    }

    /// Normal vectors made orthonormal one after the other (modified Gram–Schmidt), in Double.
    func orthogonal() -> [Float] {
        let (rows, columns) = (weight.rows, weight.columns)
        let normal = draw("normal", kernels.normal).map(Double.init)
        let (count, size) = (min(rows, columns), max(rows, columns))
        /// Where in the weight a vector's element is.
        func place(_ vector: Int, _ element: Int) -> Int {
            rows < columns ? vector * columns + element : element * columns + vector
        }
        var vectors = (0..<count).map { vector in (0..<size).map { normal[place(vector, $0)] } }
        for index in 0..<count {
            let length = dot(vectors[index], vectors[index]).squareRoot()
            for element in 0..<size { vectors[index][element] /= length }
            for other in index + 1..<max(count, index + 1) {
                subtract(vectors[index], from: &vectors[other], times: dot(vectors[index], vectors[other]))
            }
        }
        var values = [Float](repeating: 0, count: rows * columns)
        for vector in 0..<count {
            for element in 0..<size { values[place(vector, element)] = Float(vectors[vector][element]) }
        }
        return values
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }

    private func subtract(_ a: [Double], from b: inout [Double], times factor: Double) {
        for index in a.indices { b[index] -= factor * a[index] }
    }

    private func draw(_ name: String, _ kernel: DrawKernel, epoch: UInt32 = 0) -> [Float] {
        let count = weight.shape.count
        let draws = Buffer<Float>(count: count)
        // A layer's name may have points itself: `attention1.qkv.weight` is `weight` of `attention1.qkv`.
        let end = weight.name.lastIndex(of: ".") ?? weight.name.endIndex
        let path = "model/\(weight.name[..<end])/\(weight.name[end...].dropFirst())"
        kernel(draws.pointer, count, DrawAddress.key(seed: seed, path: path, draw: name), epoch, 0, 0)
        return draws.values
    }
}
