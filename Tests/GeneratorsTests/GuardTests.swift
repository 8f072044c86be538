import Generators
import Tensors
import Testing

/// What a program skips for samples that do not need it.
struct GuardTests {
    private static let costly = "return x + rng:normal(x):cumsum('H') * 0.001"

    private func stages(_ entries: [ChainEntry], _ shape: Shape = [40, 30]) throws -> [Explanation.Stage] {
        Explanation(try Fixture.trace(entries: entries, shape: shape)).stages
    }

    /// The stages that make the draws of a generator.
    private func conditions(of path: String, in stages: [Explanation.Stage]) -> [[String]] {
        stages.filter { $0.lines.contains { $0.origin.path == path && $0.text.hasPrefix("rng:normal") } }
            .map(\.conditions)
    }

    @Test func `each generator of one_of runs only for the samples that take it`() throws {
        let members = try ["a", "b", "c"].map { try Fixture.entry($0, Self.costly, axes: "NHW") }
        let stages = try stages([.group(.oneOf(weights: [1, 1, 1]), members, name: "one_of")])
        for name in ["a", "b", "c"] {
            let found = conditions(of: "chain/\(name)", in: stages)
            #expect(found.count == 1 && found.allSatisfy { $0.count == 1 }, "\(found)")
        }
        // What is left for all samples is the choice and the sum of what was chosen.
        let always = stages.filter { $0.conditions.isEmpty && $0.shape == [40, 30] }
        #expect(always.count == 1)
    }

    @Test func `a generator with a probability runs only where it is applied`() throws {
        let stages = try stages([try Fixture.entry("a", Self.costly, probability: 0.1, axes: "NHW")])
        #expect(conditions(of: "chain/a", in: stages) == [["chain/a"]])
    }

    @Test func `what is cheaper than a stage of its own is not skipped`() throws {
        let stages = try stages([try Fixture.entry("a", "return x + 1", probability: 0.1)])
        #expect(stages.allSatisfy { $0.conditions.isEmpty })
    }

    @Test func `a choice of a plugin's own is skipped, too, with its line`() throws {
        let body =
            "return mottle.where(rng:bernoulli('N', 0.3), \(Self.costly.dropFirst("return ".count)), x)"
        let stages = try stages([try Fixture.entry("a", body, axes: "NHW")])
        #expect(conditions(of: "chain/a", in: stages) == [["test.lua:3"]])
    }

    /// Counts how often partners are read.
    private final class CountingSamples: SampleSource {
        let ids = SampleIDs(0..<50)
        private let values = Buffer(Fixture.sample([600]))
        private(set) var reads = 0

        func sample(_ id: UInt64, scratch: UnsafeMutablePointer<Float>) -> CleanSample {
            reads += 1
            return CleanSample(.floats(values.pointer))
        }

        func label(_ id: UInt64) -> Int { 0 }
    }

    @Test func `a partner is made only for samples that are blended with one`() throws {
        let body =
            "local o = rng:partner(x) return (x + o.value) / 2, { mix = mottle.zeros('N') + 0.5, partner = o.id }"
        let chain = try Fixture.trace(
            entries: [try Fixture.entry("mix", body, probability: 0.2)], shape: [600])
        let samples = CountingSamples()
        let workspace = Workspace(Program(chain), kernels: Fixture.kernelSets[0].noise, source: samples)
        let (clean, values) = (Buffer(Fixture.sample([600])), Buffer<Float>(count: 600))
        var blended = 0
        for id in UInt64(0)..<50 {
            try workspace.run(
                CleanSample(.floats(clean.pointer)), id: id, epoch: 0, values: values.pointer, mask: nil)
            let applied = Buffer<Float>(count: 1)
            workspace.copyExtra(2, to: applied.pointer)
            blended += Int(applied.values[0])
        }
        #expect((4...20).contains(blended))
        #expect(samples.reads == blended)
    }

    @Test func `what a skipped stage left behind is never seen`() throws {
        // Infinite and NaN where it is skipped and run in turns.
        let body = "return x / (x - x) + rng:normal(x):cumsum('H')"
        let wild = try Fixture.entry("wild", body, axes: "NHW")
        let group = ChainEntry.group(
            .someOf(count: 0...1), [wild, try Fixture.entry("calm", Self.costly, axes: "NHW")],
            name: "some_of")
        let maker = SampleMaker(try Fixture.trace(entries: [group], shape: [40, 30]))
        let finite = try (0..<60).count { try maker.make(UInt64($0)).values.allSatisfy(\.isFinite) }
        // Wild in a quarter of the samples.
        #expect((34...56).contains(finite))
    }
}
