import Tensors
import VectorKernels

/// A convolution over the places of a sample, `[length, channels]` or `[height, width, channels]`.
package struct ConvolutionConfig: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case conv1d, conv2d
        /// Each channel by itself, with a kernel of its own.
        case depthwise
        /// What a convolution does to gradients: an input place gives to all the output places that would see it.
        case transposed = "transposed_conv2d"
    }

    package var kind: Kind
    /// Channels of the output; a depthwise one keeps those of the input.
    package var outputs: Int
    package var window: WindowConfig
    /// Into so many groups channels and outputs are cut; each sees only its own.
    package var groups: Int
    package var start = WeightStart.heUniform

    package init(_ kind: Kind, outputs: Int = 0, window: WindowConfig, groups: Int = 1) {
        (self.kind, self.outputs, self.window, self.groups) = (kind, outputs, window, groups)
    }

    /// The convolution from the larger side to the smaller one: of a transposed one from its output to its input.
    func geometry(input: Shape, place: LayerPlace) throws(ModelError) -> ConvolutionGeometry {
        let axes = kind == .conv1d ? 1 : 2
        guard kind == .depthwise || input.rank == axes + 1 else {
            let wanted = axes == 1 ? "[batch, length, channels]" : "[batch, height, width, channels]"
            throw .layerInput(place, kind: kind.rawValue, wanted: wanted, input: input)
        }
        let larger = kind == .transposed ? try transposedShape(input: input, place: place) : input
        let (vertical, horizontal) = try window.axes(over: larger, kind: kind.rawValue, place: place)
        let channels = input.sizes.last!
        let outputs = kind == .depthwise ? channels : outputs
        let groups = kind == .depthwise ? channels : groups
        for count in [channels, outputs] where groups < 1 || count % groups != 0 {
            throw .indivisible(place, kind: kind.rawValue, count: count, parts: groups, what: "groups")
        }
        let (sources, targets) = kind == .transposed ? (outputs, channels) : (channels, outputs)
        let inputs = vertical.kernel * horizontal.kernel * sources / groups
        let (count, overflow) = inputs.multipliedReportingOverflow(by: targets)
        guard !overflow, count > 0, count <= LayerConfig.weightLimit else {
            throw .layerSize(place, kind: kind.rawValue, inputs: inputs, outputs: targets)
        }
        return ConvolutionGeometry(
            vertical: vertical, horizontal: horizontal, channels: sources, outputs: targets, groups: groups)
    }

    func outputShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        let geometry = try geometry(input: input, place: place)
        return kind == .transposed
            ? try transposedShape(input: input, place: place)
            : input.windowed(geometry.vertical, geometry.horizontal, channels: geometry.outputs)
    }

    /// The smallest shape from which a convolution with this window leads to `input`; with padding `same` the one that is
    /// `stride` times as large.
    private func transposedShape(input: Shape, place: LayerPlace) throws(ModelError) -> Shape {
        // Read once over the input itself, for what may be wrong with the numbers.
        _ = try WindowConfig(
            size: [1], stride: window.stride, padding: .zeros([0]), dilation: window.dilation
        ).axes(over: input, kind: kind.rawValue, place: place)
        func number(_ numbers: [Int], _ index: Int) -> Int {
            numbers.count == 1 ? numbers[0] : numbers[index]
        }
        guard window.size.count == 1 || window.size.count == input.rank - 1 else {
            throw .windowAxes(
                place, kind: kind.rawValue, name: "size", count: window.size.count, axes: input.rank - 1)
        }
        var sizes: [Int] = []
        for index in 0..<input.rank - 1 {
            let (stride, size) = (number(window.stride, index), number(window.size, index))
            switch window.padding {
            case .same: sizes.append(input[index] * stride)
            case .zeros(let padding):
                let extent = (size - 1) * number(window.dilation, index) + 1
                sizes.append(max(1, (input[index] - 1) * stride + extent - 2 * number(padding, index)))
            }
        }
        return Shape(sizes + [outputs])
    }
}
