-- The original draws rectangles until one fits. Here the aspect is drawn among those that fit, so the area keeps its
-- distribution and nothing is tried twice.
mottle.mask {
  name = "random_erasing",
  doc = "Hides one rectangle inside the image, its area uniform and the logarithm of its height / width uniform.",
  source = "Zhong et al. 2020, AAAI, arXiv:1708.04896; log-uniform aspect as in torchvision and timm",
  axes = "NHWC",
  params = {
    area = mottle.range { default = { 0.02, 0.4 }, min = 0, max = 1, unit = "ratio", doc = "share of the image" },
    aspect = mottle.range { default = { 0.3, 1 / 0.3 }, min = 0.01, max = 100, unit = "ratio", doc = "height / width" },
  },
  -- Rounding the sides to pixels moves it by less than half a percent of itself for pictures of 16 pixels and more.
  expect = function(p, x) return { rate = (p.area[1] + p.area[2]) / 2 } end,
  make = function(x, p, rng)
    local pixels = x.H * x.W
    local area = (rng:uniform("N", p.area[1], p.area[2]) * pixels):max(1)
    -- height = sqrt(area * aspect) at most H, width = sqrt(area / aspect) at most W.
    local least = (area / x.W ^ 2):max(p.aspect[1]):min(x.H / x.W)
    local most = (x.H ^ 2 / area):min(p.aspect[2]):max(x.H / x.W)
    local aspect = rng:uniform("N", least:log(), most:log()):exp()
    local height = (area * aspect):sqrt():round():clamp(1, x.H)
    local width = (area / aspect):sqrt():round():clamp(1, x.W)
    local top, left = rng:integer("N", 1, x.H - height + 1), rng:integer("N", 1, x.W - width + 1)
    local row, column = mottle.index("H"), mottle.index("W")
    return row:ge(top) & row:lt(top + height) & column:ge(left) & column:lt(left + width)
  end,
}
