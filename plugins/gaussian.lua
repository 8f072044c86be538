-- Additive Gaussian noise, fresh for every value of every sample in every epoch.
mottle.noise {
  name = "gaussian",
  doc = "Adds Gaussian noise: y = x + e, e ~ N(mean, sigma^2).",
  source = "severities: ImageNet-C, Hendrycks & Dietterich 2019, arXiv:1903.12261; MNIST-C, arXiv:1906.02337",
  axes = "N...",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "standard deviation" },
    mean = mottle.number { default = 0, min = -10, max = 10, unit = "range", doc = "mean" },
  },
  severities = { { sigma = 0.08 }, { sigma = 0.12 }, { sigma = 0.18 }, { sigma = 0.26 }, { sigma = 0.38 } },
  identity = { sigma = 0, mean = 0 },
  expect = function(p, x) return { mean = p.mean, variance = p.sigma ^ 2 } end,
  apply = function(x, p, rng)
    return x + p.sigma * rng:normal(x) + p.mean
  end,
}
