-- Noise can leave the data's range. Benchmarks such as ImageNet-C clip after each corruption; so does this, behind it.
mottle.noise {
  name = "clip",
  doc = "Brings values back into the data's range, or between other bounds: y = min(max(x, low), high).",
  source = "the last step of each corruption of ImageNet-C, Hendrycks & Dietterich 2019, arXiv:1903.12261",
  axes = "N...",
  params = {
    bounds = mottle.range { optional = true, unit = "value", doc = "low and high; the data's range if not given" },
  },
  expect = function(p, x)
    local bounds = p.bounds or { x.low, x.high }
    return { mean = math.min(math.max(x.value, bounds[1]), bounds[2]) - x.value, variance = 0 }
  end,
  apply = function(x, p, rng)
    local bounds = p.bounds or { x.low, x.high }
    return x:clamp(bounds[1], bounds[2])
  end,
}
