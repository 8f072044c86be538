-- Noise of coherent light (laser, radar, ultrasound): it grows with the signal, and where nothing is, nothing is added.
mottle.noise {
  name = "speckle",
  doc = "Multiplies by Gaussian noise around 1: y = x + x * e, e ~ N(0, sigma^2).",
  source = "Goodman 1976, JOSA 66(11); severities: ImageNet-C, arXiv:1903.12261; MNIST-C, arXiv:1906.02337",
  axes = "N...",
  params = {
    sigma = mottle.number {
      default = 0.2, min = 0, max = 10, unit = "ratio", doc = "standard deviation, as a share of the value itself",
    },
  },
  severities = { { sigma = 0.15 }, { sigma = 0.2 }, { sigma = 0.35 }, { sigma = 0.45 }, { sigma = 0.6 } },
  identity = { sigma = 0 },
  expect = function(p, x) return { mean = 0, variance = (x.value * p.sigma) ^ 2 } end,
  apply = function(x, p, rng)
    return x + x * p.sigma * rng:normal(x)
  end,
}
