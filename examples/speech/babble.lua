-- Several people speak at once, as in a full room. They are other samples of the data, so test voices babble in a test.
mottle.noise {
  name = "babble",
  doc = "Adds other samples, equally loud, at other times: y = x + e, sum(x^2) / sum(e^2) = 10^(snr / 10).",
  source = "after Snyder, Chen & Povey 2015, MUSAN, arXiv:1510.08484 (3 to 7 speakers in Kaldi's recipes)",
  axes = "NL",
  params = {
    snr = mottle.number { default = 10, min = -100, max = 200, unit = "db", doc = "signal's power over the babble's" },
    voices = mottle.integer { default = 5, min = 1, max = 6, plain = true, unit = "count", doc = "how many speak" },
  },
  apply = function(x, p, rng)
    local real, babble = mottle.index("L"):le(x.length), mottle.zeros(x)
    for _ = 1, p.voices do
      local other = rng:partner(x).value
      local loudness = (other ^ 2):sum():max(1e-30):sqrt()
      babble = babble + (other / loudness):roll("L", rng:integer("N", 0, x.L - 1))
    end
    local signal = mottle.where(real, x, 0)
    babble = mottle.where(real, babble, 0)
    local scale = ((signal ^ 2):sum() / (babble ^ 2):sum():max(1e-30)):sqrt() * 10 ^ (-p.snr / 20)
    return x + scale * babble
  end,
}
