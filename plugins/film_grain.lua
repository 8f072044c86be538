-- Grains are larger than pixels, so neighbours share them: white noise, blurred and brought back to its strength.
mottle.noise {
  name = "film_grain",
  doc = "Adds Gaussian noise blurred to the grain's size: y = x + w * e, e ~ N(0, sigma^2) in every pixel.",
  source = "after Newson, Delon & Galerne 2017, A stochastic film grain model, Computer Graphics Forum 36(8)",
  axes = "NHWC",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "standard deviation" },
    size = mottle.number { default = 1, min = 0.1, max = 3, unit = "pixels", doc = "standard deviation of the blur" },
    midtones = mottle.number {
      default = 0, min = 0, max = 1, unit = "ratio",
      doc = "0: w is 1 everywhere; 1: w = 2 sqrt(s (1 - s)) for a tone s from 0 to 1, none in black and white",
    },
  },
  identity = { sigma = 0 },
  expect = function(p, x)
    local tone = (x.value - x.low) / (x.high - x.low)
    local weight = 1 - p.midtones + p.midtones * 2 * math.sqrt(tone * (1 - tone))
    return { mean = 0, variance = (p.sigma * weight) ^ 2 }
  end,
  apply = function(x, p, rng)
    local radius = 9  -- three standard deviations of the largest grain
    local function kernel(axis)
      local weight = (-0.5 * ((mottle.index(axis, 2 * radius + 1) - (radius + 1)) / p.size) ^ 2):exp()
      return weight / (weight ^ 2):sum():sqrt()  -- keeps the variance of white noise
    end
    -- The middle of a larger picture, so that the edges are as the rest.
    local white = rng:normal { "N", x.H + 2 * radius, x.W + 2 * radius }
    local grain = white:convolve(kernel("H"), "H"):convolve(kernel("W"), "W")
    grain = grain:take("H", mottle.index("H", x.H) + radius):take("W", mottle.index("W", x.W) + radius)
    local tone = ((x - x.low) / (x.high - x.low)):clamp(0, 1)
    local weight = 1 - p.midtones + p.midtones * 2 * (tone * (1 - tone)):sqrt()
    return x + p.sigma * weight * grain
  end,
}
