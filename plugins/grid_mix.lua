-- CutMix on a grid: no place is always the centre of the box, and both pictures are seen all over.
mottle.noise {
  name = "grid_mix",
  doc = "Takes each cell of a grid from another sample with probability 1 - m, m ~ Beta(alpha, alpha).",
  source = "Baek, Bang & Shim 2021, GridMix, Pattern Recognition 109, doi:10.1016/j.patcog.2020.107594",
  axes = "NHWC",
  params = {
    cells = mottle.integer { default = 4, min = 1, max = 256, unit = "count", plain = true, doc = "cells a side" },
    alpha = mottle.number { default = 1, min = 0.01, max = 100, unit = "ratio", doc = "1: all shares as likely" },
  },
  apply = function(x, p, rng)
    local cell = rng:bernoulli({ "N", p.cells, p.cells }, 1 - rng:beta("N", p.alpha, p.alpha))
    local row = (mottle.index("H") - 1) * p.cells // x.H + 1
    local column = (mottle.index("W") - 1) * p.cells // x.W + 1
    local pasted = cell:take("H", row):take("W", column)
    local other = rng:partner(x)
    local mix = 1 - pasted:count() / (x.H * x.W)
    return mottle.where(pasted, other.value, x), pasted, { mix = mix, partner = other.id }
  end,
}
