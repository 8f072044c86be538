-- The subject is not in the middle. Both directions at once, so the move is a diagonal one.
mottle.noise {
  name = "translate",
  doc = "Moves the picture by `distance` up or down and as much left or right; what comes in is the range's low end.",
  source = "Mu & Gilmer 2019, MNIST-C, arXiv:1906.02337",
  axes = "NHWC",
  params = {
    distance = mottle.integer { default = 3, min = 0, unit = "pixels", doc = "move along each of the two axes" },
  },
  severities = { { distance = 1 }, { distance = 2 }, { distance = 3 }, { distance = 4 }, { distance = 5 } },
  identity = { distance = 0 },
  expect = function(p, x)
    local function kept(size) return math.max(size - p.distance, 0) / size end
    local lost, away = 1 - kept(x.H) * kept(x.W), x.low - x.value
    return { mean = lost * away, variance = lost * (1 - lost) * away ^ 2, ratio = lost }
  end,
  apply = function(x, p, rng)
    local down = p.distance * (2 * rng:integer("N", 0, 1) - 1)
    local right = p.distance * (2 * rng:integer("N", 0, 1) - 1)
    local came = ~mottle.all("NHW"):shift("H", down, false):shift("W", right, false)
    return x:shift("H", down, x.low):shift("W", right, x.low), came
  end,
}
