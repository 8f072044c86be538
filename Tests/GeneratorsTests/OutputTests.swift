import Generators
import LuaRuntime
import Tensors
import Testing

/// What leaves a chain beside the samples: extra outputs, blended labels; and what it knows of a sample: length, words.
struct OutputTests {
    private func trace(
        _ source: String, shape: Shape, probability: Double = 1, settings: [String: ParameterSetting] = [:]
    ) throws -> TracedChain {
        let plugin = try Plugin(source: source, file: "test.lua")
        return try Fixture.trace(
            [ChainItem(plugin: plugin, name: "item", settings: settings, probability: probability)],
            shape: shape)
    }

    @Test func `extra outputs have names, shapes of their own and the drawn values`() throws {
        let chain = try trace(
            """
            mottle.noise { name = "a", axes = "NHW", apply = function(x, p, rng)
              return x, { rows = x:sum("W"), high = x:gt(2), one = 3.5 } end }
            """, shape: [2, 3])
        let program = Program(chain)
        #expect(program.extras.map(\.name) == ["item.high", "item.one", "item.rows"])
        #expect(program.extras.map(\.shape) == [[2, 3], [], [2]])
        let found = try Fixture.run(chain, [1, 2, 3, 4, 5, 6], source: nil)
        #expect(found.extras == [[0, 0, 1, 1, 1, 1], [3.5], [6, 15]])
        #expect(found.extras == ReferenceExecutor(chain).run([1, 2, 3, 4, 5, 6], id: 9, epoch: 2).extras)
    }

    @Test func `with a probability one more says where the generator was applied`() throws {
        let chain = try trace(
            "mottle.mask { name = 'a', axes = 'NL', make = function(x, p, rng) return x:gt(0), { n = 1 } end }",
            shape: [2], probability: 0.5)
        #expect(chain.extras.map(\.name) == ["item.n", "item.applied"])
        var applied = 0
        for id in 0..<400 {
            let found = try Fixture.run(chain, [1, 2], id: UInt64(id), source: nil)
            #expect(found.extras[1][0] == (found.values == [0, 0] ? 1 : 0))
            if found.extras[1][0] == 1 { applied += 1 }
        }
        #expect(abs(applied - 200) < 45)
    }

    private static let mixing = """
        mottle.noise { name = "mix", axes = "NL", params = { share = mottle.number { default = 0.25, unit = "ratio" } },
          apply = function(x, p, rng)
            local other = rng:partner(x)
            return x * p.share + other.value * (1 - p.share), { mix = mottle.zeros("N") + p.share, partner = other.id }
          end }
        """

