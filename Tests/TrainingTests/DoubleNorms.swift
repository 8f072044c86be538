import Tensors

extension DoubleBatch {
    /// Which values are normalised together by layer norm and RMS norm: those of each row.
    func rowGroups() -> [[Int]] {
        (0..<values.count / channels).map { Array($0 * channels..<($0 + 1) * channels) }
    }

    /// By group norm: those of each sample in so many groups of neighbouring channels.
    func channelGroups(_ groups: Int) -> [[Int]] {
        let width = channels / groups
        return (0..<samples).flatMap { sample in
            (0..<groups).map { group in
                (0..<shape.count).filter { $0 % channels / width == group }.map { sample * shape.count + $0 }
            }
        }
    }

    /// By batch norm: those of each channel in all samples.
    func channelGroups() -> [[Int]] {
        (0..<channels).map { Array(stride(from: $0, to: values.count, by: channels)) }
    }

    /// y = (x − m) / √(v + ε) with the mean and the variance of each group, over n (Ba et al. 2016; Wu & He 2018; Ioffe & Szegedy
    /// 2015); with m = 0 and the mean of squares (Zhang & Sennrich 2019). ε is 1e-5.
    func normalised(_ groups: [[Int]], removesMean: Bool = true) -> DoubleBatch {
        var y = self
        for group in groups {
            let count = Double(group.count)
            var (mean, variance) = (0.0, 0.0)
            if removesMean { for index in group { mean += values[index] / count } }
            for index in group { variance += (values[index] - mean) * (values[index] - mean) / count }
            for index in group { y.values[index] = (values[index] - mean) / (variance + 1e-5).squareRoot() }
        }
        return y
    }
}

extension DoublePass {
    /// y = x · scale + shift, channel by channel.
    func scaled(_ name: String, _ x: DoubleBatch, shifts: Bool = true) throws -> DoubleBatch {
        let scale = try weight("\(name).scale")
        let shift = shifts ? try weight("\(name).shift") : scale.map { _ in 0 }
        var y = x
        for index in x.values.indices {
            let channel = index % x.channels
            y.values[index] = x.values[index] * scale[channel] + shift[channel]
        }
        return y
    }

    /// With the moments of the batch, or with the averages where one of these is frozen.
    func batchNorm(_ name: String, _ x: DoubleBatch) throws -> DoubleBatch {
        guard model.frozen.contains("\(name).mean") || model.frozen.contains("\(name).variance") else {
            return try scaled(name, x.normalised(x.channelGroups()))
        }
        let (mean, variance) = (try weight("\(name).mean"), try weight("\(name).variance"))
        var y = x
        for index in x.values.indices {
            let channel = index % x.channels
            y.values[index] = (x.values[index] - mean[channel]) / (variance[channel] + 1e-5).squareRoot()
        }
        return try scaled(name, y)
    }
}
