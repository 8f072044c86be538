-- Photons arrive one by one: a value is a count, and the fewer there are, the grainier the picture.
mottle.noise {
  name = "shot",
  doc = "Counts photons: y = low + k * (high - low) / photons, k ~ Poisson(photons * (x - low) / (high - low)).",
  source = "severities: ImageNet-C, Hendrycks & Dietterich 2019, arXiv:1903.12261; MNIST-C, arXiv:1906.02337",
  axes = "N...",
  params = {
    photons = mottle.number {
      default = 25, min = 0.1, max = 1000000, unit = "count", doc = "mean photons of the range's highest value",
    },
  },
  severities = { { photons = 60 }, { photons = 25 }, { photons = 12 }, { photons = 5 }, { photons = 3 } },
  expect = function(p, x)
    return { mean = 0, variance = (x.value - x.low) * (x.high - x.low) / p.photons }
  end,
  apply = function(x, p, rng)
    local photon = (x.high - x.low) / p.photons
    -- Values below the range, which earlier noise can make, are as dark as the darkest.
    return x.low + photon * rng:poisson(x, ((x - x.low) / photon):max(0))
  end,
}
