-- Handwriting wobbles: every pixel looks at a place near it, and neighbours look the same way.
mottle.noise {
  name = "elastic",
  doc = "Moves pixels by smooth random fields: d = alpha * blur(U(-1, 1), sigma) for rows and for columns, bilinear.",
  source = "Simard, Steinkraus & Platt 2003, ICDAR, doi:10.1109/ICDAR.2003.1227801 (sigma 4, alpha 34 for MNIST)",
  axes = "NHWC",
  params = {
    alpha = mottle.number { default = 34, min = 0, max = 10000, unit = "pixels", doc = "strength, before the blur" },
    sigma = mottle.number {
      default = 4, min = 0.1, max = 64, unit = "pixels", plain = true, doc = "standard deviation of the blur",
    },
  },
  identity = { alpha = 0 },
  apply = function(x, p, rng)
    -- The middle of a larger field, so that the edges move as the rest.
    local margin = math.ceil(3 * p.sigma)
    local function place(axis)
      local field = rng:uniform({ "N", x.H + 2 * margin, x.W + 2 * margin }, -1, 1):blur(p.sigma, "HW")
      field = field:take("H", mottle.index("H") + margin):take("W", mottle.index("W") + margin)
      return mottle.index(axis) + p.alpha * field
    end
    return x:warp({ H = place("H"), W = place("W") }, "bilinear", x.low)
  end,
}
