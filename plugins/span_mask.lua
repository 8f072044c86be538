-- SpanBERT lays spans of whole words until enough tokens are hidden, and cuts the last. Here every word begins a span
-- with a random score, a word's score is the highest that covers it, and the highest are asked for: the same, at once.
mottle.tokens {
  name = "span_mask",
  doc = "Asks for round(rate * tokens) in spans of 1 ... longest words, P(n) ~ (1 - success)^n; extra: labels.",
  source = "Joshi et al. 2020, SpanBERT, arXiv:1907.10529, section 3.1; Raffel et al. 2020, T5, arXiv:1910.10683",
  axes = "NL",
  params = {
    rate = mottle.number { default = 0.15, min = 0, max = 1, unit = "ratio", doc = "share of the tokens asked for" },
    success = mottle.number {
      default = 0.2, min = 0.01, max = 0.99, unit = "ratio", doc = "chance that a span ends; T5: about 0.33",
    },
    longest = mottle.integer { default = 10, min = 1, max = 64, unit = "count", plain = true, doc = "words in a span" },
    mask_id = mottle.integer { min = 0, doc = "id that stands for [MASK]" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
    ignore = mottle.integer { default = -100, doc = "label where nothing is asked" },
    masked = mottle.number { default = 0.8, min = 0, max = 1, unit = "ratio", doc = "share of spans that is masked" },
    random = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of spans of random ids" },
  },
  identity = { rate = 0 },
  expect = function(p, x) return { ratio = mottle.round(p.rate * x.L) / x.L } end,
  apply = function(ids, p, rng)
    -- Words numbered anew, 1, 2, 3 …, of the tokens that may be asked for: data may count each sentence from 1.
    local free = ids.words:gt(0) & ~ids:isin(p.special)
    local words = mottle.where(free, ids.words, 0)
    local begins = free & words:ne(words:shift("L", 1, 0))
    words = mottle.where(free, mottle.where(begins, 1, 0):cumsum("L"), 0)
    local first = mottle.where(mottle.index("L"):le(words:amax()), rng:uniform("NL"), -1)
    -- A geometric length, cut off behind `longest`: the inverse of its distribution function.
    local stay = 1 - p.success
    local lengths = 1 + ((1 - rng:uniform("NL") * (1 - stay ^ p.longest)):log() / mottle.log(stay)):floor()
    local fates = rng:uniform("NL")
    local score, fate = first, fates
    for k = 1, p.longest - 1 do
      local covers = mottle.where(lengths:gt(k), first, -1):shift("L", k, -1)
      fate = mottle.where(covers:gt(score), fates:shift("L", k), fate)
      score = score:max(covers)
    end
    local asked = mottle.where(free, score:take("L", words), -1):top(mottle.round(p.rate * free:count()))
    local u = fate:take("L", words)
    local wrong = mottle.where(u:lt(p.masked + p.random), rng:integer("NL", 0, p.vocab - 1), ids)
    local shown = mottle.where(u:lt(p.masked), p.mask_id, wrong)
    return mottle.where(asked, shown, ids), asked, { labels = mottle.where(asked, ids, p.ignore) }
  end,
}
