-- The benchmark's angles are radians: its mildest is 11 degrees, its strongest 57.
mottle.noise {
  name = "rotate",
  doc = "Rotates about the centre by angle or -angle, bilinear; what comes in from outside is the range's low end.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (0.2 to 1 radians)",
  axes = "NHWC",
  params = {
    angle = mottle.number {
      default = math.deg(0.4), min = 0, max = 180, unit = "degrees", doc = "turn, to the left or the right at random",
    },
  },
  severities = {
    { angle = math.deg(0.2) }, { angle = math.deg(0.4) }, { angle = math.deg(0.6) }, { angle = math.deg(0.8) },
    { angle = math.deg(1) },
  },
  identity = { angle = 0 },
  apply = function(x, p, rng)
    return x:rotate(p.angle * (2 * rng:integer("N", 0, 1) - 1), "bilinear", x.low)
  end,
}
