-- Every value is hit on its own, the channels of a pixel too, as in the benchmarks (skimage's random_noise, "s&p").
mottle.noise {
  name = "impulse",
  doc = "Replaces a share of the values by the highest or lowest one, or by any of the range; its mask marks them.",
  source = "severities: ImageNet-C, Hendrycks & Dietterich 2019, arXiv:1903.12261; MNIST-C, arXiv:1906.02337",
  axes = "N...",
  params = {
    amount = mottle.number { default = 0.05, min = 0, max = 1, unit = "ratio", doc = "share of values hit" },
    values = mottle.choice {
      of = { "extreme", "uniform" }, default = "extreme", doc = "hits are the range's ends (1 : 1), or anywhere in it",
    },
  },
  severities = { { amount = 0.03 }, { amount = 0.06 }, { amount = 0.09 }, { amount = 0.17 }, { amount = 0.27 } },
  identity = { amount = 0 },
  expect = function(p, x)
    local away, span = (x.low + x.high) / 2 - x.value, x.high - x.low
    local spread = p.values == "extreme" and span ^ 2 / 4 or span ^ 2 / 12
    local mean = p.amount * away
    return { mean = mean, variance = p.amount * (spread + away ^ 2) - mean ^ 2, rate = p.amount }
  end,
  apply = function(x, p, rng)
    local hit = rng:bernoulli(x, p.amount)
    local value = rng:uniform(x, x.low, x.high)
    if p.values == "extreme" then
      value = mottle.where(value:lt((x.low + x.high) / 2), x.low, x.high)
    end
    return mottle.where(hit, value, x), hit
  end,
}
