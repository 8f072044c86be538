-- The partner is drawn from the data set by address, never from the batch; labels follow by mix and partner.
mottle.noise {
  name = "mixup",
  doc = "Blends every sample with another: y = mix * x + (1 - mix) * partner, mix ~ Beta(alpha, alpha).",
  source = "Zhang et al. 2018, mixup, ICLR, arXiv:1710.09412",
  axes = "N...",
  params = {
    alpha = mottle.number { default = 0.2, min = 0.01, max = 100, unit = "ratio", doc = "small: mostly one of two" },
  },
  apply = function(x, p, rng)
    local mix = rng:beta("N", p.alpha, p.alpha)
    local other = rng:partner(x)
    return mix * x + (1 - mix) * other.value, { mix = mix, partner = other.id }
  end,
}
