-- Cutout (DeVries & Taylor 2017): centres are uniform over the image and holes may reach over the edge, so that all
-- pixels but those near it are hidden equally often.
mottle.mask {
  name = "cutout",
  doc = "Hides square holes whose centres are uniform over the image.",
  source = "DeVries & Taylor 2017, arXiv:1708.04552",
  axes = "NHWC",
  params = {
    size = mottle.integer { default = 8, min = 1, unit = "pixels", doc = "side of a hole" },
    holes = mottle.integer { default = 1, min = 1, max = 16, unit = "count", plain = true, doc = "holes in a sample" },
  },
  expect = function(p, x)
    -- The share of centres whose hole covers a row or column; there are none over the edge.
    local function covered(place, length)
      local last = place + p.size // 2
      return (math.min(last, length) - math.max(last - p.size, 0)) / length
    end
    local rate = 0
    for row = 1, x.H do
      for column = 1, x.W do
        rate = rate + 1 - (1 - covered(row, x.H) * covered(column, x.W)) ^ p.holes
      end
    end
    return { rate = rate / (x.H * x.W) }
  end,
  make = function(x, p, rng)
    local row, column = mottle.index("H"), mottle.index("W")
    local half = p.size // 2
    local hidden = mottle.none("NHW")
    for _ = 1, p.holes do
      local top = rng:integer("N", 1, x.H) - half
      local left = rng:integer("N", 1, x.W) - half
      hidden = hidden | (row:ge(top) & row:lt(top + p.size) & column:ge(left) & column:lt(left + p.size))
    end
    return hidden
  end,
}
