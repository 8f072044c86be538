-- Mains hum or a switching supply in a sensor's lines: a plane wave over the picture.
mottle.noise {
  name = "periodic",
  doc = "Adds a wave: y = x + amplitude * sin(2 pi * frequency * (row * sin(angle) + column * cos(angle)) + phase).",
  source = "Gonzalez & Woods, Digital Image Processing, 4th ed. 2018, section 5.2 (periodic noise)",
  axes = "NHWC",
  params = {
    amplitude = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "largest change" },
    frequency = mottle.number { default = 0.1, min = 0, max = 0.5, unit = "ratio", doc = "waves a pixel" },
    angle = mottle.number {
      optional = true, min = -360, max = 360, unit = "degrees",
      doc = "direction of the wave, 0 along the rows, 90 down the columns; drawn for each sample if absent",
    },
    phase = mottle.number {
      optional = true, min = -360, max = 360, unit = "degrees", doc = "phase; drawn for each sample if absent",
    },
  },
  identity = { amplitude = 0 },
  expect = function(p, x)
    if p.phase then return {} end
    return { mean = 0, variance = p.amplitude ^ 2 / 2 }
  end,
  apply = function(x, p, rng)
    -- Named, so that giving one of them leaves the other's draws as they are.
    local angle = (p.angle or rng:uniform("N", 0, 360, "angle")) * (math.pi / 180)
    local phase = (p.phase or rng:uniform("N", 0, 360, "phase")) * (math.pi / 180)
    local way = mottle.index("H") * mottle.sin(angle) + mottle.index("W") * mottle.cos(angle)
    return x + p.amplitude * (2 * math.pi * p.frequency * way + phase):sin()
  end,
}
