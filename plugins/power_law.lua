-- Clouds for negative exponents, fine grain for positive ones. Two white fields are the real and the imaginary parts of
-- a spectrum without symmetry; the real part of what it stands for has the same spectrum.
mottle.noise {
  name = "power_law",
  doc = "Adds noise whose power is proportional to frequency^exponent in all directions: y = x + e, rms(e) = sigma.",
  source = "Timmer & König 1995, Astronomy and Astrophysics 300, in two dimensions; pictures: Field 1987, JOSA A 4(12)",
  axes = "NHWC",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "root mean square of the noise" },
    exponent = mottle.number {
      default = -1, min = -4, max = 4, unit = "ratio",
      doc = "-1: pink; -2: brown, as natural pictures have; 0: white; 1: blue",
    },
  },
  identity = { sigma = 0 },
  expect = function(p, x)
    return { mean = 0, variance = x.H * x.W > 1 and p.sigma ^ 2 or 0 }
  end,
  apply = function(x, p, rng)
    local function frequency(axis, n)
      local place = mottle.index(axis) - 1
      return place:min(n - place) / n
    end
    local radius = (frequency("H", x.H) ^ 2 + frequency("W", x.W) ^ 2):sqrt()
    -- Amplitude is the root of power. No constant part: the mean stays.
    local gain = mottle.where(radius:gt(0), radius:max(0.5 / math.max(x.H, x.W)) ^ (p.exponent / 2), 0)
    local re, im = mottle.ifft(gain * rng:normal(x), gain * rng:normal(x), "H")
    local noise = mottle.ifft(re, im, "W")
    return x + p.sigma * noise / (noise ^ 2):mean():sqrt():max(1e-12)
  end,
}
