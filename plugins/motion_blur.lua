-- A camera that moves while the shutter is open: each pixel gathers what lies along one direction, the nearest most.
mottle.noise {
  name = "motion_blur",
  doc = "Mean along a line: y = sum of w[i] * x at 0 ... 2 * radius pixels from it, w[i] ~ exp(-i^2 / (2 sigma^2)).",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (ImageMagick's motion blur of a radius and a sigma)",
  axes = "NHWC",
  params = {
    radius = mottle.integer { default = 10, min = 0, max = 64, unit = "pixels", plain = true, doc = "half the line" },
    sigma = mottle.number { default = 3, min = 0.1, max = 100, unit = "pixels", doc = "fall of the weights" },
    angle = mottle.number {
      optional = true, min = -360, max = 360, unit = "degrees",
      doc = "where a pixel looks: 0 to the right, 90 down; drawn from -45 to 45 for each sample if absent",
    },
  },
  severities = {
    { radius = 10, sigma = 3 }, { radius = 15, sigma = 5 }, { radius = 15, sigma = 8 }, { radius = 15, sigma = 12 },
    { radius = 20, sigma = 15 },
  },
  identity = { radius = 0 },
  expect = function(p, x) return { mean = 0, variance = 0 } end,
  apply = function(x, p, rng)
    local angle = (p.angle or rng:uniform("N", -45, 45)) * (math.pi / 180)
    local down, right = mottle.sin(angle), mottle.cos(angle)
    local sum, total = x, 1
    for i = 1, 2 * p.radius do
      local weight = mottle.exp(-0.5 * (i / p.sigma) ^ 2)
      sum = sum + weight * x:warp({ H = mottle.index("H") + i * down, W = mottle.index("W") + i * right }, "nearest")
      total = total + weight
    end
    return sum / total
  end,
}
