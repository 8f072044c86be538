-- A camera's raw noise: photons (variance grows with the light) and electronics (the same everywhere).
mottle.noise {
  name = "sensor",
  doc = "Adds Gaussian noise of variance gain * s + read^2, where s = x - low; for a range of 1.",
  source = "Foi et al. 2008, IEEE TIP 17(10), doi:10.1109/TIP.2008.2001399 (a = gain, b = read^2)",
  axes = "N...",
  params = {
    gain = mottle.number {
      default = 0.01, min = 0, max = 10, unit = "ratio", doc = "variance at the highest value, in squares of the range",
    },
    read = mottle.number { default = 0.02, min = 0, max = 10, unit = "range", doc = "standard deviation in the dark" },
  },
  identity = { gain = 0, read = 0 },
  expect = function(p, x)
    return { mean = 0, variance = p.gain * (x.high - x.low) * (x.value - x.low) + p.read ^ 2 }
  end,
  apply = function(x, p, rng)
    local light = (x - x.low):max(0)
    return x + (p.gain * (x.high - x.low) * light + p.read ^ 2):sqrt() * rng:normal(x)
  end,
}
