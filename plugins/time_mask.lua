-- One gap, of the same share in every sample, anywhere in its real part. For several, put several into the chain.
mottle.mask {
  name = "time_mask",
  doc = "Hides round(ratio * length) samples in a row, at a uniform place of the real part.",
  source = "after Park et al. 2019, SpecAugment, arXiv:1904.08779 (time masking), on the waveform",
  axes = "NL",
  params = {
    ratio = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of the real part hidden" },
  },
  identity = { ratio = 0 },
  expect = function(p, x) return { ratio = mottle.round(p.ratio * x.L) / x.L } end,
  make = function(x, p, rng)
    local place, width = mottle.index("L"), mottle.round(p.ratio * x.length)
    local start = 1 + (rng:uniform("N") * (x.length - width + 1)):floor()
    return place:ge(start) & place:lt(start + width)
  end,
}
