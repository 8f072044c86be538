-- Fog is a plasma fractal: midpoint displacement (the diamond-square algorithm) on a torus of 256 pixels or more, as in
-- the benchmark. Only its part in the window is made finer than 4 pixels: the whole map's extremes change little.
mottle.noise {
  name = "fog",
  doc = "Blends with fog f from 0 to 1: y = (x + strength * f) * m / (m + strength), m the largest x, all above low.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337; diamond-square: Fournier, Fussell & Carpenter 1982",
  axes = "NHWC",
  params = {
    strength = mottle.number { default = 3, min = 0, max = 100, unit = "range", doc = "thickness" },
    decay = mottle.number {
      default = 1.4, min = 1, max = 10, unit = "ratio", doc = "smoothness: half as far, displaced by 1 / decay^2",
    },
  },
  severities = {
    { strength = 1.5, decay = 2 }, { strength = 2, decay = 2 }, { strength = 2.5, decay = 1.7 },
    { strength = 2.5, decay = 1.5 }, { strength = 3, decay = 1.4 },
  },
  identity = { strength = 0 },
  -- A displaced midpoint is as likely as its negative, so the mean of f is 1/2 everywhere.
  expect = function(p, x)
    local light = x.value - x.low
    return { mean = light > 0 and -light * p.strength / (light + p.strength) / 2 or 0 }
  end,
  apply = function(x, p, rng)
    local map, margin = 256, 2
    while map < math.max(x.H, x.W) + 8 * margin do map = map * 2 end
    local height, size, rows, columns = mottle.zeros { "N", 1, 1 }, 1, 1, 1
    local wobble, lowest, highest = 1, nil, nil
    while size < map do
      local function displaced(sum) return sum / 4 + wobble * rng:uniform({ "N", rows, columns }, -1, 1) end
      local function beside(v, axis, k) return v + v:roll(axis, k) end
      local centre = displaced(beside(beside(height, "H", -1), "W", -1))
      local top = displaced(beside(height, "W", -1) + beside(centre, "H", 1))
      local left = displaced(beside(height, "H", -1) + beside(centre, "W", 1))
      size, rows, columns = size * 2, rows * 2, columns * 2
      local even_row = (mottle.index("H", rows) % 2):eq(0)
      local even_column = (mottle.index("W", columns) % 2):eq(0)
      height = mottle.where(even_row, mottle.where(even_column, centre:upsample(2, "HW"), left:upsample(2, "HW")),
        mottle.where(even_column, top:upsample(2, "HW"), height:upsample(2, "HW")))
      wobble = wobble / p.decay ^ 2
      if size == map // 4 then
        lowest, highest = height:amin(), height:amax()
        -- The window and a margin: at its rims a roll brings the wrong neighbours.
        rows, columns = (x.H + 3) // 4 + 2 * margin, (x.W + 3) // 4 + 2 * margin
        height = height:roll("H", margin):take("H", mottle.index("H", rows))
        height = height:roll("W", margin):take("W", mottle.index("W", columns))
      end
    end
    height = height:take("H", mottle.index("H") + 4 * margin):take("W", mottle.index("W") + 4 * margin)
    local fog = ((height - lowest) / (highest - lowest)):clamp(0, 1)
    local light = x - x.low
    local most = light:amax():max(0)
    return x + p.strength * (most * fog - light) / (most + p.strength):max(1e-12)
  end,
}
