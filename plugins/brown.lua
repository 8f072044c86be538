-- A random walk's spectrum: rumble, wind, distant surf.
mottle.noise {
  name = "brown",
  doc = "Adds noise whose power is proportional to 1 / frequency^2: y = x + e, rms(e) = sigma in every sample.",
  source = "Timmer & König 1995, On generating power law noise, Astronomy and Astrophysics 300",
  axes = "NL",
  params = {
    sigma = mottle.number { default = 0.01, min = 0, max = 10, unit = "range", doc = "root mean square of the noise" },
  },
  identity = { sigma = 0 },
  expect = function(p, x) return { mean = 0, variance = p.sigma ^ 2 } end,
  apply = function(x, p, rng)
    local frequency = mottle.frequency("L")
    -- Amplitude is the root of power. No constant part: the mean stays.
    local gain = mottle.where(frequency:gt(0), frequency:max(0.5 / x.L) ^ -1, 0)
    local real = mottle.index("L"):le(x.length)  -- no noise in padding
    local noise = mottle.where(real, rng:normal(x):filter("L", gain), 0)
    local power = (noise ^ 2):sum() / x.length:max(1)
    return x + p.sigma * noise / power:sqrt():max(1e-6)
  end,
}
