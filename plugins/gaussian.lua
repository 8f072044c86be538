-- Additive Gaussian noise, fresh for every value of every sample in every epoch.
mottle.noise {
  name = "gaussian",
  doc = "Adds Gaussian noise: y = x + e, e ~ N(mean, sigma^2).",
  axes = "N...",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "standard deviation" },
    mean = mottle.number { default = 0, min = -10, max = 10, unit = "range", doc = "mean" },
  },
  apply = function(x, p, rng)
    return x + p.sigma * rng:normal(x) + p.mean
  end,
}
