/// A value that goes linearly from `from` at epoch 0 to `to` at epoch `epochs`, and stays there.
package struct Ramp: Sendable, Hashable {
    package var from: Double
    package var to: Double
    package var epochs: Int

    package init(from: Double, to: Double, epochs: Int) {
        (self.from, self.to, self.epochs) = (from, to, epochs)
    }

    package func value(epoch: Int) -> Double {
        epoch >= epochs ? to : from + (to - from) * (Double(epoch) / Double(epochs))
    }
}
