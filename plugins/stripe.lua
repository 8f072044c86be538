-- The benchmark knows one strength: a quarter on either side, 7 of 28 columns.
mottle.noise {
  name = "stripe",
  doc = "Inverts the columns at the left and right edge, y = low + high - x; its mask marks them.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (without severities)",
  axes = "NHWC",
  params = {
    share = mottle.number {
      default = 0.25, min = 0, max = 0.5, unit = "ratio", doc = "share of columns on each side, rounded down",
    },
  },
  identity = { share = 0 },
  expect = function(p, x)
    local share, away = 2 * math.floor(p.share * x.W) / x.W, x.low + x.high - 2 * x.value
    return { mean = share * away, variance = share * (1 - share) * away ^ 2, ratio = share }
  end,
  apply = function(x, p, rng)
    local column, width = mottle.index("W"), mottle.floor(p.share * x.W)
    local edge = column:le(width) | column:gt(x.W - width)
    return mottle.where(edge, x.low + x.high - x, x), edge & mottle.all("NHW")
  end,
}
