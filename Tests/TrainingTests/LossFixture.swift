import Foundation
import Kernels
import Tensors
import Testing
import VectorKernels

/// Rows as they lie between layers, in memory that notices writes beside it and is full of what must not be read.
struct PaddedRows {
    static let guardZone = 64
    let (rows, channels): (Int, Int)
    let memory: Buffer<Float>

    var stride: Int { (channels + 15) / 16 * 16 }
    var pointer: UnsafeMutablePointer<Float> { memory.pointer + Self.guardZone }

    /// Everything that is not a value is `filler`.
    init(_ values: [Float], channels: Int, filler: Float) {
        (self.channels, rows) = (channels, values.count / channels)
        let stride = (channels + 15) / 16 * 16
        memory = Buffer(Array(repeating: filler, count: rows * stride + 2 * Self.guardZone))
        for (index, value) in values.enumerated() {
            memory[Self.guardZone + index / channels * stride + index % channels] = value
        }
    }

    /// The values without padding; an issue where the padding is not zero, or where something beside the rows is not `filler`.
    func checked(filler: Float, sourceLocation: SourceLocation = #_sourceLocation) -> [Float] {
        let inside = Self.guardZone..<Self.guardZone + rows * stride
        let outside = memory.values.indices.filter { !inside.contains($0) }
        #expect(outside.allSatisfy { memory[$0] == filler }, "guard zone", sourceLocation: sourceLocation)
        let padding = inside.filter { ($0 - Self.guardZone) % stride >= channels }
        #expect(padding.allSatisfy { memory[$0] == 0 }, "padding", sourceLocation: sourceLocation)
        return inside.filter { ($0 - Self.guardZone) % stride < channels }.map { memory[$0] }
    }
}

/// The derivative of `function` for each of `values`, by central differences in Double.
func centralDifferences(
    _ values: [Float], _ function: ([Double]) throws -> Double
) rethrows -> [Double] {
    let h = 1e-5
    let start = values.map(Double.init)
    return try start.indices.map { index in
        var (above, below) = (start, start)
        above[index] += h
        below[index] -= h
        return try (function(above) - function(below)) / (2 * h)
    }
}

/// What a row's softmax is, in Double.
func softmax(_ logits: ArraySlice<Double>) -> [Double] {
    let largest = logits.max()!
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}

extension Double {
    var logarithm: Double { log(self) }
}
