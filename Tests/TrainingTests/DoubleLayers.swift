import Tensors
import Training

extension DoublePass {
    /// y[o] = b[o] + Σᵢ x[i] · W[i, o] for each row, with W `[inputs, outputs]`.
    func dense(_ name: String, _ x: DoubleBatch) throws -> DoubleBatch {
        let (weight, bias, values) = (try weight("\(name).weight"), try weight("\(name).bias"), x.values)
        let (inputs, outputs) = (x.channels, bias.count)
        var sums: [Double] = []
        for row in 0..<values.count / inputs {
            for o in 0..<outputs {
                var sum = bias[o]
                for i in 0..<inputs { sum += values[row * inputs + i] * weight[i * outputs + o] }
                sums.append(sum)
            }
        }
        let shape = Shape(x.shape.sizes.dropLast() + [outputs])
        return DoubleBatch(shape, sums, tokens: shape.rank == 2 ? x.tokens : nil)
    }

    func convolution(_ name: String, _ x: DoubleBatch, _ config: ConvolutionConfig) throws -> DoubleBatch {
        let (weight, bias) = (try weight("\(name).weight"), try weight("\(name).bias"))
        switch config.kind {
        case .conv1d, .conv2d: return x.convolved(weight, bias, config.window, groups: config.groups)
        case .depthwise: return x.convolved(weight, bias, config.window, groups: x.channels)
        case .transposed: return x.transposed(weight, bias, config.window, groups: config.groups)
        }
    }

    /// y = factor · x, with a factor for each value: 0 for a share `rate` of them, 1 / (1 − rate) for the others (Srivastava et al.
    /// 2014). Which ones go is drawn at each value's place in its sample, whose rows are padded to 16.
    func dropout(_ name: String, _ x: DoubleBatch, rate: Double) -> DoubleBatch {
        let stride = (x.channels + 15) / 16 * 16
        var y = x
        for sample in 0..<x.samples {
            let address = address(name, sample)
            for place in 0..<x.shape.count {
                let element = place / x.channels * stride + place % x.channels
                y.values[sample * x.shape.count + place] *= factor(address, element, rate: rate)
            }
        }
        return y
    }

    /// The same with a factor for each sample (Huang et al. 2016).
    func stochasticDepth(_ name: String, _ x: DoubleBatch, rate: Double) -> DoubleBatch {
        let factors = (0..<x.samples).map { factor(address(name, $0), 0, rate: rate) }
        var y = x
        for index in x.values.indices { y.values[index] *= factors[index / x.shape.count] }
        return y
    }

    private func factor(_ address: DrawAddress, _ element: Int, rate: Double) -> Double {
        Double(address.bits(element) >> 8) * 0x1p-24 < rate ? 0 : 1 / (1 - rate)
    }

    private func address(_ name: String, _ sample: Int) -> DrawAddress {
        let draws = model.draws
        let key = DrawAddress.key(seed: draws.seed, path: "model/\(name)", draw: "uniform")
        return DrawAddress(key: key, epoch: draws.epoch, sample: draws.ids[sample])
    }
}

extension DoubleBatch {
    /// y = eˣ / Σ eˣ over the channels of each row.
    func softmaxed() -> DoubleBatch {
        let rows = rowGroups().map { softmax(values[$0.first!...$0.last!]) }
        return DoubleBatch(shape, rows.flatMap { $0 }, tokens: tokens)
    }
}
