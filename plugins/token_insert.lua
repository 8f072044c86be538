-- Noise that says nothing, between the tokens: the first stays first and the last stays last. Where there is no room,
-- tokens drop out at the end, but no special ones: [SEP] stays the last.
mottle.tokens {
  name = "token_insert",
  doc = "Inserts round(rate * tokens) random ids; what follows moves right, what does not fit is lost. Extra: length.",
  source = "after Wei & Zou 2019, EDA, arXiv:1901.11196 (random insertion), with random ids in place of synonyms",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "new tokens, of those not special" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never lost, such as [CLS], [SEP], padding" },
  },
  identity = { rate = 0 },
  -- In a full sample: `count` of the length + count - 2 places between the ends, of which length - 1 are not cut off.
  expect = function(p, x)
    local count = mottle.round(p.rate * x.L)
    return { rate = count * (x.L - 1) / math.max(x.L + count - 2, 1) / x.L }
  end,
  apply = function(ids, p, rng)
    local here = mottle.index("L")
    local free = here:le(ids.length) & ~ids:isin(p.special)
    local count = mottle.round(p.rate * free:count())
    local first, last = mottle.where(free, here, ids.L):amin(), mottle.where(free, here, 0):amax()
    -- Places of the result before anything drops out; the special tokens at both ends stay together.
    local place = mottle.index("L", 2 * ids.L)
    local between = place:ge(first:max(2)) & place:le(count + last:min(ids.length - 1))
    local new = mottle.where(between, rng:uniform { "N", 2 * ids.L }, -1):top(count) & between
    local length, from = ids.length + new:count(), mottle.where(new, 0, 1):cumsum("L")
    -- Of those that may drop out, as many from the end as there are too many.
    local loose = new | (free:take("L", from) & place:le(length))
    local behind = loose:count() - mottle.where(loose, 1, 0):cumsum("L")
    local kept = ~(loose & behind:lt(length - ids.L))
    local source = mottle.where(kept, place, 3 * ids.L):order("L"):take("L", here)
    new = new:take("L", source)
    local shown = mottle.where(new, rng:integer("NL", 0, p.vocab - 1), ids:take("L", from:take("L", source)))
    return shown, new, { length = length:min(ids.L) }
  end,
}
