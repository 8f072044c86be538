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

/// Why a model's file could not be read.
package enum SafetensorsError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case notSafetensors(file: String, reason: String)
    case headerTooLong(file: String, found: Int, expected: UInt64)
    case wrongType(file: String, tensor: String, type: String)
    case wrongOffsets(file: String, tensor: String, shape: Shape, begin: Int, end: Int)
    case gap(file: String, tensor: String, begin: Int, expected: Int)
    case overlap(file: String, tensor: String, begin: Int, expected: Int)
    case wrongSize(file: String, found: Int, expected: Int)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): \(reason)"
        case .notSafetensors(let file, let reason):
            "\(file): not a safetensors file: \(reason)"
        case .headerTooLong(let file, let found, let expected):
            "\(file): ends within its header: \(found) bytes found, \(expected) expected"
        case .wrongType(let file, let tensor, let type):
            "\(file): '\(tensor)' is \(type), only F32 is read"
        case .wrongOffsets(let file, let tensor, let shape, let begin, let end):
            "\(file): '\(tensor)' \(shape) does not fit its bytes \(begin)..<\(end)"
        case .gap(let file, let tensor, let begin, let expected):
            "\(file): '\(tensor)' starts at byte \(begin), \(expected) expected: bytes belong to no tensor"
        case .overlap(let file, let tensor, let begin, let expected):
            "\(file): '\(tensor)' starts at byte \(begin), \(expected) expected: it overlaps another tensor"
        case .wrongSize(let file, let found, let expected):
            "\(file): \(found) bytes of values found, \(expected) expected"
        }
    }
}
