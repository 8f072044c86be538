-- A noise of one's own: every few rows the picture flickers, by another amount in every sample and row.
mottle.noise {
  name = "scanlines",
  doc = "Darkens every n-th row by a share that is drawn for each row.",
  axes = "NHWC",
  params = {
    every = mottle.integer { default = 3, min = 1, unit = "pixels", doc = "distance between dark rows" },
    depth = mottle.number { default = 0.8, min = 0, max = 1, unit = "ratio", doc = "largest share of light taken" },
  },
  apply = function(x, p, rng)
    local row = mottle.index("H")
    local light = 1 - p.depth * rng:uniform("NH")
    return mottle.where((row % p.every):eq(0), x.low + (x - x.low) * light, x)
  end,
}
