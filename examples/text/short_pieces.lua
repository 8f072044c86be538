-- In a vocabulary of byte pairs a misspelt word falls into short pieces, which say nothing of it. These have the lowest
-- ids: letters first, then pairs of them, then what is made of these.
mottle.tokens {
  name = "short_pieces",
  doc = "Replaces round(rate * tokens) tokens by random ids from `lowest` to `highest`; its mask marks them.",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of the tokens replaced" },
    lowest = mottle.integer { default = 69, min = 0, doc = "id of the first letter" },
    highest = mottle.integer { default = 600, min = 0, doc = "id of the last short piece" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
  },
  identity = { rate = 0 },
  apply = function(ids, p, rng)
    local free = mottle.index("L"):le(ids.length) & ~ids:isin(p.special)
    local chosen = mottle.where(free, rng:uniform("NL"), -1):top(mottle.round(p.rate * free:count()))
    return mottle.where(chosen, rng:integer("NL", p.lowest, p.highest), ids), chosen
  end,
}
