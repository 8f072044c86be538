-- Salt and pepper without luck: every sample has the same number of hits and of salt among them.
mottle.noise {
  name = "salt_and_pepper_exact",
  doc = "Sets exactly round(amount * pixels) pixels of every sample to the highest or lowest value.",
  source = "Gonzalez & Woods, Digital Image Processing, 4th ed. 2018, section 5.2, with counts for probabilities",
  axes = "NHWC",
  params = {
    amount = mottle.number { default = 0.05, min = 0, max = 1, unit = "ratio", doc = "share of pixels hit" },
    salt = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "share of hits that are salt" },
  },
  identity = { amount = 0 },
  expect = function(p, x)
    local pixels = x.H * x.W
    local hits = mottle.round(p.amount * pixels)
    local salt = mottle.round(hits * p.salt)
    local up, down = x.high - x.value, x.low - x.value
    local mean = (salt * up + (hits - salt) * down) / pixels
    local square = (salt * up ^ 2 + (hits - salt) * down ^ 2) / pixels
    return { mean = mean, variance = square - mean ^ 2, ratio = hits / pixels }
  end,
  apply = function(x, p, rng)
    local pixels = x.H * x.W
    local hits = mottle.round(p.amount * pixels)
    -- The pixels in random order: the first are salt, the next pepper.
    local place = rng:permutation("N", pixels):reshape { "N", x.H, x.W }
    local hit, salt = place:le(hits), place:le(mottle.round(hits * p.salt))
    return mottle.where(hit, mottle.where(salt, x.high, x.low), x), hit
  end,
}
