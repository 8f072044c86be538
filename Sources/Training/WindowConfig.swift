import Tensors
import VectorKernels

/// What slides over the places of a sample. Each list has one number for every axis, height before width, or a single one
/// for all.
package struct WindowConfig: Equatable, Sendable {
    package enum Padding: Equatable, Sendable {
        /// As many zeros as make an output for every `stride` input places; where their number is odd, one more behind.
        case same
        /// So many zeros on either side.
        case zeros([Int])
    }

    package var size: [Int]
    package var stride: [Int]
    package var padding: Padding
    package var dilation: [Int]

    package init(size: [Int], stride: [Int] = [1], padding: Padding = .same, dilation: [Int] = [1]) {
        (self.size, self.stride, self.padding, self.dilation) = (size, stride, padding, dilation)
    }

    /// The axes of a window over an input `[length, channels]` or `[height, width, channels]`; a single one is horizontal.
    func axes(
        over input: Shape, kind: String, place: LayerPlace
    ) throws(ModelError) -> (vertical: ConvolutionAxis, horizontal: ConvolutionAxis) {
        guard input.rank == 2 || input.rank == 3 else {
            throw .layerInput(
                place, kind: kind, wanted: "[batch, height, width, channels] or [batch, length, channels]",
                input: input)
        }
        let count = input.rank - 1
        var axes: [ConvolutionAxis] = []
        for index in 0..<count {
            func number(_ numbers: [Int], _ name: String, atLeast least: Int) throws(ModelError) -> Int {
                guard numbers.count == 1 || numbers.count == count else {
                    throw .windowAxes(place, kind: kind, name: name, count: numbers.count, axes: count)
                }
                let number = numbers.count == 1 ? numbers[0] : numbers[index]
                guard number >= least else {
                    throw .windowValue(place, kind: kind, name: name, value: number, least: least)
                }
                return number
            }
            var axis = ConvolutionAxis(
                input: input[index], kernel: try number(size, "size", atLeast: 1),
                stride: try number(stride, "stride", atLeast: 1),
                dilation: try number(dilation, "dilation", atLeast: 1))
            switch padding {
            case .same:
                let outputs = (axis.input + axis.stride - 1) / axis.stride
                let zeros = max(0, (outputs - 1) * axis.stride + axis.extent - axis.input)
                (axis.before, axis.after) = (zeros / 2, zeros - zeros / 2)
            case .zeros(let numbers):
                axis.before = try number(numbers, "padding", atLeast: 0)
                axis.after = axis.before
            }
            guard axis.paddedInput >= axis.extent else {
                throw .windowExtent(place, kind: kind, extent: axis.extent, padded: axis.paddedInput)
            }
            axes.append(axis)
        }
        return (count == 2 ? axes[0] : ConvolutionAxis(input: 1, kernel: 1), axes[count - 1])
    }
}

extension Shape {
    /// As many axes as this one, with the outputs of a window, and other channels.
    func windowed(
        _ vertical: ConvolutionAxis, _ horizontal: ConvolutionAxis, channels: Int
    ) -> Shape {
        rank == 2
            ? [horizontal.output, channels] : [vertical.output, horizontal.output, channels]
    }
}
