-- The label's share is the box's exact one, after rounding and cutting at the edge; the mask marks the box.
mottle.noise {
  name = "cutmix",
  doc = "Pastes a box of another sample: sides sqrt(1 - m) of the image's, m ~ Beta(alpha, alpha), centre uniform.",
  source = "Yun et al. 2019, CutMix, ICCV, arXiv:1905.04899, appendix A",
  axes = "NHWC",
  params = {
    alpha = mottle.number { default = 1, min = 0.01, max = 100, unit = "ratio", doc = "1: all sizes as likely" },
  },
  apply = function(x, p, rng)
    local side = (1 - rng:beta("N", p.alpha, p.alpha)):sqrt()
    local function isInside(axis)
      local length = x:size(axis)
      local size = (side * length):floor()
      local first = rng:integer("N", 1, length) - (size / 2):floor()
      return mottle.index(axis):ge(first) & mottle.index(axis):lt(first + size)
    end
    local box = isInside("H") & isInside("W")
    local other = rng:partner(x)
    local mix = 1 - box:count() / (x.H * x.W)
    return mottle.where(box, other.value, x), box, { mix = mix, partner = other.id }
  end,
}
