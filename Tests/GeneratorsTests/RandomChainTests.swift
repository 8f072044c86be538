import Generators
import Tensors
import Testing

/// Programs against the reference on chains of groups in groups.
struct RandomChainTests {
    @Test(arguments: [[4, 6, 3], [33, 40], [17]] as [Shape])
    func `random nested chains have the reference's bits, sample after sample`(shape: Shape) throws {
        var compared = 0
        for seed in UInt64(0)..<14 {
            var maker = try EntryMaker(seed: seed)
            let entries = try (0..<2).map { _ in try maker.entry(depth: 3) }
            // A drawn order within a drawn order makes more partners of one than a chain may have.
            guard var chain = try? Fixture.trace(entries: entries, shape: shape, range: -1...2) else {
                continue
            }
            compared += 1
            chain.extras += chain.parameters.map { ExtraOutput(name: $0.name, node: $0.node) }
            let samples = OtherSamples(shape)
            let reference = ReferenceExecutor(chain, source: samples)
            let makers = Fixture.kernelSets.map { SampleMaker(chain, samples: samples, kernels: $0) }
            for (id, epoch, step) in [(0, 0, 0), (7, 1, 90), (3, 2, 12), (11, 0, 4), (5, 3, 4)] {
                let expected = reference.run(
                    samples.values(of: UInt64(id)), id: UInt64(id), epoch: epoch, step: step)
                for maker in makers {
                    let found = try maker.make(UInt64(id), epoch: epoch, step: step)
                    let what = "\(shape), seed \(seed), sample \(id)"
                    expectSameBits(found.values, expected.values, what)
                    #expect(found.mask == expected.mask, "the mask of \(what)")
                    for (place, extra) in chain.extras.enumerated() {
                        expectSameBits(
                            found.extras[place], expected.extras[place], "\(extra.name) of \(what)")
                    }
                }
            }
        }
        #expect(compared >= 10)
    }
}

/// Makes entries from a seed.
private struct EntryMaker {
    private let address: DrawAddress
    private var drawn = 0
    private var names = ChainNames()
    private let plugins: [(name: String, plugin: Plugin)]

    init(seed: UInt64) throws {
        address = DrawAddress(key: seed, epoch: 0, sample: 0)
        let parameter = "v = mottle.number { default = 0.5, min = 0, max = 2, unit = 'ratio' }"
        let bodies = [
            ("shift", "return x + p.v"), ("normal", "return x + p.v * rng:normal(x)"),
            ("heavy", "return x + (x:mean() - x):exp() * rng:uniform(x), x:gt(p.v), { mean = x:mean() }"),
            ("own", "return mottle.where(rng:bernoulli('N', 0.5), x * rng:normal(x):sin(), x)"),
            (
                "mix",
                "local o = rng:partner(x) return x * p.v + o.value, { mix = mottle.zeros('N') + p.v, partner = o.id }"
            ),
        ]
        plugins = try bodies.map { ($0, try Fixture.noise($1, axes: "N...", params: parameter)) }
    }

    private mutating func below(_ count: Int) -> Int {
        drawn += 1
        return Int(address.bits(drawn)) % count
    }

    private mutating func probability() -> Double { below(3) == 0 ? 0.5 : 1 }

    private mutating func setting() -> ParameterSetting {
        let ramp = Schedule(.ramp(from: 0.25, to: 1.75, length: 60), clock: .steps)
        let settings: [ParameterSetting] = [
            .value(.number(0.75)), .uniform(0, .scheduled(ramp)), .normal(mean: 1, deviation: 0.5),
            .drawn(.truncatedNormal(mean: 0.5, deviation: 0.5, low: 0.25, high: 1)),
            .drawn(.logUniform(0.125, 2)), .drawn(.beta(a: 0.5, b: 2, low: 0, high: 2)),
            .choice([0.25, 1.5, .scheduled(ramp)]), .scheduled(ramp),
        ]
        return settings[below(settings.count)]
    }

    private mutating func name(_ usual: String) -> String { names.next(plugin: usual, own: nil)! }

    mutating func entry(depth: Int) throws -> ChainEntry {
        guard depth > 0, below(4) > 0 else { return try generator() }
        let members = try (0..<1 + below(3)).map { _ in try entry(depth: depth - 1) }
        let kinds: [ChainGroup.Kind] = [
            .oneOf(weights: members.indices.map { Double($0 + 1) }), .someOf(count: 0...members.count),
            .someOf(count: 1...1), .sequence, .shuffleOrder,
        ]
        return .group(kinds[below(kinds.count)], members, name: name("group"), probability: probability())
    }

    private mutating func generator() throws -> ChainEntry {
        // Few partners may meet in a chain, and a drawn order makes many of one.
        let (usual, plugin) = plugins[below(16) == 0 ? 4 : below(4)]
        var item = ChainItem(
            plugin: plugin, name: name(usual), settings: ["v": setting()], probability: probability())
        if usual == "normal", below(2) == 0 {
            item.match = DamageMatch(below(2) == 0 ? .psnr : .snr, .uniform(5, 20))
        }
        return .generator(item)
    }
}
