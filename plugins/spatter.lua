-- Mud on the lens: where blurred noise is high there is a drop, and its rim is softened and cut.
mottle.noise {
  name = "spatter",
  doc = "Covers drops m with mud: y = x + m * (tone - x), m = blur(blur(N(level, spread^2)) > threshold), 0 below 0.8.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337, after ImageNet-C, arXiv:1903.12261",
  axes = "NHWC",
  params = {
    level = mottle.number { default = 0.65, min = 0, max = 1, unit = "ratio", doc = "mean of the noise" },
    spread = mottle.number { default = 0.3, min = 0, max = 10, unit = "ratio", doc = "standard deviation of it" },
    size = mottle.number {
      default = 1, min = 0, max = 20, unit = "pixels", plain = true, doc = "blur of the noise: the drops' size",
    },
    threshold = mottle.number { default = 0.65, min = 0, max = 2, unit = "ratio", doc = "above it is a drop" },
    rim = mottle.number { default = 1.5, min = 0, max = 20, unit = "pixels", plain = true, doc = "blur of the drops" },
    tone = mottle.number { default = 63 / 255, min = 0, max = 1, unit = "range", doc = "the mud's value above low" },
  },
  severities = {
    { level = 0.65, spread = 0.3, size = 4, threshold = 0.69, rim = 0.6 },
    { level = 0.65, spread = 0.3, size = 3, threshold = 0.68, rim = 0.6 },
    { level = 0.65, spread = 0.3, size = 2, threshold = 0.68, rim = 0.5 },
    { level = 0.65, spread = 0.3, size = 1, threshold = 0.65, rim = 1.5 },
    { level = 0.67, spread = 0.4, size = 1, threshold = 0.65, rim = 1.5 },
  },
  apply = function(x, p, rng)
    local noise = (p.level + p.spread * rng:normal("NHW")):blur(p.size, "HW")
    local drops = mottle.where(noise:gt(p.threshold), 1, 0):blur(p.rim, "HW")
    local mud = mottle.where(drops:ge(0.8), drops, 0)
    return x + mud * (x.low + p.tone - x), mud:gt(0)
  end,
}
