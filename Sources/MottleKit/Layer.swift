/// A layer of one's own, which a config names like any other: see ``Training``.
///
/// ```swift
/// /// y = 2 x
/// struct Twice: Layer {
///     func outputShape(of input: [Int]) -> [Int] { input }
///     func forward(_ pass: ForwardPass) {
///         for index in pass.x.indices { pass.y[index] = 2 * pass.x[index] }
///     }
///     func backward(_ pass: BackwardPass) {
///         for index in pass.x.indices { pass.inputGradient[index] = 2 * pass.outputGradient[index] }
///     }
/// }
/// ```
///
/// It is called once for each batch, also in evaluation, on the thread that trains, and keeps nothing between two calls: `backward`
/// sees the values of the `forward` before it. What it writes must depend on nothing else, then training has the same bits for any
/// number of threads, and after a resumption. ``checkGradients(input:batch:)`` finds what is wrong in it.
public protocol Layer: Sendable {
    /// The shape of one sample's output, for samples of shape `input`.
    ///
    /// - Throws: where the layer cannot be applied to these; what the error says follows the layer's place in the model.
    func outputShape(of input: [Int]) throws -> [Int]

    /// What is trained, for samples of shape `input`: always the same, in the same order. Nothing by default.
    func weights(for input: [Int]) -> [LayerWeight]

    /// Writes all of `pass.y`.
    func forward(_ pass: ForwardPass)

    /// Writes all of `pass.inputGradient` and of each of `pass.weightGradients`.
    func backward(_ pass: BackwardPass)
}

extension Layer {
    public func weights(for input: [Int]) -> [LayerWeight] { [] }
}

/// An array of a layer that is trained.
public struct LayerWeight: Sendable {
    /// What it is before the first step.
    public enum Start: Sendable {
        case constant(Float)
        /// Drawn from −limit ..< limit.
        case uniform(limit: Float)
        /// Drawn from a normal distribution of mean 0.
        case normal(deviation: Float)
        /// Row-major, as many as the shape has.
        case values([Float])
    }

    /// In the run's files it stands behind the layer's: `swish1.beta`.
    public var name: String
    /// At least one axis. Weight decay spares weights of one.
    public var shape: [Int]
    /// Drawn at an address: the same for the same seed, layer and name, whatever other layers there are.
    public var start: Start

    public init(_ name: String, shape: [Int], start: Start) {
        (self.name, self.shape, self.start) = (name, shape, start)
    }
}

/// A batch on its way forward. All arrays are row-major, without padding, and valid during the call only.
public struct ForwardPass {
    /// How many samples the batch has.
    public let count: Int
    /// Of one sample.
    public let inputShape: [Int]
    public let outputShape: [Int]
    /// `[count] + inputShape`.
    public let x: UnsafeBufferPointer<Float>
    /// Each of its own shape, in the layer's order.
    public let weights: [UnsafeBufferPointer<Float>]
    /// `[count] + outputShape`: to be written; what is in it before means nothing. It overlaps no other array.
    public let y: UnsafeMutableBufferPointer<Float>
}

/// The same batch on its way back. All arrays are row-major, without padding, and valid during the call only.
public struct BackwardPass {
    /// How many samples the batch has.
    public let count: Int
    /// Of one sample.
    public let inputShape: [Int]
    public let outputShape: [Int]
    /// `[count] + inputShape`.
    public let x: UnsafeBufferPointer<Float>
    /// Each of its own shape, in the layer's order.
    public let weights: [UnsafeBufferPointer<Float>]
    /// `[count] + outputShape`, as `forward` wrote it.
    public let y: UnsafeBufferPointer<Float>
    /// `[count] + outputShape`: the gradient of the loss for `y`.
    public let outputGradient: UnsafeBufferPointer<Float>
    /// `[count] + inputShape`: to be written, the gradient of the loss for `x`.
    public let inputGradient: UnsafeMutableBufferPointer<Float>
    /// Each as its weight: to be written, the gradient of the loss for it, which is a sum over the batch.
    public let weightGradients: [UnsafeMutableBufferPointer<Float>]
}
