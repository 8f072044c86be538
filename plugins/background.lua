-- Somebody else speaks, more quietly. The label stays the sample's own (mixup is the one that mixes labels).
mottle.noise {
  name = "background",
  doc = "Adds another sample of the data: y = x + e, sum(x^2) / sum(e^2) = 10^(snr / 10), none in padding.",
  source = "Snyder, Chen & Povey 2015, MUSAN, arXiv:1510.08484 (babble), with the data's own samples",
  axes = "NL",
  params = {
    snr = mottle.number { default = 10, min = -100, max = 200, unit = "db", doc = "signal's power over the other's" },
  },
  expect = function(p, x) return { mean = x.value / 10 ^ (p.snr / 20), variance = 0 } end,
  apply = function(x, p, rng)
    local real = mottle.index("L"):le(x.length)
    local signal, other = mottle.where(real, x, 0), mottle.where(real, rng:partner(x).value, 0)
    -- Beside silence, silence: the other's power is 0, and so is what is added.
    local scale = ((signal ^ 2):sum() / (other ^ 2):sum():max(1e-30)):sqrt() * 10 ^ (-p.snr / 20)
    return x + scale * other
  end,
}
