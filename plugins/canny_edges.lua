-- Only the outlines are left: the ridges of the gradient that are strong, or touch a strong one through weak ones.
mottle.noise {
  name = "canny_edges",
  doc = "Canny's edge detector: high on edges, low elsewhere; of coloured pictures the channels' mean.",
  source = "Canny 1986, IEEE TPAMI 8(6); Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337 (without severities)",
  axes = "NHWC",
  params = {
    sigma = mottle.number { default = 1, min = 0, max = 20, unit = "pixels", plain = true, doc = "blur before it" },
    weak = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "Sobel gradient of a weak edge" },
    strong = mottle.number { default = 0.2, min = 0, max = 10, unit = "range", doc = "of a strong edge" },
    reach = mottle.integer {
      default = 32, min = 0, max = 200, unit = "pixels", plain = true, doc = "longest way over weak pixels",
    },
  },
  expect = function(p, x) return { mean = x.low - x.value, variance = 0 } end,  -- what is flat has no edges
  apply = function(x, p, rng)
    local row, column = mottle.index("H"), mottle.index("W")
    local grey = x:mean("C"):blur(p.sigma, "HW")
    local function derivative(along, across)
      return grey:convolve(mottle.constant({ -1, 0, 1 }, along), along)
        :convolve(mottle.constant({ 1, 2, 1 }, across), across)
    end
    local down, right = derivative("H", "W"), derivative("W", "H")
    local slope = (down ^ 2 + right ^ 2):sqrt()
    -- One step up and down the gradient, to the square of the eight neighbours around the pixel.
    local longest = down:abs():max(right:abs()):max(1e-12)
    local function ahead(step)
      return slope:warp { H = row + step * down / longest, W = column + step * right / longest }
    end
    local inside = row:gt(1) & row:lt(x.H) & column:gt(1) & column:lt(x.W)
    local ridge = inside & slope:ge(ahead(1)) & slope:ge(ahead(-1)) & slope:ge(p.weak)
    local edge = ridge & slope:ge(p.strong)
    for _ = 1, p.reach do edge = edge:dilate(3, "HW") & ridge end
    return mottle.where(edge, x.high, x.low) + mottle.zeros(x)
  end,
}
