import MottleKit
import Testing

/// What people do wrong with the public face, and what they are told.
struct ErrorTests {
    @Test func `an unknown plugin names the nearest`() {
        expect(.argument, "unknown plugin 'gausian'; did you mean 'gaussian'?") {
            try Repository.plugins.load("gausian")
        }
        expect(.argument, "cannot read the plugin 'none.lua': no such file or directory") {
            try Repository.plugins.load("./none.lua")
        }
    }

    @Test func `a broken plugin tells its line`() throws {
        expect(
            .plugin,
            """
            mine.lua:2: error: math.random is not available, because its numbers cannot be repeated.
            Instead: rng:uniform("N") (one per sample) or rng:uniform(x) (one per element).
            [M06]
               2 | local a = math.random(3)
              at mine.lua:2 in main chunk
            """
        ) { try Plugin(source: "\nlocal a = math.random(3)", file: "mine.lua") }
        let broken = try Plugin(
            source: "mottle.noise { name = 'n', apply = function(x)\n  return x + y end }", file: "mine.lua")
        expect(
            .plugin,
            """
            mine.lua:2: error: undefined variable 'y'
            [M05] in apply of noise 'n'
               2 |   return x + y end }
              at mine.lua:2 in function of line 1
            """
        ) { try Chain([ChainItem(broken)], shape: [4]) }
    }

    @Test func `settings are checked`() throws {
        let gaussian = try Repository.plugins.load("gaussian")
        func chain(_ items: ChainItem...) throws -> Chain { try Chain(items, shape: [2, 3]) }
        expect(.argument, "noise 'gaussian': 'sigma' must be a number between 0 and 10 (range), got 11") {
            try chain(ChainItem(gaussian, ["sigma": 11]))
        }
        expect(.argument, "noise 'gaussian': 'sigma' must be a number between 0 and 10 (range), got true") {
            try chain(ChainItem(gaussian, ["sigma": true]))
        }
        expect(.argument, "unknown parameter 'sigmaa' of noise 'gaussian'; did you mean 'sigma'?") {
            try chain(ChainItem(gaussian, ["sigmaa": 0.2]))
        }
        expect(.argument, "noise 'gaussian': the probability must be between 0 and 1, got 1.5") {
            try chain(ChainItem(gaussian, probability: 1.5))
        }
        expect(.argument, "'fill' belongs to masks; noise 'gaussian' makes its values itself") {
            try chain(ChainItem(gaussian, fill: .mean))
        }
        expect(.argument, "the name 'a' is used twice; names keep the draws of generators apart") {
            try chain(ChainItem(gaussian, name: "a"), ChainItem(gaussian, name: "a"))
        }
        func group(_ entries: ChainEntry...) throws -> Chain { try Chain(entries: entries, shape: [2, 3]) }
        expect(.argument, "'one_of' has 1 entries and 2 weights") {
            try group(.oneOf([.generator(ChainItem(gaussian))], weights: [1, 2]))
        }
        expect(.argument, "'some_of' wants a count between 0 and its 1 entries, got 2") {
            try group(.someOf(2...2, [.generator(ChainItem(gaussian))]))
        }
        expect(.argument, "'repeat' may have 1 to 100 turns, got 0") { try group(.repeated(0, [])) }
        expect(.argument, "'sequence': the probability must be between 0 and 1, got -1.0") {
            try group(.sequence([], probability: -1))
        }
        expect(.argument, "'mean' has 2 numbers for samples of shape [2, 3], whose last axis has 3") {
            try group(.standardise(mean: [1, 2], deviation: [1]))
        }
        expect(.argument, "a sample wants sizes of at least 1, got [2, 0]") { try Chain([], shape: [2, 0]) }
    }

    @Test func `sizes must agree`() throws {
        expect(.argument, "2 samples of [2, 3] wanted, one for each label, got 13 values") {
            try Samples([Float](repeating: 0, count: 13), shape: [2, 3], labels: [0, 1])
        }
        expect(.argument, "labels must be 0 or more, got -4") {
            try Samples([0, 1], shape: [1], labels: [0, -4])
        }
        let (samples, chain) = (try Repository.floats(), try Chain([], shape: [3, 2]))
        expect(.argument, "the chain is for samples of [3, 2], the samples are [2, 3]") {
            try Pipeline(samples, chain, batchSize: 2)
        }
        expect(.argument, "a sample of [3, 2] has 6 values, got 5") {
            try chain.apply(to: [1, 2, 3, 4, 5], id: 0, epoch: 0)
        }
        expect(.argument, "a pipeline wants at least one thread and one sample a batch") {
            try Pipeline(samples, try Chain([], shape: [2, 3]), batchSize: 0)
        }
    }

    @Test func `a missing file is named`() {
        expect(.data, "/none/images: no such file") {
            try Samples(images: "/none/images", labels: "/none/labels")
        }
    }
}

/// Demands an error of this kind and exactly this text.
private func expect(
    _ kind: MottleError.Kind, _ description: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Any
) {
    do {
        _ = try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch {
        let found = error as? MottleError
        #expect(found?.kind == kind, sourceLocation: sourceLocation)
        #expect(found?.description == description, sourceLocation: sourceLocation)
    }
}
