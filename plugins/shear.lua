-- The benchmark's library took this for a shear: upright lines lean, and the picture is stretched along the columns by
-- 1 / cos(a), 1.85 at its strongest.
mottle.noise {
  name = "shear",
  doc = "Shears about the centre: y at (row, column) is x at (cos(a) * row, column - sin(a) * row), a = ±angle.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (0.2 to 1 radians)",
  axes = "NHWC",
  params = {
    angle = mottle.number {
      default = math.deg(0.4), min = 0, max = 89, unit = "degrees", doc = "lean, to the left or the right at random",
    },
  },
  severities = {
    { angle = math.deg(0.2) }, { angle = math.deg(0.4) }, { angle = math.deg(0.6) }, { angle = math.deg(0.8) },
    { angle = math.deg(1) },
  },
  identity = { angle = 0 },
  apply = function(x, p, rng)
    local angle = p.angle * (math.pi / 180) * (2 * rng:integer("N", 0, 1) - 1)
    return x:affine({ { angle:cos(), 0, 0 }, { -angle:sin(), 1, 0 } }, "bilinear", x.low)
  end,
}
