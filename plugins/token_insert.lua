-- Noise that says nothing, between the tokens: the first stays first and the last stays last, unless there is no room
-- left and the end drops out.
mottle.tokens {
  name = "token_insert",
  doc = "Inserts round(rate * length) random ids; the rest moves right, what does not fit is lost. Extra: length.",
  source = "after Wei & Zou 2019, EDA, arXiv:1901.11196 (random insertion), with random ids in place of synonyms",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "new tokens, of the length" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
  },
  identity = { rate = 0 },
  -- In a full sample: `count` of the length + count - 2 places between the ends, of which length - 1 are not cut off.
  expect = function(p, x)
    local count = mottle.round(p.rate * x.L)
    return { rate = count * (x.L - 1) / math.max(x.L + count - 2, 1) / x.L }
  end,
  apply = function(ids, p, rng)
    local count = mottle.round(p.rate * ids.length)
    -- Places of the result before its end is cut off.
    local place = mottle.index("L", 2 * ids.L)
    local between = place:gt(1) & place:lt(ids.length + count)
    local new = mottle.where(between, rng:uniform { "N", 2 * ids.L }, -1):top(count) & between
    local from = mottle.where(new, 0, 1):cumsum("L"):take("L", mottle.index("L"))
    local length = (ids.length + new:count()):min(ids.L)
    new = new:take("L", mottle.index("L"))
    return mottle.where(new, rng:integer("NL", 0, p.vocab - 1), ids:take("L", from)), new, { length = length }
  end,
}
