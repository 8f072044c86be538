-- From hiss to rumble by one number: -2 violet, -1 blue, 0 white, 1 pink, 2 brown.
mottle.noise {
  name = "snr_coloured",
  doc = "Adds noise of power ~ 1 / frequency^exponent: sum(x^2) / sum(e^2) = 10^(snr / 10), none in padding.",
  source = "Timmer & König 1995, On generating power law noise, Astronomy and Astrophysics 300",
  axes = "NL",
  params = {
    snr = mottle.number { default = 20, min = -100, max = 200, unit = "db", doc = "signal's power over the noise's" },
    exponent = mottle.number { default = 1, min = -4, max = 4, unit = "ratio", doc = "fall of the power" },
  },
  expect = function(p, x) return { mean = 0, variance = x.value ^ 2 / 10 ^ (p.snr / 10) } end,
  apply = function(x, p, rng)
    local real = mottle.index("L"):le(x.length)
    local frequency = mottle.frequency("L")
    -- Amplitude is the root of power. Above all, no constant part.
    local gain = mottle.where(frequency:gt(0), frequency:max(0.5 / x.L) ^ (-p.exponent / 2), 0)
    local noise = mottle.where(real, rng:normal(x):filter("L", gain), 0)
    local signal = mottle.where(real, x, 0)
    local scale = ((signal ^ 2):sum() / (noise ^ 2):sum():max(1e-30)):sqrt() * 10 ^ (-p.snr / 20)
    return x + scale * noise
  end,
}
