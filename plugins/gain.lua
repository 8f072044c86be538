-- Nearer, farther, another microphone. Give a distribution to have each sample at its own volume.
mottle.noise {
  name = "gain",
  doc = "Changes the volume: y = x * 10^(gain / 20).",
  source = "as SoX's gain and torchaudio.transforms.Vol",
  axes = "NL",
  params = {
    gain = mottle.number { default = -6, min = -200, max = 100, unit = "db", doc = "change of volume" },
  },
  identity = { gain = 0 },
  expect = function(p, x) return { mean = x.value * (10 ^ (p.gain / 20) - 1), variance = 0 } end,
  apply = function(x, p, rng)
    return mottle.where(mottle.index("L"):le(x.length), x * 10 ^ (p.gain / 20), x)
  end,
}
