-- A drop moves while the shutter is open and lets the sky's light through: a bright line where it was.
mottle.noise {
  name = "rain",
  doc = "Brightens random streaks: y = x + opacity * s * (high - x), s from 0 to 1.",
  source = "after Garg & Nayar 2007, Vision and rain, IJCV 75(1), doi:10.1007/s11263-006-0028-6",
  axes = "NHWC",
  params = {
    density = mottle.number { default = 0.01, min = 0, max = 1, unit = "ratio", doc = "streaks a pixel" },
    opacity = mottle.number { default = 0.6, min = 0, max = 1, unit = "ratio", doc = "share of sky's light" },
    length = mottle.number { default = 8, min = 1, max = 20, unit = "pixels", doc = "length of a streak" },
    angle = mottle.number { default = 15, min = -90, max = 90, unit = "degrees", doc = "slant, 0 straight down" },
  },
  identity = { density = 0 },
  apply = function(x, p, rng)
    local radius = 11  -- half the longest streak and its soft end
    local function taps(axis) return mottle.index(axis, 2 * radius + 1) - (radius + 1) end
    local down, right = taps("H"), taps("W")
    local sine, cosine = mottle.sin(p.angle * (math.pi / 180)), mottle.cos(p.angle * (math.pi / 180))
    -- One pixel wide, with soft edges and ends.
    local across = (1 - (right * cosine - down * sine):abs()):max(0)
    local along = (p.length / 2 + 0.5 - (down * cosine + right * sine):abs()):clamp(0, 1)
    local drops = mottle.where(rng:bernoulli("NHW", p.density), 1, 0)
    local streaks = drops:convolve(across * along, "HW", 0):min(1)
    return x + p.opacity * streaks * (x.high - x)
  end,
}
