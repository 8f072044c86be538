-- The model predicts the target blocks from the context: a large block, less all that the targets cover.
mottle.mask {
  name = "ijepa_multi_block",
  doc = "Hides all but a context block without target blocks; extras: context, and targets with one channel a block.",
  source = "Assran et al. 2023, I-JEPA, CVPR, arXiv:2301.08243, section 4",
  axes = "NHWC",
  params = {
    patch = mottle.integer { default = 4, min = 1, unit = "pixels", plain = true, doc = "side of a patch" },
    targets = mottle.integer { default = 4, min = 1, max = 64, unit = "count", plain = true, doc = "target blocks" },
    target_area = mottle.range { default = { 0.15, 0.2 }, min = 0, max = 1, unit = "ratio", doc = "share of patches" },
    target_aspect = mottle.range {
      default = { 0.75, 1.5 }, min = 0.01, max = 100, unit = "ratio", doc = "height / width",
    },
    context_area = mottle.range { default = { 0.85, 1 }, min = 0, max = 1, unit = "ratio", doc = "share of patches" },
  },
  make = function(x, p, rng)
    if x.H % p.patch ~= 0 or x.W % p.patch ~= 0 then
      error(string.format("patches of %d pixels do not divide %d x %d", p.patch, x.H, x.W))
    end
    local rows, columns = x.H // p.patch, x.W // p.patch
    local row, column = mottle.index("H", rows), mottle.index("W", columns)
    -- As many blocks as there are channels.
    local function blocks(count, area, aspect)
      local axes = { "N", 1, 1, count }
      local patches = rng:uniform(axes, area[1], area[2]) * (rows * columns)
      local shape = rng:uniform(axes, aspect[1], aspect[2])
      local height = (patches * shape):sqrt():round():clamp(1, rows)
      local width = (patches / shape):sqrt():round():clamp(1, columns)
      local top, left = rng:integer(axes, 1, rows - height + 1), rng:integer(axes, 1, columns - width + 1)
      return row:ge(top) & row:lt(top + height) & column:ge(left) & column:lt(left + width)
    end
    local targets = blocks(p.targets, p.target_area, p.target_aspect)
    local context = blocks(1, p.context_area, { 1, 1 }) & ~targets:any("C")
    return ~context:upsample(p.patch), { context = context, targets = targets }
  end,
}
