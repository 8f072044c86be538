-- Additive noise that never exceeds a bound: rounding of unknown phase, or an adversary with a budget per value.
mottle.noise {
  name = "uniform",
  doc = "Adds uniform noise: y = x + e, e ~ U(-amplitude, amplitude).",
  source = "Bennett 1948, Spectra of quantized signals, BSTJ 27 (variance amplitude^2 / 3)",
  axes = "N...",
  params = {
    amplitude = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "largest change" },
  },
  identity = { amplitude = 0 },
  expect = function(p, x) return { mean = 0, variance = p.amplitude ^ 2 / 3 } end,
  apply = function(x, p, rng)
    return x + p.amplitude * rng:uniform(x, -1, 1)
  end,
}
