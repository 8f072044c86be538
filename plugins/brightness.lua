-- More light: the V of HSV, the largest channel of a pixel, grows; hue and saturation stay. Grey has nothing but its V.
mottle.noise {
  name = "brightness",
  doc = "Adds to the brightest channel of each pixel, up to the range's end, and scales the others along.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337, and ImageNet-C, arXiv:1903.12261 (the same severities)",
  axes = "NHWC",
  params = {
    amount = mottle.number { default = 0.5, min = 0, max = 1, unit = "range", doc = "growth of the brightest channel" },
  },
  severities = { { amount = 0.1 }, { amount = 0.2 }, { amount = 0.3 }, { amount = 0.4 }, { amount = 0.5 } },
  identity = { amount = 0 },
  expect = function(p, x) return { mean = math.min(p.amount, x.high - x.value), variance = 0 } end,
  apply = function(x, p, rng)
    local light = x - x.low
    local most = light:amax("C")
    local growth = mottle.min(p.amount, (x.high - x.low - most):max(0))
    -- Black has no hue: all its channels grow alike.
    return x + growth * mottle.where(most:gt(0), light / most, 1)
  end,
}
