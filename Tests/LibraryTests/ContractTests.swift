import Foundation
import Generators
import Kernels
import Tensors
import Testing

/// What holds for every plugin of the library: what it says of itself, identities, finite values, equal bits.
struct ContractTests {
    /// Settings without which a plugin has no meaning.
    static let required: [String: [String: ParameterSetting]] = [
        "mlm": ["mask_id": 103, "vocab": 200, "special": [7, 11]],
        "whole_word": ["mask_id": 103, "vocab": 200, "special": [7, 11]],
        "span_mask": ["mask_id": 103, "vocab": 200, "special": [7, 11]],
        "token_dropout": ["unknown": 100, "special": [7, 11]],
        "token_swap": ["special": [7, 11]],
        "token_insert": ["vocab": 200, "special": [7, 11]],
    ]

    /// No multiples of 8 or of a vector's width; patches of 3 and 4 pixels fit into one each.
    static func shapes(_ plugin: Plugin) -> [(Shape, [String: ParameterSetting])] {
        let hasPatches = plugin.parameters.contains { $0.name == "patch" }
        switch plugin.axes {
        case "N...": return [([5, 7, 3], [:]), ([67], [:]), ([1], [:])]
        case "NHWC" where hasPatches:
            return [([8, 12, 3], [:]), ([9, 15], ["patch": 3]), ([4, 4, 1], [:])]
        case "NHWC": return [([9, 13, 3], [:]), ([15, 6], [:]), ([1, 1, 1], [:])]
        case "NTF": return [([11, 7], [:]), ([1, 33], [:])]
        case let axes:
            #expect(axes == "NL")
            return [([67], [:]), ([64], [:]), ([1], [:])]
        }
    }

    /// A sample with lengths and words that fit it.
    struct Sample {
        var values: [Float]
        var length: Int?
        var words: [Float]?

        /// Token ids for text; else values that lie outside the range of 0 … 1, too.
        init(_ plugin: Plugin, _ shape: Shape, length: Int? = nil, seed: Int = 0) {
            let floats = Fixture.floats(shape.count, seed: seed)
            values =
                plugin.kind == .tokens ? floats.map { ($0 * 199).rounded() } : floats.map { $0 * 1.6 - 0.3 }
            self.length = length
            guard plugin.kind == .tokens else { return }
            // Words of one, two and three tokens; every seventh token is special.
            var word: Float = 0
            words = (0..<shape.count).map { place in
                if place % 7 == 0 { return 0 }
                if [1, 3, 4].contains(place % 7) { word += 1 }
                return place < length ?? shape.count ? word : 0
            }
        }
    }

    /// One that is all real and, where there is padding at all, one that is not.
    static func samples(_ plugin: Plugin, _ shape: Shape) -> [Sample] {
        let lengths = ["NL", "NTF"].contains(plugin.axes) ? [nil, shape[0] / 2] : [nil]
        return lengths.map { Sample(plugin, shape, length: $0, seed: shape.count) }
    }

