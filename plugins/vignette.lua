-- A simple lens gives less light to the corners.
mottle.noise {
  name = "vignette",
  doc = "Darkens by the cos^4 law: y = low + (x - low) / (1 + strength * r^2)^2, r = 1 at the corners.",
  source = "Goldman 2010, Vignette and exposure calibration and compensation, IEEE TPAMI 32(12)",
  axes = "NHWC",
  params = {
    strength = mottle.number {
      default = 0.5, min = 0, max = 10, unit = "ratio", doc = "squared tangent of half the view from corner to corner",
    },
  },
  identity = { strength = 0 },
  expect = function(p, x)
    local sum, square = 0, 0
    local middleRow, middleColumn = (x.H + 1) / 2, (x.W + 1) / 2
    for row = 1, x.H do
      for column = 1, x.W do
        local distance = (row - middleRow) ^ 2 + (column - middleColumn) ^ 2
        local radius = distance / ((x.H / 2) ^ 2 + (x.W / 2) ^ 2)
        local change = (x.value - x.low) * (1 / (1 + p.strength * radius) ^ 2 - 1)
        sum, square = sum + change, square + change ^ 2
      end
    end
    local mean = sum / (x.H * x.W)
    return { mean = mean, variance = square / (x.H * x.W) - mean ^ 2 }
  end,
  apply = function(x, p, rng)
    local down, right = mottle.index("H") - (x.H + 1) / 2, mottle.index("W") - (x.W + 1) / 2
    local radius = (down ^ 2 + right ^ 2) / ((x.H / 2) ^ 2 + (x.W / 2) ^ 2)  -- squared
    return x - (x - x.low) * (1 - 1 / (1 + p.strength * radius) ^ 2)
  end,
}
