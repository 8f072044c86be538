-- BEiT adds rectangles until enough is hidden, and stops short where none fits. Here the rest is made up at the rims of
-- the blocks, so that every sample hides exactly as many patches.
mottle.mask {
  name = "beit_blocks",
  doc = "Hides exactly round(ratio * patches) patches in random rectangles; extra: grid, the mask of patches.",
  source = "Bao et al. 2022, BEiT, arXiv:2106.08254, algorithm 1",
  axes = "NHWC",
  params = {
    patch = mottle.integer { default = 4, min = 1, unit = "pixels", plain = true, doc = "side of a patch" },
    ratio = mottle.number { default = 0.4, min = 0, max = 1, unit = "ratio", doc = "share of patches hidden" },
    least = mottle.integer { default = 4, min = 1, unit = "count", doc = "patches of the smallest block; BEiT: 16" },
    aspect = mottle.range { default = { 0.3, 1 / 0.3 }, min = 0.01, max = 100, unit = "ratio", doc = "height / width" },
    tries = mottle.integer { default = 10, min = 1, max = 50, unit = "count", plain = true, doc = "blocks tried" },
  },
  identity = { ratio = 0 },
  expect = function(p, x)
    local patches = (x.H // p.patch) * (x.W // p.patch)
    return { ratio = mottle.round(p.ratio * patches) / patches }
  end,
  make = function(x, p, rng)
    if x.H % p.patch ~= 0 or x.W % p.patch ~= 0 then
      error(string.format("patches of %d pixels do not divide %d x %d", p.patch, x.H, x.W))
    end
    local rows, columns = x.H // p.patch, x.W // p.patch
    local row, column = mottle.index("H", rows), mottle.index("W", columns)
    local target = mottle.round(p.ratio * rows * columns)
    local hidden = mottle.none { "N", rows, columns }
    for _ = 1, p.tries do
      local left_over = target - hidden:count()
      local least = left_over:min(p.least)
      local area = least + rng:uniform("N") * (left_over - least)
      local aspect = rng:uniform("N", math.log(p.aspect[1]), math.log(p.aspect[2])):exp()
      local height = (area * aspect):sqrt():round():clamp(1, rows)
      local width = (area / aspect):sqrt():round():clamp(1, columns)
      local top, left = rng:integer("N", 1, rows - height + 1), rng:integer("N", 1, columns - width + 1)
      local block = row:ge(top) & row:lt(top + height) & column:ge(left) & column:lt(left + width)
      hidden = hidden | (block & (block & ~hidden):count():le(left_over))
    end
    -- What the blocks hide comes first, then the patches beside them, in random order.
    local rank = mottle.where(hidden, 2, mottle.where(hidden:dilate(3), 1, 0))
    local grid = (rank + rng:uniform { "N", rows, columns }):top(target)
    return grid:upsample(p.patch), { grid = grid }
  end,
}
