/// How long each layer of a model has run, in seconds.
final class LayerTimes {
    private(set) var forward: [Double]
    private(set) var backward: [Double]
    private var last = ContinuousClock.now

    init(layers: Int) {
        forward = Array(repeating: 0, count: layers)
        backward = forward
    }

    func begin() { last = .now }
    func endForward(_ layer: Int) { forward[layer] += lap() }
    func endBackward(_ layer: Int) { backward[layer] += lap() }

    /// Of layers that ran together: their time is shared out as the times in `shares`, one for each of them.
    func endForward(_ layers: Range<Int>, shares: UnsafePointer<Double>) {
        share(lap(), layers, shares) { forward[$0] += $1 }
    }
    func endBackward(_ layers: Range<Int>, shares: UnsafePointer<Double>) {
        share(lap(), layers, shares) { backward[$0] += $1 }
    }

    /// Of `LastLayers`, whose time since the last lap is shared out as `seconds`, one for each step.
    func endSteps(_ steps: [LastLayers.Step], seconds: UnsafePointer<Double>) {
        let (time, sum) = (lap(), steps.indices.reduce(0) { $0 + seconds[$1] })
        for (place, step) in steps.enumerated() {
            // In equal parts where the thread that measures had no samples.
            let share = sum > 0 ? seconds[place] / sum : 1 / Double(steps.count)
            switch step {
            case .forward(let layer): forward[layer] += time * share
            case .backward(let layer): backward[layer] += time * share
            case .loss: break
            }
        }
    }

    private func share(
        _ time: Double, _ layers: Range<Int>, _ shares: UnsafePointer<Double>,
        _ add: (_ layer: Int, _ time: Double) -> Void
    ) {
        let sum = (0..<layers.count).reduce(0) { $0 + shares[$1] }
        for index in 0..<layers.count {
            add(layers.lowerBound + index, sum > 0 ? time * shares[index] / sum : 0)
        }
    }

    private func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        return (now - last) / .seconds(1)
    }
}

/// What there is to say of one layer of a plan: what it is made of, and how long it ran in some steps.
package struct LayerProfile: Sendable {
    package var name: String
    /// Of weights that are trained.
    package var weights = 0
    /// Products that are added up for one sample.
    package var forwardMultiplications = 0
    package var backwardMultiplications = 0
    /// Values of a sample that are read and written on the way forward.
    package var values = 0
    /// Seconds.
    package var forward = 0.0
    package var backward = 0.0

    package init(name: String) { self.name = name }
}

extension Model {
    /// Of each layer of the plan, in order, the parts that it is made of together.
    package var profile: [LayerProfile] { profile(LayerTimes(layers: layers.count)) }

    func profile(_ times: LayerTimes) -> [LayerProfile] {
        var profiles: [LayerProfile] = []
        var values = plan.input.count
        for (index, placed) in layers.enumerated() {
            let layer = placed.layer
            let place =
                profiles.firstIndex { $0.name == placed.name }
                ?? {
                    profiles.append(LayerProfile(name: placed.name))
                    return profiles.count - 1
                }()
            let weights = layer.weights.filter { !$0.isStatistic }.reduce(0) { $0 + $1.shape.count }
            profiles[place].weights += weights
            profiles[place].forwardMultiplications += layer.multiplications.forward
            profiles[place].backwardMultiplications += layer.multiplications.backward
            let outputs = layer.output.positions * layer.output.channels
            profiles[place].values += values + outputs
            profiles[place].forward += times.forward[index]
            profiles[place].backward += times.backward[index]
            values = outputs
        }
        return profiles
    }
}
