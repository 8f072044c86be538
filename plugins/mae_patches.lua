-- A masked autoencoder's encoder sees equally many patches of every sample, so the count is exact.
mottle.mask {
  name = "mae_patches",
  doc = "Hides exactly round(ratio * patches) of the image's patches; extra: grid, the mask of patches.",
  source = "He et al. 2022, Masked autoencoders are scalable vision learners, CVPR, arXiv:2111.06377",
  axes = "NHWC",
  params = {
    patch = mottle.integer { default = 4, min = 1, unit = "pixels", plain = true, doc = "side of a patch" },
    ratio = mottle.number { default = 0.75, min = 0, max = 1, unit = "ratio", doc = "share of patches hidden" },
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
    local grid = rng:choose("N", rows * columns, mottle.round(p.ratio * rows * columns))
    grid = grid:reshape { "N", rows, columns }
    return grid:upsample(p.patch), { grid = grid }
  end,
}
