-- BERT's task: guess the tokens asked for. Most of them are masked, some are wrong and some are as they were: no token
-- can be trusted.
mottle.tokens {
  name = "mlm",
  doc = "Asks for round(rate * tokens) tokens: 80 % become mask_id, 10 % a random id, 10 % stay; extra: labels.",
  source = "Devlin et al. 2019, BERT, arXiv:1810.04805, section 3.1",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.15, min = 0, max = 1, unit = "ratio", doc = "share of the tokens asked for" },
    mask_id = mottle.integer { min = 0, doc = "id that stands for [MASK]" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
    ignore = mottle.integer { default = -100, doc = "label where nothing is asked" },
    masked = mottle.number { default = 0.8, min = 0, max = 1, unit = "ratio", doc = "share of them that is masked" },
    random = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of them that is random" },
  },
  identity = { rate = 0 },
  expect = function(p, x) return { ratio = mottle.round(p.rate * x.L) / x.L } end,
  apply = function(ids, p, rng)
    local free = mottle.index("L"):le(ids.length) & ~ids:isin(p.special)
    local asked = mottle.where(free, rng:uniform("NL"), -1):top(mottle.round(p.rate * free:count()))
    local u = rng:uniform("NL")
    local wrong = mottle.where(u:lt(p.masked + p.random), rng:integer("NL", 0, p.vocab - 1), ids)
    local shown = mottle.where(u:lt(p.masked), p.mask_id, wrong)
    return mottle.where(asked, shown, ids), asked, { labels = mottle.where(asked, ids, p.ignore) }
  end,
}
