-- The rows of a sensor are read one after the other; a camera that shakes meanwhile bends what is straight.
mottle.noise {
  name = "rolling_shutter",
  doc = "Shifts each row sideways by amplitude * sin(2 pi * row / wavelength + phase) pixels, phase random.",
  source = "Baker et al. 2010, Removing rolling shutter wobble, CVPR",
  axes = "NHWC",
  params = {
    amplitude = mottle.number { default = 1.5, min = 0, unit = "pixels", doc = "largest shift" },
    wavelength = mottle.number { default = 20, min = 2, unit = "pixels", doc = "rows that are read in one shake" },
  },
  identity = { amplitude = 0 },
  expect = function(p, x) return { mean = 0, variance = 0 } end,
  apply = function(x, p, rng)
    local phase = mottle.index("H") / p.wavelength + rng:uniform("N")
    return x:warp { W = mottle.index("W") + p.amplitude * (2 * math.pi * phase):sin() }
  end,
}
