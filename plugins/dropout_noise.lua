-- Dropout of a model's inputs: lost values are 0, and the others may make up for them.
mottle.noise {
  name = "dropout_noise",
  doc = "Multiplies by b / (1 - rate), b ~ Bernoulli(1 - rate), or by b alone; its mask marks what was dropped.",
  source = "Srivastava et al. 2014, Dropout, JMLR 15 (section 10: multiplicative noise)",
  axes = "N...",
  params = {
    rate = mottle.number { default = 0.2, min = 0, max = 0.99, unit = "ratio", doc = "share of values dropped" },
    rescale = mottle.boolean { default = true, doc = "divide the others by 1 - rate, so that the mean stays" },
  },
  identity = { rate = 0 },
  expect = function(p, x)
    local kept = p.rescale and x.value / (1 - p.rate) or x.value
    return { mean = kept * (1 - p.rate) - x.value, variance = kept ^ 2 * p.rate * (1 - p.rate), rate = p.rate }
  end,
  apply = function(x, p, rng)
    local dropped = rng:bernoulli(x, p.rate)
    local scale = p.rescale and 1 / (1 - p.rate) or 1
    return mottle.where(dropped, 0, x * scale), dropped
  end,
}
