-- Word order is what a denoiser learns. Neighbours make pairs, from an odd or an even place on, and pairs swap.
mottle.tokens {
  name = "token_swap",
  doc = "Swaps round(rate * tokens / 2) pairs of neighbours, or all pairs if there are fewer; its mask marks them.",
  source = "Artetxe et al. 2018, arXiv:1710.11041 (denoising); Lample et al. 2018, arXiv:1711.00043 (noise model)",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of the tokens that move" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
  },
  identity = { rate = 0 },
  expect = function(p, x)
    local moved = 2 * mottle.round(p.rate * x.L / 2)
    return moved < x.L and { ratio = moved / x.L } or {}  -- more than all pairs: which there are is chance
  end,
  apply = function(ids, p, rng)
    local place = mottle.index("L")
    local free = place:le(ids.length) & ~ids:isin(p.special)
    local first = free & free:shift("L", -1, false) & ((place + rng:integer("N", 0, 1)) % 2):eq(0)
    local count = mottle.min(mottle.round(p.rate * free:count() / 2), first:count())
    first = mottle.where(first, rng:uniform("NL"), -1):top(count)
    local second = first:shift("L", 1, false)
    local swapped = mottle.where(first, ids:shift("L", -1), mottle.where(second, ids:shift("L", 1), ids))
    return swapped, first | second
  end,
}
