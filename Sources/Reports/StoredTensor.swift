import Tensors

/// A named array of weights, as a model's file holds it.
package struct StoredTensor {
    package let name: String
    package let shape: Shape
    package let values: Buffer<Float>

    package init(name: String, shape: Shape, values: Buffer<Float>) {
        precondition(
            values.count == shape.count, "'\(name)' \(shape) wants \(shape.count) values, got \(values.count)"
        )
        (self.name, self.shape, self.values) = (name, shape, values)
    }
}
