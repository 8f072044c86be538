-- The simplest mask; mae_patches is the one that hides exactly as many in every sample.
mottle.mask {
  name = "bernoulli",
  doc = "Hides each pixel with the same probability, independently of the others.",
  source = "Vincent et al. 2010, Stacked denoising autoencoders, JMLR 11 (masking noise)",
  axes = "NHWC",
  params = {
    ratio = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "probability of being hidden" },
    per_channel = mottle.boolean { default = false, doc = "hide each channel on its own instead of whole pixels" },
  },
  identity = { ratio = 0 },
  expect = function(p, x) return { rate = p.ratio } end,
  make = function(x, p, rng)
    return rng:bernoulli(p.per_channel and "NHWC" or "NHW", p.ratio)
  end,
}
