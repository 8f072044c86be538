-- A jigsaw puzzle: textures stay, shapes go.
mottle.noise {
  name = "patch_shuffle",
  doc = "Cuts into square patches and puts them back in random order; extra: order, where each patch came from.",
  source = "Noroozi & Favaro 2016, Solving jigsaw puzzles, arXiv:1603.09246",
  axes = "NHWC",
  params = {
    patch = mottle.integer { default = 4, min = 1, unit = "pixels", plain = true, doc = "side of a patch" },
  },
  expect = function(p, x) return { mean = 0, variance = 0 } end,
  apply = function(x, p, rng)
    local size = p.patch
    if x.H % size ~= 0 or x.W % size ~= 0 then
      error(string.format("patches of %d pixels do not divide %d x %d", size, x.H, x.W))
    end
    local rows, columns = x.H // size, x.W // size
    local order = rng:permutation("N", rows * columns):reshape { "N", rows, columns }
    local from = order:upsample(size, "HW") - 1  -- the patch that each pixel comes from, counted from 0
    local row = from // columns * size + (mottle.index("H") - 1) % size + 1
    local column = from % columns * size + (mottle.index("W") - 1) % size + 1
    return x:warp({ H = row, W = column }, "nearest"), { order = order }
  end,
}
