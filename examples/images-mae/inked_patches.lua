-- A mask of one's own: a patch is hidden the more often, the more there is in it; of an empty background nothing is
-- learned. The patches with the smallest of waiting times, exponential with rate `weight`, are a weighted choice
-- without replacement.
mottle.mask {
  name = "inked_patches",
  doc = "Hides exactly round(ratio * patches) patches, bright ones sooner; extra: grid, the mask of patches.",
  source = "Efraimidis & Spirakis 2006, Weighted random sampling with a reservoir, IPL 97(5)",
  axes = "NHWC",
  params = {
    patch = mottle.integer { default = 4, min = 1, unit = "pixels", plain = true, doc = "side of a patch" },
    ratio = mottle.number { default = 0.75, min = 0, max = 1, unit = "ratio", doc = "share of patches hidden" },
    empty = mottle.number {
      default = 0.5, min = 0.001, max = 100, unit = "ratio", doc = "a black patch's weight; a white one has 1 more",
    },
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
    local light = (x - x.low) / (x.high - x.low)
    local weight = p.empty + light:downsample(p.patch):mean("C"):reshape { "N", rows, columns }:clamp(0, 1)
    local wait = rng:exponential({ "N", rows, columns }, 1) / weight
    local grid = (-wait):top(mottle.round(p.ratio * rows * columns))
    return grid:upsample(p.patch), { grid = grid }
  end,
}
