-- Patches at the right and lower edge are cut off where the size does not divide the picture.
mottle.mask {
  name = "hide_and_seek",
  doc = "Divides the image into square patches and hides each with the same probability.",
  source = "Singh & Lee 2017, ICCV, arXiv:1704.04232",
  axes = "NHWC",
  params = {
    size = mottle.integer { default = 7, min = 1, unit = "pixels", doc = "side of a patch" },
    ratio = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "probability of being hidden" },
  },
  identity = { ratio = 0 },
  expect = function(p, x) return { rate = p.ratio } end,
  make = function(x, p, rng)
    -- A draw for every pixel, of which the first serve the patches: the size may differ from sample to sample.
    local patch = rng:bernoulli("NHW", p.ratio)
    local row, column = (mottle.index("H") - 1) // p.size + 1, (mottle.index("W") - 1) // p.size + 1
    return patch:take("H", row):take("W", column)
  end,
}
