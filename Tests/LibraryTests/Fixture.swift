import Foundation
import Generators
import Kernels
import Tensors
import Testing

/// The plugins that ship with Mottle, and samples for them.
enum Fixture {
    /// The repository's folder.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The plugins' names, sorted.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/plugins")) ?? []
        return files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }.sorted()
    }()

    static func plugin(_ name: String) throws -> Plugin {
        let source = try String(contentsOfFile: "\(root)/plugins/\(name).lua", encoding: .utf8)
        return try Plugin(source: source, file: "\(name).lua")
    }

    /// Values in 0 ..< 1 that all differ, with neither order nor pattern.
    static func floats(_ count: Int, seed: Int = 0) -> [Float] {
        (0..<count).map { Float(($0 * 7919 + seed * 104_729 + 13) % 10_007) / 10_007 }
    }

    /// Standard normal values that all differ.
    static func normals(_ count: Int, seed: Int = 0) -> [Float] {
        let (first, second) = (floats(count, seed: seed), floats(count, seed: seed + 1000))
        return zip(first, second).map { u, v in
            Float((-2 * log(1 - Double(u))).squareRoot() * cos(2 * .pi * Double(v)))
        }
    }

    /// For every instruction set that this processor has.
    static let kernelSets = InstructionSet.supported.compactMap(KernelSet.of)
}

/// What a plugin made of one sample.
struct Made {
    var values: [Float]
    /// 1 hidden or destroyed, an element each; nil if the plugin has no mask.
    var mask: [UInt8]?
    /// By name; parameters that differ from sample to sample are among them.
    var extras: [String: [Float]]

    var hidden: Int { mask!.count { $0 == 1 } }
}

/// A setting that its plugin does not take.
struct SettingProblem: Error { var problem: String }

/// One shipped plugin, alone in a chain.
final class Subject {
    let plugin: Plugin
    let shape: Shape
    let range: ClosedRange<Float>
    let chain: TracedChain
    let settings: [String: ParameterSetting]
    private let program: Program
    private let workspace: Workspace
    private let source: (any SampleSource)?
    private let memory: Memory

    private struct Memory {
        let (input, output, words): (Buffer<Float>, Buffer<Float>, Buffer<Float>)
        let mask: Buffer<UInt8>

        init(_ shape: Shape) {
            (input, output, words) = (
                Buffer(count: shape.count), Buffer(count: shape.count), Buffer(count: shape[0])
            )
            mask = Buffer(count: shape.count)
        }
    }

    init(
        _ name: String, _ settings: [String: ParameterSetting] = [:], shape: Shape,
        range: ClosedRange<Float> = 0...1, seed: UInt64 = 5, source: (any SampleSource)? = nil
    ) throws {
        plugin = try Fixture.plugin(name)
        (self.shape, self.range, self.source) = (shape, range, source)
        var item = ChainItem(plugin: plugin, name: name)
        for (parameter, setting) in settings {
            if let problem = item.set(parameter, to: setting) { throw SettingProblem(problem: problem) }
        }
        self.settings = item.completeSettings
        var chain = try Chain([item]).trace(seed: seed, shape: shape, range: range)
        chain.extras += chain.parameters.map { ExtraOutput(name: $0.name, node: $0.node) }
        self.chain = chain
        program = Program(chain)
        workspace = Workspace(program, kernels: KernelSet.current.noise, source: source)
        memory = Memory(shape)
    }

    private init(_ other: Subject, _ kernels: KernelSet) {
        (plugin, shape, range, source) = (other.plugin, other.shape, other.range, other.source)
        (settings, chain, program, memory) = (other.settings, other.chain, other.program, Memory(other.shape))
        workspace = Workspace(program, kernels: kernels.noise, source: source)
    }

    /// The same program on other kernels.
    func with(_ kernels: KernelSet) -> Subject { Subject(self, kernels) }

    /// In the order of the chain's extra outputs.
    var extraNames: [String] { program.extras.map { String($0.name.drop { $0 != "." }.dropFirst()) } }

