import Generators
import Tensors
import Testing

/// The compiled programs against the scalar reference.
struct ExecutorTests {
    /// Odd sizes, one that is longer than a block, a plain grey picture, and one without axes longer than 1.
    static let shapes: [Shape] = [[28, 28, 1], [5, 7, 3], [33, 41, 3], [1, 1, 1], [2, 1, 17]]

    @Test(arguments: shapes) func `every shipped generator has the reference's bits`(shape: Shape) throws {
        let items: [ChainItem] = [
            ChainItem(plugin: try Fixture.shipped("plugins/gaussian"), name: "gaussian"),
            ChainItem(
                plugin: try Fixture.shipped("plugins/gaussian"), name: "varying",
                settings: [
                    "sigma": .uniform(0, 0.4), "mean": .normal(mean: 0.1, deviation: 0.5),
                ]),
            ChainItem(
                plugin: try Fixture.shipped("plugins/salt_and_pepper"), name: "salt_and_pepper",
                settings: ["amount": .choice([0.05, 0.3, 0.7])]),
            ChainItem(
                plugin: try Fixture.shipped("plugins/salt_and_pepper"), name: "per_channel",
                settings: [
                    "per_channel": .value(.boolean(true)), "amount": .ramp(from: 0, to: 0.5, epochs: 4),
                ]),
            ChainItem(
                plugin: try Fixture.shipped("plugins/cutout"), name: "constant", probability: 0.5,
                fill: .constant(0.25)),
            ChainItem(
                plugin: try Fixture.shipped("plugins/cutout"), name: "mean",
                settings: ["size": .uniform(2, 5), "holes": .value(.number(3))], fill: .mean),
            ChainItem(plugin: try Fixture.shipped("plugins/cutout"), name: "noise", fill: .noise),
            ChainItem(plugin: try Fixture.shipped("examples/scanlines"), name: "scanlines"),
        ]
        let sample = Fixture.sample(shape)
        for item in items { expectEqualBits(try Fixture.trace([item], shape: shape, range: -1...3), sample) }
        expectEqualBits(try Fixture.trace(items, shape: shape), sample)
    }

    @Test(arguments: shapes) func `every operation has the reference's bits`(shape: Shape) throws {
        let bodies = [
            "return x + 2 - x * 3 / (x + 0.5) // 0.7 % 0.3 ^ 2",
            "return (-x):abs():exp():log():sqrt():sin():cos():tanh() ^ x",
            "return (x * 9 - 4):floor() + (x * 9 - 4):ceil() + (x * 9 - 4):round() + (x - 0.5):sign()",
            "return x:min(0.5):max(x:clamp(0.1, 0.9) * 0.7)",
            "return mottle.where(x:lt(0.5) & x:gt(0.2) | ~x:le(0.8), x, 1 - x)",
            "return mottle.where(x:ge(0.5) & x:ne(0.7), x:eq(x):count() * x, mottle.index('H') + mottle.index('W') * mottle.index('C'))",
            "return x - x:mean() + x:std() * x:sum('HW') - x:amin('C') * x:amax('H') + x:mean('WC') + x:sum('W')",
            "return x * rng:uniform('N', -2, 3) + rng:normal('NC') - rng:integer('NH', 2, 5) + rng:uniform('NW') * rng:normal(x)",
            "local m = rng:bernoulli('NHW', 0.4) return mottle.where(m, x, m:count('H') + 0), ~m",
            "local m = rng:bernoulli('NHW', x:mean()) return mottle.where(m:any('W') & ~m:all('H'), x, x.low), m",
            "return mottle.zeros(x) + x.H, mottle.all('NHW') & ~mottle.none('N')",
            "local y = (x - x:mean()) / (x:std() + 1e-3) return y + (y - y:mean('HW')):abs():amax() * rng:normal(y)",
        ]
        for body in bodies {
            let item = ChainItem(plugin: try Fixture.noise(body), name: "test")
            expectEqualBits(try Fixture.trace([item], shape: shape), Fixture.sample(shape))
        }
    }
}
