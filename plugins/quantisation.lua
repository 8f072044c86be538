-- Fewer levels, as a coarse converter gives them: 2^b levels are b bits.
mottle.noise {
  name = "quantisation",
  doc = "Rounds to the nearest of equally spaced levels from low to high; with dither to one of the two nearest.",
  source = "severities: MNIST-C quantize (5 to 1 bits), Mu & Gilmer 2019, arXiv:1906.02337; dither: Schuchman 1964",
  axes = "N...",
  params = {
    levels = mottle.integer { default = 16, min = 2, max = 65536, unit = "count", doc = "levels, both ends included" },
    dither = mottle.boolean { default = false, doc = "round up or down at random so that the mean stays" },
  },
  severities = { { levels = 32 }, { levels = 16 }, { levels = 8 }, { levels = 4 }, { levels = 2 } },
  expect = function(p, x)
    local step = (x.high - x.low) / (p.levels - 1)
    local position = (x.value - x.low) / step
    local rest = position - math.floor(position)
    if p.dither then return { mean = 0, variance = step ^ 2 * rest * (1 - rest) } end
    return { mean = step * (mottle.round(position) - position), variance = 0 }
  end,
  apply = function(x, p, rng)
    local step = (x.high - x.low) / (p.levels - 1)
    local position = (x - x.low) / step
    local level = p.dither and (position + rng:uniform(x)):floor() or position:round()
    return x.low + step * level:clamp(0, p.levels - 1)
  end,
}
