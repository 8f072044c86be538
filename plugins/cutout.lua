-- Cutout (DeVries & Taylor 2017): centres are uniform over the image and holes may reach over the edge, so that all pixels
-- but those near it are hidden equally often.
mottle.mask {
  name = "cutout",
  doc = "Hides square holes whose centres are uniform over the image.",
  axes = "NHWC",
  params = {
    size = mottle.integer { default = 8, min = 1, unit = "pixels", doc = "side of a hole" },
    holes = mottle.integer { default = 1, min = 1, max = 16, unit = "count", plain = true, doc = "holes in a sample" },
  },
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
