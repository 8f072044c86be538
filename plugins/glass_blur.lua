-- The view through rippled glass. The benchmark swaps pixels one after the other; here every pixel looks at a place
-- nearby, once as the first and once as the second of a swap. So as many values move, and as far, but one can be there
-- twice or be lost. (MNIST-C's code blurs along the columns only: it takes a grey picture's rows for channels.)
mottle.noise {
  name = "glass_blur",
  doc = "Gaussian blur; pixels moved by up to `distance` along both axes, `iterations` times; the same blur again.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337, after ImageNet-C, arXiv:1903.12261",
  axes = "NHWC",
  params = {
    sigma = mottle.number {
      default = 0.7, min = 0, max = 10, unit = "pixels", plain = true, doc = "standard deviation of the blur",
    },
    distance = mottle.integer { default = 1, min = 0, max = 64, unit = "pixels", doc = "farthest move in a direction" },
    iterations = mottle.integer { default = 2, min = 0, max = 10, unit = "count", plain = true, doc = "rounds" },
  },
  severities = {
    { sigma = 0.7, distance = 1, iterations = 2 }, { sigma = 0.9, distance = 2, iterations = 1 },
    { sigma = 1, distance = 2, iterations = 3 }, { sigma = 1.1, distance = 3, iterations = 2 },
    { sigma = 1.5, distance = 4, iterations = 2 },
  },
  identity = { sigma = 0, iterations = 0 },
  expect = function(p, x) return { mean = 0, variance = 0 } end,
  apply = function(x, p, rng)
    local y = x:blur(p.sigma, "HW")
    for _ = 1, p.iterations do
      for side = -1, 1, 2 do
        local moved = rng:bernoulli("NHW", 0.5)
        -- From -distance to distance - 1, as the benchmark draws it; the other end of the swap sees the opposite.
        local function from(axis)
          local step = mottle.floor(rng:uniform("NHW") * 2 * p.distance) - p.distance
          return mottle.index(axis) + mottle.where(moved, side * step, 0)
        end
        y = y:warp({ H = from("H"), W = from("W") }, "nearest")
      end
    end
    return y:blur(p.sigma, "HW")
  end,
}