    @Test(arguments: Fixture.names) func `a plugin explains itself and its parameters`(name: String) throws {
        let plugin = try Fixture.plugin(name)
        #expect(plugin.name == name)
        #expect(
            plugin.documentation.count > 20 && plugin.documentation.hasSuffix("."), "\(plugin.documentation)")
        #expect(plugin.citation.count > 10, "\(plugin.citation)")
        let ids = ["mask_id", "unknown", "ignore"]  // names of tokens, which measure nothing
        for parameter in plugin.parameters {
            #expect(parameter.documentation.count > 2, "\(parameter.name)")
            let measures =
                [.number, .integer, .interval].contains(parameter.kind) && !ids.contains(parameter.name)
            #expect((parameter.unit != nil) == measures, "\(parameter.name)")
        }
    }

    @Test func `only these plugins have no settings that do nothing`() throws {
        let found = try Fixture.names.filter { try Fixture.plugin($0).identity == nil }
        #expect(
            found == [
                "background", "band_stop", "brush_strokes", "canny_edges", "clip", "cutmix", "cutout",
                "grid_mix",
                "ijepa_multi_block", "jpeg_blocks", "mixup", "patch_shuffle", "quantisation",
                "random_erasing", "reverb",
                "shot", "snr_coloured", "snr_gaussian", "spatter",
            ])
    }

    @Test(arguments: Fixture.names) func `at its identity a plugin gives a sample's bits`(name: String) throws
    {
        let plugin = try Fixture.plugin(name)
        guard let identity = plugin.identity else { return }
        for (shape, patch) in Self.shapes(plugin).dropLast() {
            let settings = (Self.required[name] ?? [:]).merging(patch) { $1 }
            let subject = try Subject(
                name, settings.merging(identity.mapValues { .value($0) }) { $1 }, shape: shape)
            for sample in Self.samples(plugin, shape) {
                let made = try subject.run(sample.values, length: sample.length, words: sample.words)
                expectSameBits(made.values, sample.values, "\(shape)")
                #expect(made.mask?.contains(1) != true, "\(shape)")
            }
        }
    }

    @Test(arguments: Fixture.names) func `at its defaults a plugin does something`(name: String) throws {
        let plugin = try Fixture.plugin(name)
        let shape: Shape = plugin.axes == "NL" ? [600] : plugin.axes == "NTF" ? [60, 30] : [20, 24, 3]
        let subject = try Subject(name, Self.required[name] ?? [:], shape: shape, source: OtherSamples(shape))
        let sample = Sample(plugin, shape)
        let changed = try (0..<12).contains { id in
            let made = try subject.run(sample.values, id: id, words: sample.words)
            return made.values != sample.values
        }
        #expect(changed)
    }

    @Test(arguments: Fixture.names) func `values stay finite and padding stays as it is`(name: String) throws
    {
        let plugin = try Fixture.plugin(name)
        for (shape, patch) in Self.shapes(plugin) {
            let subject = try Subject(
                name, (Self.required[name] ?? [:]).merging(patch) { $1 }, shape: shape,
                source: OtherSamples(shape))
            let black = [Float](repeating: 0, count: shape.count)
            let words = plugin.needsWords ? Sample(plugin, shape).words : nil
            let dark = try subject.run(black, words: words).values
            #expect(!dark.contains { !$0.isFinite }, "\(shape)")
            for length in [0, shape[0] / 3, shape[0]] where ["NL", "NTF"].contains(plugin.axes) {
                let sample = Sample(plugin, shape, length: length)
                let made = try subject.run(sample.values, length: length, words: sample.words)
                #expect(!made.values.contains { !$0.isFinite }, "\(shape), \(length)")
                if name == "token_insert" { continue }  // makes samples longer
                let padding = length * shape.count / shape[0]
                expectSameBits(
                    Array(made.values[padding...]), Array(sample.values[padding...]),
                    "padding from \(padding) of \(shape)")
                #expect(made.mask?[padding...].contains(1) != true, "\(shape), \(length)")
            }
            let sample = Sample(plugin, shape)
            let whole = try subject.run(sample.values, words: sample.words).values
            #expect(!whole.contains { !$0.isFinite }, "\(shape)")
        }
    }

    @Test(arguments: Fixture.names)
    func `each parameter's least and greatest values work`(name: String) throws {
        let plugin = try Fixture.plugin(name)
        let (shape, patch) = Self.shapes(plugin)[1]
        let required = (Self.required[name] ?? [:]).merging(patch) { $1 }
        for parameter in plugin.parameters where [.number, .integer].contains(parameter.kind) {
            // The greatest plain numbers are many turns of a loop.
            let ends = [parameter.minimum, parameter.isPlain ? nil : parameter.maximum].compactMap { $0 }
            for value in ends where parameter.name != "patch" {
                let settings = required.merging([parameter.name: .number(value)]) { $1 }
                let subject = try Subject(name, settings, shape: shape, source: OtherSamples(shape))
                for sample in Self.samples(plugin, shape) {
                    let made = try subject.run(sample.values, length: sample.length, words: sample.words)
                        .values
                    #expect(!made.contains { !$0.isFinite }, "\(parameter.name) = \(value)")
                }
            }
        }
    }

    @Test(arguments: Fixture.names)
    func `a program has the reference's bits for plain numbers and for distributions`(name: String) throws {
        let plugin = try Fixture.plugin(name)
        // Each pixel of reach and each place of a kernel is a step of the reference, which is slow.
        let small: [String: [String: ParameterSetting]] = [
            "canny_edges": ["reach": 5], "elastic": ["sigma": 1.2],
        ]
        let plain = (Self.required[name] ?? [:]).merging(small[name] ?? [:]) { $1 }
        let varying = Dictionary(
            uniqueKeysWithValues: plugin.parameters.compactMap { parameter in
                Self.distribution(parameter).map { (parameter.name, $0) }
            })
        let shapes = Self.shapes(plugin)
        try expectReferenceBits(name, plain.merging(shapes[1].1) { $1 }, shapes[1].0)
        guard !varying.isEmpty else { return try expectReferenceBits(name, plain, shapes[0].0) }
        try expectReferenceBits(name, plain.merging(shapes[0].1) { $1 }.merging(varying) { $1 }, shapes[0].0)
    }

    private func expectReferenceBits(_ name: String, _ settings: [String: ParameterSetting], _ shape: Shape)
        throws
    {
        let others = OtherSamples(shape)
        let subject = try Subject(name, settings, shape: shape, source: others)
        let hasScripts = !subject.chain.graph.scripts.isEmpty
        #expect(hasScripts == subject.plugin.isEager)
        let reference = ReferenceExecutor(subject.chain, source: others)
        for (id, sample) in Self.samples(subject.plugin, shape).enumerated() {
            let found = try Fixture.kernelSets.map {
                try subject.with($0).run(
                    sample.values, id: id, epoch: 3, length: sample.length, words: sample.words)
            }
            // Of scripts Lua is the only judge.
            let expected =
                hasScripts
                ? .init(values: found[0].values, mask: found[0].mask, extras: [])
                : reference.run(
                    sample.values, length: sample.length, words: sample.words, id: UInt64(id), epoch: 3)
            for (made, kernels) in zip(found, Fixture.kernelSets) {
                let what = "\(kernels.instructionSet), \(shape), \(settings.keys.sorted())"
                expectSameBits(made.values, expected.values, what)
                #expect(made.mask == expected.mask, "\(what)")
                for (extra, values) in zip(subject.extraNames, expected.extras) {
                    expectSameBits(made.extras[extra] ?? [], values, "\(extra), \(what)")
                }
            }
        }
    }

    /// A distribution around a parameter's default, nil for what cannot differ from sample to sample.
    static func distribution(_ parameter: ParameterDeclaration) -> ParameterSetting? {
        guard [.number, .integer].contains(parameter.kind), !parameter.isPlain else { return nil }
        let (low, high) = (parameter.minimum ?? -1e6, parameter.maximum ?? 1e6)
        var middle = 50.0
        if case .number(let value)? = parameter.defaultValue { middle = value }
        let spread = max(abs(middle) / 2, parameter.kind == .integer ? 2 : 0.2)
        let (first, last) = (max(low, middle - spread), min(high, middle + spread))
        guard first < last else { return .uniform(.constant(low), .constant(high)) }
        return parameter.kind == .integer
            ? .uniform(.constant(first.rounded(.up)), .constant(last.rounded(.down)))
            : .uniform(.constant(first), .constant(last))
    }

    /// Names that stand in a test of a plugin's own: the first argument of `Subject(…)`, `subject(…)` or a table's `Row(…)`.
    static let tested: Set<String> = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().path
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix("Tests.swift") && $0 != "ContractTests.swift"
        }
        let sources = files.compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
        return Set(
            sources.flatMap { $0.matches(of: /\b(?:[Ss]ubject|Row)\(\s*"(\w+)"/).map { String($0.1) } })
    }()

    @Test func `every plugin has a test of its own`() {
        #expect(Fixture.names.count >= 66, "is \(Fixture.root)/plugins the library?")
        #expect(Set(Fixture.names).subtracting(Self.tested) == [], "these have none")
        #expect(Self.tested.subtracting(Fixture.names) == [], "these are none")
    }
}
