-- Lost tokens leave their place behind, so positions and labels of the others still hold. Deleting them is for models
-- that know no order, as Iyyer et al. 2015 do it.
mottle.tokens {
  name = "token_dropout",
  doc = "Replaces round(rate * tokens) tokens by `unknown`; its mask marks them.",
  source = "word dropout: Bowman et al. 2016, arXiv:1511.06349, section 3.1",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of the tokens lost" },
    unknown = mottle.integer { min = 0, doc = "id that stands for [UNK]" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
  },
  identity = { rate = 0 },
  expect = function(p, x) return { ratio = mottle.round(p.rate * x.L) / x.L } end,
  apply = function(ids, p, rng)
    local free = mottle.index("L"):le(ids.length) & ~ids:isin(p.special)
    local lost = mottle.where(free, rng:uniform("NL"), -1):top(mottle.round(p.rate * free:count()))
    return mottle.where(lost, p.unknown, ids), lost
  end,
}
