import Generators
import Tensors

/// Twelve samples that differ from each other.
final class OtherSamples: SampleSource {
    let ids: SampleIDs
    private let shape: Shape
    private let values: Buffer<Float>

    /// - Parameter value: what all elements of sample `id` are; without it they all differ.
    init(_ shape: Shape, count: Int = 12, value: ((_ id: Int) -> Float)? = nil) {
        self.shape = shape
        ids = SampleIDs(0..<UInt64(count))
        values = Buffer(
            (0..<count).flatMap { id in
                value.map { [Float](repeating: $0(id), count: shape.count) }
                    ?? Fixture.floats(shape.count, seed: id)
            })
    }

    func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
        CleanSample(.floats(values.pointer + Int(id) * shape.count))
    }

    func label(_ id: UInt64) -> Int { Int(id) % 5 }

    func values(of id: Int) -> [Float] {
        Array(UnsafeBufferPointer(start: values.pointer + id * shape.count, count: shape.count))
    }
}
