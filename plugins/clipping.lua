-- An amplifier or a converter at its end: peaks are cut flat.
mottle.noise {
  name = "clipping",
  doc = "Cuts at a share of the peak: y = min(max(x, -t), t), t = level * max|x|; its mask marks what was cut.",
  source = "hard clipping; audiomentations' ClippingDistortion cuts a share of the values instead",
  axes = "NL",
  params = {
    level = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "highest value left, of the peak" },
  },
  identity = { level = 1 },
  expect = function(p, x)
    local cut = x.value ~= 0 and p.level < 1
    return { mean = (p.level - 1) * x.value, variance = 0, ratio = cut and 1 or 0 }
  end,
  apply = function(x, p, rng)
    local height = mottle.where(mottle.index("L"):le(x.length), x:abs(), 0)
    local threshold = p.level * height:amax()
    local cut = height:gt(threshold)
    return mottle.where(cut, x:sign() * threshold, x), cut
  end,
}
