import Tensors
import VectorKernels

/// Windows that keep one value of each channel: the largest, or the mean over the places in the picture.
package struct PoolingConfig: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case maximum = "max_pool"
        case average = "average_pool"
        /// One window over the whole sample.
        case globalMaximum = "global_max_pool"
        case globalAverage = "global_average_pool"
    }

    package var kind: Kind
    /// Of global ones nil.
    package var window: WindowConfig?

    package init(_ kind: Kind, window: WindowConfig? = nil) { (self.kind, self.window) = (kind, window) }

    var isMaximum: Bool { kind == .maximum || kind == .globalMaximum }

    func axes(
        input: Shape, place: LayerPlace
    ) throws(ModelError) -> (vertical: ConvolutionAxis, horizontal: ConvolutionAxis) {
        let whole = WindowConfig(size: Array(input.sizes.dropLast()), padding: .zeros([0]))
        let axes = try (window ?? whole).axes(over: input, kind: kind.rawValue, place: place)
        for axis in [axes.vertical, axes.horizontal] where max(axis.before, axis.after) >= axis.kernel {
            throw .poolingPadding(
                place, kind: kind.rawValue, padding: max(axis.before, axis.after), size: axis.kernel)
        }
        return axes
    }

    func outputShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        let (vertical, horizontal) = try axes(input: input, place: place)
        let channels = input.sizes.last!
        return window == nil ? [channels] : input.windowed(vertical, horizontal, channels: channels)
    }
}
