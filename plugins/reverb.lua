-- A room's answer to a click is noise that dies away. The products of two spectra are a convolution; twice the length
-- keeps its end from coming in at the front.
mottle.noise {
  name = "reverb",
  doc = "Convolves with a click and a tail: tail[t] ~ N(0, 1) * 10^(-3 t / decay), of energy 10^(-clarity / 10).",
  source = "Moorer 1979, About this reverberation business, Computer Music Journal 3(2)",
  axes = "NL",
  params = {
    decay = mottle.number { default = 4800, min = 1, max = 1e7, unit = "frames", doc = "samples to fall by 60 dB" },
    clarity = mottle.number { default = 6, min = -100, max = 200, unit = "db", doc = "click's energy over tail's" },
  },
  apply = function(x, p, rng)
    local place = mottle.index("L", 2 * x.L)
    local dry = mottle.where(place:le(x.length), x:take("L", place), 0)
    local tail = rng:normal { "N", 2 * x.L } * (-math.log(1000) * (place - 1) / p.decay):exp()
    tail = mottle.where(place:gt(1) & place:le(x.L), tail, 0)
    tail = tail * 10 ^ (-p.clarity / 20) / (tail ^ 2):sum():max(1e-30):sqrt()
    local a, b = dry:fft("L")
    local c, d = tail:fft("L")
    local wet = mottle.ifft(a * c - b * d, a * d + b * c, "L"):take("L", mottle.index("L"))
    return x + mottle.where(mottle.index("L"):le(x.length), wet, 0)
  end,
}
