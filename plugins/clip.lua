-- Noise can leave the data's range. Benchmarks such as ImageNet-C clip after each corruption; so does this, behind it.
mottle.noise {
  name = "clip",
  doc = "Brings values back into the data's range: y = min(max(x, low), high).",
  source = "the last step of each corruption of ImageNet-C, Hendrycks & Dietterich 2019, arXiv:1903.12261",
  axes = "N...",
  params = {},
  expect = function(p, x)
    return { mean = math.min(math.max(x.value, x.low), x.high) - x.value, variance = 0 }
  end,
  apply = function(x, p, rng)
    return x:clamp(x.low, x.high)
  end,
}
