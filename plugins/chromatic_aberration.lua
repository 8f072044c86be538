-- Glass bends blue more than red: the colours of a picture are not equally large. Grey pictures stay as they are.
mottle.noise {
  name = "chromatic_aberration",
  doc = "Scales the channels about the centre: channel c by 1 / (1 + strength * (c - middle)), the middle one stays.",
  source = "Kang 2007, Automatic removal of chromatic aberration from a single image, CVPR (lateral, first order)",
  axes = "NHWC",
  params = {
    strength = mottle.number { default = 0.03, min = -0.2, max = 0.2, unit = "ratio", doc = "change a channel" },
  },
  identity = { strength = 0 },
  expect = function(p, x) return { mean = 0, variance = 0 } end,
  apply = function(x, p, rng)
    local scale = 1 + p.strength * (mottle.index("C") - (x.C + 1) / 2)
    local function scaled(axis)
      local middle = (x:size(axis) + 1) / 2
      return (mottle.index(axis) - middle) * scale + middle
    end
    return x:warp { H = scaled("H"), W = scaled("W") }
  end,
}