    @Test func `a partner is another sample as it is at this point of the chain, and labels follow`() throws {
        let plugin = try Plugin(source: Self.mixing, file: "mix.lua")
        let double = try Fixture.noise("return x * 2 + rng:uniform(x)", axes: "NL")
        let chain = try Fixture.trace(
            [
                ChainItem(plugin: double, name: "double"), ChainItem(plugin: plugin, name: "first"),
                ChainItem(plugin: plugin, name: "second", settings: ["share": .value(.number(0.5))]),
            ], shape: [24])
        let alone = try Fixture.trace([ChainItem(plugin: double, name: "double")], shape: [24])
        let samples = OtherSamples([24])
        let program = Program(chain)
        #expect(program.mixesLabels && program.hasPartners)
        let workspace = Workspace(program, kernels: Fixture.kernelSets[0].noise, source: samples)
        let (values, target) = (Buffer<Float>(count: 24), Buffer<Float>(count: 5))
        /// What the first two generators make of a sample, worked out here, and its label.
        func mixed(_ id: UInt64) throws -> (values: [Float], target: [Float], partner: UInt64) {
            let once = try Fixture.trace(
                [ChainItem(plugin: double, name: "double"), ChainItem(plugin: plugin, name: "first")],
                shape: [24])
            let run = try Fixture.run(once, samples.values(of: id), id: id, source: samples)
            let partner = UInt64(run.extras[1][0])
            let own = Fixture.run(alone, samples.values(of: id), id: id).values
            let other = Fixture.run(alone, samples.values(of: partner), id: partner).values
            #expect(
                zip(run.values, zip(own, other)).allSatisfy { abs($0 - (0.25 * $1.0 + 0.75 * $1.1)) < 1e-5 })
            var target = [Float](repeating: 0, count: 5)
            target[samples.label(id)] += 0.25
            target[samples.label(partner)] += 0.75
            return (run.values, target, partner)
        }
        for id in UInt64(0)..<12 {
            try workspace.run(
                samples.sample(id, scratch: values.pointer), id: id, epoch: 2, values: values.pointer,
                mask: nil)
            workspace.writeTarget(label: samples.label(id), classes: 5, to: target.pointer)
            let reference = ReferenceExecutor(chain, source: samples).run(
                samples.values(of: id), id: id, epoch: 2)
            expectSameBits(values.values, reference.values)
            let partner = UInt64(reference.extras[3][0])
            let (own, other) = (try mixed(id), try mixed(partner))
            #expect(partner != id && own.partner != id)
            #expect(
                zip(values.values, zip(own.values, other.values)).allSatisfy {
                    abs($0 - ($1.0 + $1.1) / 2) < 1e-5
                })
            let expected = zip(own.target, other.target).map { ($0 + $1) / 2 }
            #expect(
                zip(target.values, expected).allSatisfy { abs($0 - $1) < 1e-6 },
                "\(target.values) for \(expected)")
        }
    }

    @Test func `partners are all other samples, each as likely`() throws {
        let chain = try trace(Self.mixing, shape: [24])
        let samples = OtherSamples([24])
        var counts: [Int: Int] = [:]
        for epoch in 0..<1100 {
            let run = try Fixture.run(chain, samples.values(of: 4), id: 4, epoch: epoch, source: samples)
            counts[Int(run.extras[1][0]), default: 0] += 1
        }
        #expect(Set(counts.keys) == Set(0..<12).subtracting([4]))
        #expect(counts.values.allSatisfy { abs($0 - 100) < 45 })
    }

    @Test func `a plugin knows the length of its partner`() throws {
        let chain = try trace(
            """
            mottle.noise { name = "a", axes = "NL", apply = function(x, p, rng)
              local other = rng:partner(x)
              return mottle.where(mottle.index("L"):le(other.length), other.value, x), { id = other.id, length = other.length }
            end }
            """, shape: [24])
        let samples = OtherSamples([24], hasLengths: true)
        for id in UInt64(0)..<12 {
            let found = try Fixture.run(chain, samples.values(of: id), id: id, epoch: 2, source: samples)
            let partner = UInt64(found.extras[0][0])
            let length = samples.length(of: partner)
            #expect(found.extras[1] == [Float(length)])
            #expect(
                found.values
                    == Array(samples.values(of: partner)[..<length] + samples.values(of: id)[length...]))
            let reference = ReferenceExecutor(chain, source: samples).run(
                samples.values(of: id), id: id, epoch: 2)
            #expect(reference.values == found.values && reference.extras == found.extras)
        }
    }

    @Test func `a plugin knows a sample's length and its words`() throws {
        let chain = try trace(
            """
            mottle.tokens { name = "a", axes = "NL", apply = function(ids, p, rng)
              local real = mottle.index("L"):le(ids.length)
              return mottle.where(real, ids + 100, ids), real & (ids.words % 2):eq(0), { length = ids.length } end }
            """, shape: [5])
        let found = try Fixture.run(chain, [1, 2, 3, 4, 5], length: 3, words: [1, 1, 2, 2, 3], source: nil)
        #expect(found.values == [101, 102, 103, 4, 5])
        #expect(found.mask == [0, 0, 1, 0, 0])
        #expect(found.extras == [[3]])
        // Without words every token is one; without a length all are real.
        let whole = try Fixture.run(chain, [1, 2, 3, 4, 5], source: nil)
        #expect(whole.mask == [0, 1, 0, 1, 0] && whole.extras == [[5]])
        let reference = ReferenceExecutor(chain).run(
            [1, 2, 3, 4, 5], length: 3, words: [1, 1, 2, 2, 3], id: 9, epoch: 2)
        #expect(
            reference.values == found.values && reference.mask == found.mask
                && reference.extras == found.extras)
    }

    @Test func `severities are settings that others go before`() throws {
        let plugin = try Plugin(
            source: """
                mottle.noise { name = "a", axes = "NL",
                  params = { k = mottle.number { default = 1, unit = "count" }, m = mottle.number { default = 0, unit = "count" } },
                  severities = { { k = 2 }, { k = 3 }, { k = 4 }, { k = 5, m = 1 }, { k = 6 } },
                  apply = function(x, p) return x * p.k + p.m end }
                """, file: "a.lua")
        func run(_ settings: [String: ParameterSetting]) throws -> [Float] {
            var item = ChainItem(plugin: plugin, name: "a")
            for (name, setting) in settings { #expect(item.set(name, to: setting) == nil) }
            return Fixture.run(try Fixture.trace([item], shape: [2]), [1, 2]).values
        }
        #expect(try run([:]) == [1, 2])
        #expect(try run(["severity": .value(.number(4))]) == [6, 11])
        #expect(try run(["severity": .value(.number(4)), "m": .value(.number(0.5))]) == [5.5, 10.5])
        var item = ChainItem(plugin: plugin, name: "a")
        #expect(
            item.set("severity", to: .value(.number(6)))
                == "noise 'a': 'severity' must be a whole number between 1 and 5")
        #expect(
            item.set("severity", to: .uniform(1, 2))
                == "noise 'a': 'severity' must be a whole number between 1 and 5")
        var none = ChainItem(plugin: try Fixture.noise("return x"), name: "test")
        #expect(none.set("severity", to: .value(.number(1))) == "noise 'test' has no severities")
    }

    static let mistakes: [(String, String)] = [
        (
            "return x, x:gt(0), 3",
            "apply returned a number as a further result, which must be a mask, or a table of extra outputs"
        ),
        ("return x, { a = 'b' }", "the extra output 'a' is a string, not a tensor or a mask"),
        ("return x, { ['a-b'] = x }", "an extra output's name must have letters, digits and '_', got 'a-b'"),
        ("return x:upsample(2)", "apply returned values of shape [4, 4, 3]; its input's is [2, 2, 3]"),
        (
            "return x, x:upsample(2):gt(0)",
            "apply returned a mask of shape [4, 4, 3]; its input's is [2, 2, 3]"
        ),
        ("return x + rng:partner(x * 1).value", "rng:partner wants the sample that the generator was given"),
        (
            "local y = x for i = 1, 7 do y = y + rng:partner(x).value end return y",
            "more than 6 partners in one chain"
        ),
    ]

    @Test(arguments: mistakes.indices) func `wrong results are named`(place: Int) throws {
        let (body, message) = Self.mistakes[place]
        let error = #expect(throws: LuaError.self) {
            try Fixture.trace([ChainItem(plugin: try Fixture.noise(body), name: "test")], shape: [2, 2, 3])
        }
        #expect(error?.what == message)
    }
}
