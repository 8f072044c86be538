-- A microphone wired the other way round sounds the same, and a model should think so, too.
mottle.noise {
  name = "polarity",
  doc = "Inverts whole samples: y = -x with probability `rate`, else x.",
  source = "as torch-audiomentations' PolarityInversion",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "share of samples inverted" },
  },
  identity = { rate = 0 },
  expect = function(p, x)
    return { mean = -2 * p.rate * x.value, variance = 4 * p.rate * (1 - p.rate) * x.value ^ 2 }
  end,
  apply = function(x, p, rng)
    local inverted = rng:bernoulli("N", p.rate) & mottle.index("L"):le(x.length)
    return mottle.where(inverted, -x, x)
  end,
}