    /// What the compiled program makes of a sample.
    func run(
        _ sample: [Float], id: Int = 9, epoch: Int = 0, length: Int? = nil, words: [Float]? = nil
    ) throws -> Made {
        precondition(sample.count == shape.count, "a sample of \(shape) has not \(sample.count) values")
        memory.input.pointer.update(from: sample, count: sample.count)
        if let words { memory.words.pointer.update(from: words, count: words.count) }
        let clean = CleanSample(
            .floats(memory.input.pointer), length: length,
            words: words.map { _ in UnsafePointer(memory.words.pointer) })
        try workspace.run(
            clean, id: UInt64(id), epoch: epoch, values: memory.output.pointer, mask: memory.mask.pointer)
        var extras: [String: [Float]] = [:]
        for (place, name) in extraNames.enumerated() {
            let values = Buffer<Float>(count: program.extras[place].shape.count)
            workspace.copyExtra(place, to: values.pointer)
            extras[name] = values.values
        }
        return Made(
            values: memory.output.values, mask: program.writesMask ? memory.mask.values : nil, extras: extras)
    }

    /// What it makes of a sample that is `value` everywhere.
    func run(constant value: Float, id: Int, epoch: Int = 0) throws -> Made {
        try run([Float](repeating: value, count: shape.count), id: id, epoch: epoch)
    }

    /// The classes' shares of the sample that was run last.
    func target(id: Int, classes: Int) -> [Float] {
        let target = Buffer<Float>(count: classes)
        workspace.writeTarget(label: source!.label(UInt64(id)), classes: classes, to: target.pointer)
        return target.values
    }

    /// y − x for samples that are `value` everywhere.
    func errors(of value: Float, samples: Int) throws -> [[Double]] {
        try (0..<samples).map { id in
            try run(constant: value, id: id).values.map { Double($0) - Double(value) }
        }
    }
}

extension ParameterSetting: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    public init(floatLiteral value: Double) { self = .value(.number(value)) }
    public init(integerLiteral value: Int) { self = .value(.number(Double(value))) }
    public init(booleanLiteral value: Bool) { self = .value(.boolean(value)) }
    public init(stringLiteral value: String) { self = .value(.choice(value)) }
    public init(arrayLiteral elements: Double...) { self = .value(.numbers(elements)) }

    /// A plain number that is no literal.
    static func number(_ value: Double) -> Self { .value(.number(value)) }
}

/// Demands that values agree within `tolerance`.
func expectClose(
    _ found: [Float], _ expected: [Double], within tolerance: Double = 1e-6, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard found.count == expected.count else {
        Issue.record(
            "\(found.count) values, expected \(expected.count) (\(what))", sourceLocation: sourceLocation)
        return
    }
    let wrong = found.indices.first { !(abs(Double(found[$0]) - expected[$0]) <= tolerance) }
    if let wrong {
        Issue.record(
            "element \(wrong) is \(found[wrong]), expected \(expected[wrong]) (\(what))",
            sourceLocation: sourceLocation)
    }
}

/// Demands a number within `tolerance` of the one wanted.
func expectClose(
    _ found: Double, _ expected: Double, within tolerance: Double, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        abs(found - expected) <= tolerance, "\(found), expected \(expected) ± \(tolerance) (\(what))",
        sourceLocation: sourceLocation)
}

/// Demands equal bits; all NaNs are one value.
func expectSameBits(
    _ found: [Float], _ expected: [Float], _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let wrong =
        found.count == expected.count
        ? found.indices.first {
            found[$0].bitPattern != expected[$0].bitPattern && !(found[$0].isNaN && expected[$0].isNaN)
        } : min(found.count, expected.count)
    if let wrong {
        let (value, other) = (found.dropFirst(wrong).first, expected.dropFirst(wrong).first)
        Issue.record(
            "element \(wrong) is \(value ?? .nan), expected \(other ?? .nan) (\(what))",
            sourceLocation: sourceLocation)
    }
}

@Test func `comparisons can fail`() {
    withKnownIssue { expectSameBits([1, 2], [1, 2.0000002]) }
    withKnownIssue { expectSameBits([0], [-0.0]) }
    withKnownIssue { expectSameBits([1], [1, 2]) }
    withKnownIssue { expectClose([1, 2.1], [1, 2]) }
    withKnownIssue { expectClose([.nan], [1]) }
    withKnownIssue { expectClose([1], [1, 2]) }
    withKnownIssue { expectClose(1.2, 1, within: 0.1) }
    withKnownIssue { expectClose(.nan, 1, within: 0.1) }
    expectSameBits([1, .nan], [1, .nan])
    expectClose([1, 2.0000005], [1, 2])
}

@Test func `a setting that a plugin does not take is an error`() {
    #expect(throws: SettingProblem.self) { try Subject("gaussian", ["sigmo": 0.1], shape: [4]) }
    #expect(throws: SettingProblem.self) { try Subject("gaussian", ["sigma": true], shape: [4]) }
}
