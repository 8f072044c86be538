-- Noise as loud as the sample itself asks: of a whisper as of a shout the same share is lost.
mottle.noise {
  name = "snr_gaussian",
  doc = "Adds white Gaussian noise: y = x + e, sum(x^2) / sum(e^2) = 10^(snr / 10) in every sample, none in padding.",
  source = "as torchaudio.functional.add_noise; audiomentations' AddGaussianSNR is exact on average only",
  axes = "NL",
  params = {
    snr = mottle.number { default = 20, min = -100, max = 200, unit = "db", doc = "signal's power over the noise's" },
  },
  expect = function(p, x) return { mean = 0, variance = x.value ^ 2 / 10 ^ (p.snr / 10) } end,
  apply = function(x, p, rng)
    local real = mottle.index("L"):le(x.length)
    local noise = mottle.where(real, rng:normal(x), 0)
    local signal = mottle.where(real, x, 0)
    local scale = ((signal ^ 2):sum() / (noise ^ 2):sum():max(1e-30)):sqrt() * 10 ^ (-p.snr / 20)
    return x + scale * noise
  end,
}
