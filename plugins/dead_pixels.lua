-- A sensor ages: some pixels show one value whatever the light. Every sample has its own, as many as the others.
mottle.noise {
  name = "dead_pixels",
  doc = "Sets exactly `count` pixels of every sample to values drawn from the range; its mask marks them.",
  source = "Dudas et al. 2007, In-field defect development in digital image sensors, Proc. SPIE 6502",
  axes = "NHWC",
  params = {
    count = mottle.integer { default = 8, min = 0, unit = "count", doc = "dead pixels; all if there are fewer pixels" },
  },
  identity = { count = 0 },
  expect = function(p, x)
    local share = math.min(p.count, x.H * x.W) / (x.H * x.W)
    local away, span = (x.low + x.high) / 2 - x.value, x.high - x.low
    return { mean = share * away, variance = share * (span ^ 2 / 12 + away ^ 2) - (share * away) ^ 2, ratio = share }
  end,
  apply = function(x, p, rng)
    local pixels = x.H * x.W
    local dead = rng:choose("N", pixels, mottle.min(p.count, pixels)):reshape { "N", x.H, x.W }
    return mottle.where(dead, rng:uniform(x, x.low, x.high), x), dead
  end,
}
