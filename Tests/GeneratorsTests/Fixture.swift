import Foundation
import Generators
import Kernels
import LuaRuntime
import Tensors
import Testing

/// Chains, samples and comparisons for the tests of generators.
enum Fixture {
    /// The repository's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A plugin that ships with Mottle or stands in `examples`.
    static func shipped(_ path: String) throws -> Plugin {
        let source = try String(contentsOfFile: "\(root)/\(path).lua", encoding: .utf8)
        return try Plugin(source: source, file: path.split(separator: "/").last! + ".lua")
    }

    /// A noise plugin around the body of its `apply`.
    static func noise(_ body: String, axes: String = "NHWC", params: String = "") throws(LuaError) -> Plugin {
        try Plugin(
            source: """
                mottle.noise { name = "test", axes = "\(axes)", params = { \(params) },
                  apply = function(x, p, rng)
                \(body)
                  end }
                """, file: "test.lua")
    }

    /// Values in 0 ..< 1 that all differ, with neither order nor pattern.
    static func sample(_ shape: Shape) -> [Float] {
        (0..<shape.count).map { Float(($0 * 7919 + 13) % 10_007) / 10_007 }
    }

    static func trace(
        _ items: [ChainItem], shape: Shape, seed: UInt64 = 5, range: ClosedRange<Float> = 0...1
    ) throws -> TracedChain {
        try Chain(items).trace(seed: seed, shape: shape, range: range)
    }

    /// For every instruction set that this processor has.
    static let kernelSets = InstructionSet.supported.compactMap(KernelSet.of)

    /// What the compiled program makes of a sample.
    static func run(
        _ chain: TracedChain, _ sample: [Float], id: UInt64 = 9, epoch: Int = 2,
        kernels: KernelSet = .current
    ) -> (values: [Float], mask: [UInt8]?) {
        let result = try! run(chain, sample, id: id, epoch: epoch, kernels: kernels, source: nil)
        return (result.values, result.mask)
    }

    /// The same with extra outputs, and where samples are found that a chain blends with.
    static func run(
        _ chain: TracedChain, _ sample: [Float], length: Int? = nil, words: [Float]? = nil, id: UInt64 = 9,
        epoch: Int = 2, kernels: KernelSet = .current, source: (any SampleSource)?
    ) throws -> ReferenceExecutor.Result {
        let program = Program(chain)
        let workspace = Workspace(program, kernels: kernels.noise, source: source)
        let (input, output) = (Buffer(sample), Buffer<Float>(count: sample.count))
        let (mask, wordMemory) = (Buffer<UInt8>(count: sample.count), Buffer(words ?? []))
        defer { withExtendedLifetime((input, mask, wordMemory)) {} }
        try workspace.run(
            CleanSample(
                .floats(input.pointer), length: length,
                words: words.map { _ in UnsafePointer(wordMemory.pointer) }),
            id: id, epoch: epoch, values: output.pointer, mask: mask.pointer)
        let extras = program.extras.indices.map { place in
            let values = Buffer<Float>(count: program.extras[place].shape.count)
            workspace.copyExtra(place, to: values.pointer)
            return values.values
        }
        return .init(values: output.values, mask: program.writesMask ? mask.values : nil, extras: extras)
    }

    /// What one noise plugin's body makes of a sample.
    static func apply(_ body: String, to shape: Shape, axes: String = "NHWC") throws -> [Float] {
        let chain = try trace([ChainItem(plugin: try noise(body, axes: axes), name: "test")], shape: shape)
        return run(chain, sample(shape)).values
    }
}

/// Demands that the compiled program gives the bits of the scalar reference on every instruction set of this processor.
func expectEqualBits(
    _ chain: TracedChain, _ sample: [Float], sourceLocation: SourceLocation = #_sourceLocation
) {
    let reference = ReferenceExecutor(chain)
    for (id, epoch) in [(0, 0), (70_001, 3), (1 << 40 + 5, 1)] as [(UInt64, Int)] {
        let expected = reference.run(sample, id: id, epoch: epoch)
        for kernels in Fixture.kernelSets {
            let found = Fixture.run(chain, sample, id: id, epoch: epoch, kernels: kernels)
            let what = "\(kernels.instructionSet), sample \(id), epoch \(epoch)"
            expectSameBits(found.values, expected.values, what, sourceLocation: sourceLocation)
            #expect(found.mask == expected.mask, "mask on \(what)", sourceLocation: sourceLocation)
        }
    }
}

/// Demands equal bits; all NaNs are one value.
func expectSameBits(
    _ found: [Float], _ expected: [Float], _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if let difference = firstDifference(found, expected) {
        Issue.record("\(difference) (\(what))", sourceLocation: sourceLocation)
    }
}

/// Says which element differs first in its bits, nil if none does; all NaNs are one value.
func firstDifference(_ found: [Float], _ expected: [Float]) -> String? {
    guard found.count == expected.count else { return "\(found.count) values, expected \(expected.count)" }
    return found.indices.first {
        found[$0].bitPattern != expected[$0].bitPattern && !(found[$0].isNaN && expected[$0].isNaN)
    }.map { "element \($0) is \(found[$0]), expected \(expected[$0])" }
}

@Test func `expectSameBits can fail`() {
    withKnownIssue { expectSameBits([1, 2], [1, 2.0000002]) }
    withKnownIssue { expectSameBits([0], [-0.0]) }
    withKnownIssue { expectSameBits([1], [1, 2]) }
    withKnownIssue { expectSameBits([.nan], [1]) }
}
