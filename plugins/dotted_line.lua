-- A dashed line from the left edge to the right one. Its ink fades with the distance up or down from it.
mottle.noise {
  name = "dotted_line",
  doc = "Draws dashes: y = min(x + strength * ink, high), ink = max(1 + log(1 - d / width), 0), d rows from the line.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (without severities)",
  axes = "NHWC",
  params = {
    strength = mottle.number { default = 1, min = 0, max = 1, unit = "range", doc = "the ink's value" },
    width = mottle.number { default = 2.3, min = 0.1, max = 100, unit = "pixels", doc = "where the logarithm ends" },
    dash = mottle.integer { default = 2, min = 1, unit = "pixels", doc = "length of a dash and of a gap" },
  },
  identity = { strength = 0 },
  apply = function(x, p, rng)
    local row, column = mottle.index("H"), mottle.index("W")
    local first, last = rng:integer("N", 1, math.max(x.H - 1, 1)), rng:integer("N", 1, math.max(x.H - 1, 1))
    local line = first + (last - first) * ((column - 1) / math.max(x.W - 1, 1))
    local ink = (1 + (1 - (row - line):abs() / p.width):max(1e-9):log()):max(0)
    local dashes = ((column - 1) // p.dash % 2):eq(1) & column:lt(x.W)
    ink = mottle.where(dashes, ink, 0)
    -- What earlier noise put above the range stays.
    return x:max((x + p.strength * ink):min(x.high)), (p.strength * ink):gt(0)
  end,
}
