-- Amplifiers of a sensor's rows or columns differ a little. For both, put two into the chain.
mottle.noise {
  name = "stripes",
  doc = "Adds to each row or column one offset, the same along the whole line: e ~ N(0, sigma^2).",
  source = "row and column noise: El Gamal & Eltoukhy 2005, CMOS image sensors, IEEE Circuits and Devices 21(3)",
  axes = "NHWC",
  params = {
    sigma = mottle.number { default = 0.1, min = 0, max = 10, unit = "range", doc = "standard deviation" },
    lines = mottle.choice { of = { "rows", "columns" }, default = "columns", doc = "what shares an offset" },
  },
  identity = { sigma = 0 },
  expect = function(p, x) return { mean = 0, variance = p.sigma ^ 2 } end,
  apply = function(x, p, rng)
    return x + p.sigma * rng:normal(p.lines == "rows" and "NH" or "NW")
  end,
}
