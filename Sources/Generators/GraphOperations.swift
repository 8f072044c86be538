import Tensors
import VectorKernels

/// Operations on whole values. Shapes are checked by `TraceFunctions`, whose errors speak to people; here they are
/// preconditions.
extension Graph {
    /// The same elements, row-major, under another shape of the same count.
    package mutating func reshape(_ operand: NodeID, to shape: Shape) -> NodeID {
        let node = nodes[operand]
        precondition(shape.count == node.shape.count, "\(node.shape) as \(shape)")
        guard shape.trimmed != node.shape else { return operand }
        if case .constant = node.operation {
            return add(node.operation, shape: shape.trimmed, type: node.type)
        }
        return add(.whole(.reshape), [operand], shape: shape.trimmed, type: node.type)
    }

    /// Running sums, minima or maxima along an axis, each value included.
    package mutating func scan(_ scan: Scan, _ operand: NodeID, along axis: Int) -> NodeID {
        guard nodes[operand].shape.size(axis) != 1 else { return operand }
        return add(.whole(.scan(scan, axis: axis)), [operand], shape: nodes[operand].shape, type: .number)
    }

    /// The elements of `source` at whole positions, counted from 1, along some axes; what lies outside (or is NaN) takes the
    /// nearest element. The result has the common shape of the positions and of the source's other axes.
    package mutating func gather(_ source: NodeID, at positions: [(axis: Int, node: NodeID)]) -> NodeID {
        var rest = nodes[source].shape
        for (axis, _) in positions { rest = rest.with(1, at: axis) }
        let shapes = [rest] + positions.map { nodes[$0.node].shape }
        guard let shape = Shape.broadcast(shapes) else { preconditionFailure("gather of \(shapes)") }
        return add(
            .whole(.gather(axes: positions.map(\.axis))), [source] + positions.map(\.node), shape: shape,
            type: nodes[source].type)
    }

    /// y[i] = Σⱼ kernel[j] · x[i + j], j = 0 …, along `axes`, where a window lies wholly inside: n − m + 1 results of n values
    /// and m weights. Summed in the order of the weights, row-major.
    package mutating func correlate(_ operand: NodeID, kernel: NodeID, along axes: [Int]) -> NodeID {
        var shape = nodes[operand].shape
        for axis in axes {
            shape = shape.with(max(0, shape.size(axis) - nodes[kernel].shape.size(axis) + 1), at: axis)
        }
        return add(.whole(.correlate(axes: axes)), [operand, kernel], shape: shape, type: .number)
    }

    /// The two parts of the discrete Fourier transform Σₖ x[k] · e^(−2πi·jk/n) along an axis, or of its inverse, which has a
    /// positive exponent and is divided by n.
    package mutating func fourier(
        real: NodeID, imaginary: NodeID?, along axis: Int, inverse: Bool
    ) -> (real: NodeID, imaginary: NodeID) {
        let shape = nodes[real].shape
        let parts = max(shape.rank, self.shape.rank, axis + 1)
        let both = add(
            .whole(.fourier(axis: axis, inverse: inverse, parts: parts)),
            [real] + (imaginary.map { [$0] } ?? []),
            shape: shape.with(2, at: parts), type: .number)
        return (
            gather(both, at: [(parts, constant(1))]), gather(both, at: [(parts, constant(2))])
        )
    }

    /// x with `low` more places before and `high` more behind along an axis, filled as the border says.
    package mutating func padded(
        _ operand: NodeID, along axis: Int, low: Int, high: Int, border: Border
    ) -> NodeID {
        let size = nodes[operand].shape.size(axis)
        let positions = elementwise(
            .subtract, index(axis, count: size + low + high), constant(Float(low)))
        return gather(operand, at: [(axis, positions)], border: border)
    }

    /// As `gather`, with a rule for positions outside.
    package mutating func gather(
        _ source: NodeID, at positions: [(axis: Int, node: NodeID)], border: Border
    ) -> NodeID {
        switch border {
        case .edge: return gather(source, at: positions)
        case .wrap, .reflect:
            let inside = positions.map { axis, node in
                (axis, folded(node, size: nodes[source].shape.size(axis), isReflected: border == .reflect))
            }
            return gather(source, at: inside)
        case .value(let outside):
            let values = gather(source, at: positions)
            var inside = mask(true)
            for (axis, node) in positions {
                let size = constant(Float(nodes[source].shape.size(axis)))
                let above = elementwise(.lessEqual, constant(1), node)
                inside = elementwise(
                    .and, inside, elementwise(.and, above, elementwise(.lessEqual, node, size)))
            }
            return elementwise(.select, inside, values, outside)
        }
    }

    /// Positions moved into 1 … size by repetition, or by reflection at the middle of the outermost elements.
    private mutating func folded(_ position: NodeID, size: Int, isReflected: Bool) -> NodeID {
        let one = constant(1)
        let offset = elementwise(.subtract, position, one)
        guard isReflected else {
            let rest = elementwise(.modulo, offset, constant(Float(size)))
            return elementwise(.add, rest, one)
        }
        let period = constant(Float(max(1, 2 * size - 2)))
        let rest = elementwise(.modulo, offset, period)
        let mirrored = elementwise(.minimum, rest, elementwise(.subtract, period, rest))
        return elementwise(.add, mirrored, one)
    }
}

/// What lies outside of a value.
package enum Border: Equatable {
    /// The nearest element.
    case edge
    /// The value again.
    case wrap
    /// The value mirrored, its outermost elements not repeated.
    case reflect
    /// One value, or one a sample.
    case value(NodeID)
}
