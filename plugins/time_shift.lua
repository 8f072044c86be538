-- A word begins a little earlier or later in its recording.
mottle.noise {
  name = "time_shift",
  doc = "Moves the real part by -n ... n samples, n = floor(share * length); its mask marks zeros that came in.",
  source = "Warden 2018, Speech Commands, arXiv:1804.03209 (its trainer moves by up to 100 ms)",
  axes = "NL",
  params = {
    share = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "farthest move, of the length" },
    border = mottle.choice { of = { "zero", "wrap" }, default = "zero", doc = "what comes in: 0, or the other end" },
  },
  identity = { share = 0 },
  expect = function(p, x)
    if p.border == "wrap" then return { mean = 0, variance = 0, ratio = 0 } end
    local most = math.floor(p.share * x.L)
    local lost = most * (most + 1) / (2 * most + 1) / x.L
    return { mean = -lost * x.value, variance = lost * (1 - lost) * x.value ^ 2, rate = lost }
  end,
  apply = function(x, p, rng)
    local place, most = mottle.index("L"), mottle.floor(p.share * x.length)
    local from = place - ((rng:uniform("N") * (2 * most + 1)):floor() - most)
    local real = place:le(x.length)
    if p.border == "wrap" then
      from = (from - 1) % x.length:max(1) + 1
    end
    local outside = real & (from:lt(1) | from:gt(x.length))
    return mottle.where(outside, 0, mottle.where(real, x:take("L", from), x)), outside
  end,
}
