extension HostilePlugin {
    /// What looks hostile and must run to its end.
    // swift-format-ignore
    package static let harmless: [HostilePlugin] = [
        .harmless(noise: "return x + mottle.constant({ 1 / 0, -1 / 0, -0.0, 1e300 }, 'H')"),
        .harmless(noise: "return x + rng:uniform(x, -0.0, 0.0) + rng:integer('N', 5, 5)"),
        .harmless(noise: "return x * (1 / 0) - (1 / 0) - 2 ^ 63"),
        .harmless(noise: "local nan = (x:mean() - 9):sqrt() return x:shift('H', nan):roll('W', nan / 0):shift('H', -1e300, 'wrap'):shift('W', 2 ^ 63, 'reflect')"),
        .harmless(noise: "return x:take('H', mottle.constant({ 1e9, 1 / 0, -1 / 0, 2 ^ 63 }, 'H'))"),
        .harmless(noise: "return x:warp({ H = x * 1e30, W = x / 0 }, 'bilinear', 1 / 0)"),
        .harmless(noise: "local nan = (x:mean() - 9):sqrt() return x:rotate(nan):affine({ { nan, 0, 0 }, { 0, 1e300, nan } })"),
        .harmless(noise: "return mottle.where(rng:choose('N', 48, (x:mean() - 9):sqrt()):reshape { 'N', 4, 6, 2 }, 0, x)"),
        .harmless(noise: "return mottle.where(x:top(x:mean() - 9) | x:top(x:mean() / 0) | x:top((x:mean() - 9):sqrt()), 0, x)"),
        .harmless(noise: "return x:blur(0) + x:blur(rng:uniform('N') / 0, 'HW', 3)"),
        .harmless(noise: "return x:convolve(mottle.constant({ -1 / 0, 1, 1 / 0 }, 'H'), 'H')"),
        .harmless(noise: "return rng:poisson(x, x / 0) + rng:gamma(x, x - 1) + rng:beta(x, x, -x) + rng:exponential(x, x * 0)"),
        .harmless(noise: "return x:filter('W', 1 / 0) + (x:fft('H'))"),
        .harmless(noise: "local y = x for _ = 1, 2000 do y = (y + 1):max(y - 1) end return y"),
        .harmless(noise: "local y = x for i = 1, 3000 do y = y:roll('H', i % 3) end return y"),
        .harmless(noise: "return x:map(tonumber)"),
        .harmless(noise: "return (x + 2):map(function(v) if v > 1 then return 0 / 0 end return v end)"),
        .harmless(eager: "x:set(1, 1, 1, -0.0) x:set(1, 1, 2, 1e38) x:set(4, 6, 2, 1 << 62)"),
        .harmless(eager: "rng:uniform(-1e308, 1e308) rng:integer(-1 << 62, 1 << 62) rng:bernoulli(1) x:set(1, rng:uniform(1, 1))"),
        .harmless(eager: "local t = {} for i = 1, 1e5 do t[i] = { i } end"),
        .harmless(eager: "pcall(error) pcall(x.set) pcall(x.get, x, 99) pcall(rng.integer)"),
        .harmless(noise: "return x:map(tonumber):map(string.len)"),
        .harmless(eager: "x:set(1)"),
        .harmless(noise: "return x + mottle.where((-((mottle.index('H', 1 << 18) - (1 << 17)):abs())):top(1 << 17), 1, 0):mean()"),
        .harmless(noise: "local v = mottle.index('H', 1 << 18) return x + mottle.where((v % 2 * v):top(1 << 17), 1, 0):mean()"),
    ]
}
