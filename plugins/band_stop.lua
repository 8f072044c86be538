-- A notch in the microphone's response. The filter is circular: what rings over one end comes in at the other.
mottle.noise {
  name = "band_stop",
  doc = "Takes out a band around `centre`: gain 0 up to width / 2 from it, 1 from `edge` farther on, a cosine between.",
  source = "after audiomentations' BandStopFilter, as a gain of the spectrum",
  axes = "NL",
  params = {
    centre = mottle.number {
      optional = true, min = 0, max = 0.5, unit = "ratio",
      doc = "middle of the band, as a share of the sampling rate; drawn from 0 to 0.5 for each sample if absent",
    },
    width = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "width of what is gone altogether" },
    edge = mottle.number { default = 0.02, min = 0.0001, max = 0.5, unit = "ratio", doc = "width of each smooth edge" },
  },
  -- A constant is what has frequency 0: lost where the band lies there, in part where its edge does.
  expect = function(p, x)
    if p.centre or p.width / 2 + p.edge > 0.5 then return {} end
    local lost = p.width + p.edge
    return { mean = -lost * x.value, variance = (lost - p.edge / 4 - lost ^ 2) * x.value ^ 2 }
  end,
  apply = function(x, p, rng)
    local centre = p.centre or rng:uniform("N", 0, 0.5)
    local beyond = (mottle.frequency("L") - centre):abs() - p.width / 2
    local gain = 0.5 - 0.5 * (math.pi * (beyond / p.edge):clamp(0, 1)):cos()
    return mottle.where(mottle.index("L"):le(x.length), x:filter("L", gain), x)
  end,
}
