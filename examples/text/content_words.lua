-- "Of", "the" and commas are easily guessed and say little. In a vocabulary of byte pairs, frequent tokens have low
-- ids: those below `common` are asked for only where a text has too few others.
mottle.tokens {
  name = "content_words",
  doc = "Asks for round(rate * tokens) tokens, rare ones first: 80 % become mask_id, 10 % a random id, 10 % stay.",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.15, min = 0, max = 1, unit = "ratio", doc = "share of the tokens asked for" },
    common = mottle.integer { default = 430, min = 0, doc = "tokens with ids below are asked for last" },
    mask_id = mottle.integer { min = 0, doc = "id that stands for [MASK]" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
  },
  identity = { rate = 0 },
  apply = function(ids, p, rng)
    local free = mottle.index("L"):le(ids.length) & ~ids:isin(p.special)
    local score = rng:uniform("NL") + mottle.where(ids:ge(p.common), 1, 0)
    local asked = mottle.where(free, score, -1):top(mottle.round(p.rate * free:count()))
    local fate = rng:uniform("NL")
    local wrong = mottle.where(fate:lt(0.9), rng:integer("NL", 0, p.vocab - 1), ids)
    local shown = mottle.where(fate:lt(0.8), p.mask_id, wrong)
    return mottle.where(asked, shown, ids), asked
  end,
}
