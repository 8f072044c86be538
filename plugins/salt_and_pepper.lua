-- Impulse noise as a broken sensor makes it. One draw decides both whether a pixel is hit and what it becomes.
mottle.noise {
  name = "salt_and_pepper",
  doc = "Sets a share of the pixels to the highest (salt) or lowest (pepper) value; its mask marks them.",
  source = "Gonzalez & Woods, Digital Image Processing, 4th ed. 2018, section 5.2",
  axes = "NHWC",
  params = {
    amount = mottle.number { default = 0.05, min = 0, max = 1, unit = "ratio", doc = "share of pixels hit" },
    salt = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "share of hits that are salt" },
    per_channel = mottle.boolean { default = false, doc = "hit each channel on its own instead of whole pixels" },
  },
  identity = { amount = 0 },
  expect = function(p, x)
    local up, down = x.high - x.value, x.low - x.value
    local mean = p.amount * (p.salt * up + (1 - p.salt) * down)
    local square = p.amount * (p.salt * up ^ 2 + (1 - p.salt) * down ^ 2)
    return { mean = mean, variance = square - mean ^ 2, rate = p.amount }
  end,
  apply = function(x, p, rng)
    local u = rng:uniform(p.per_channel and "NHWC" or "NHW")
    local hit = u:lt(p.amount)
    local salt = u:lt(p.amount * p.salt)
    return mottle.where(hit, mottle.where(salt, x.high, x.low), x), hit
  end,
}
