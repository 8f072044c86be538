-- Smaller in the same frame: what comes in around it is as dark as the range's low end.
mottle.noise {
  name = "scale",
  doc = "Scales about the centre: y at (row, column), measured from it, is x at (row / factor, column / factor).",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337",
  axes = "NHWC",
  params = {
    factor = mottle.number { default = 0.7, min = 0.01, max = 100, unit = "ratio", doc = "new size over the old" },
  },
  severities = { { factor = 0.9 }, { factor = 0.8 }, { factor = 0.7 }, { factor = 0.6 }, { factor = 0.5 } },
  identity = { factor = 1 },
  apply = function(x, p, rng)
    local step = 1 / p.factor
    return x:affine({ { step, 0, 0 }, { 0, step, 0 } }, "bilinear", x.low)
  end,
}
