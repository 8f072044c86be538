-- As much noise as gaussian with the same sigma, in rarer and larger errors (kurtosis 6 instead of 3).
mottle.noise {
  name = "laplace",
  doc = "Adds Laplace noise: y = x + e, density of e ~ exp(-sqrt(2) * |e| / sigma).",
  source = "Kotz, Kozubowski & Podgórski 2001, The Laplace Distribution and Generalizations (variance 2 * scale^2)",
  axes = "N...",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "standard deviation" },
  },
  identity = { sigma = 0 },
  expect = function(p, x) return { mean = 0, variance = p.sigma ^ 2 } end,
  apply = function(x, p, rng)
    return x + p.sigma * math.sqrt(0.5) * rng:laplace(x)
  end,
}
