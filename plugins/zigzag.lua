-- A triangle wave along a slanting line, two pixels from each end. The benchmark draws it piece by piece and measures
-- straight up and down; here the distance is measured across the slanting line, at most 12 degrees off.
mottle.noise {
  name = "zigzag",
  doc = "Draws a zigzag: y = min(x + strength * ink, high), ink = max(1 + log(1 - d / width), 0), d pixels from it.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (without severities)",
  axes = "NHWC",
  params = {
    strength = mottle.number { default = 1, min = 0, max = 1, unit = "range", doc = "the ink's value" },
    width = mottle.number { default = 2.3, min = 0.1, max = 100, unit = "pixels", doc = "where the logarithm ends" },
    step = mottle.number { default = 2, min = 0.5, max = 1000, unit = "pixels", doc = "a quarter of a wave" },
    height = mottle.number { default = 2, min = 0, max = 1000, unit = "pixels", doc = "of a wave, above its line" },
  },
  identity = { strength = 0 },
  apply = function(x, p, rng)
    local row = mottle.index("H") - rng:integer("N", 1, math.max(x.H - 1, 1))
    local column = mottle.index("W") - 3
    local slant = rng:integer("N", -5, 4) / math.max(x.W - 5, 1)
    local length = (1 + slant ^ 2):sqrt()
    local along, across = (column + row * slant) / length, (row - column * slant) / length
    local wave = p.height * (4 * ((along / (4 * p.step) + 0.75) % 1 - 0.5):abs() - 1)
    local ink = (1 + (1 - (across - wave):abs() / p.width):max(1e-9):log()):max(0)
    ink = mottle.where(column:ge(0) & column:lt(x.W - 5), ink, 0)
    -- What earlier noise put above the range stays.
    return x:max((x + p.strength * ink):min(x.high)), (p.strength * ink):gt(0)
  end,
}
