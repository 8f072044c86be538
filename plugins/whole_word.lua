-- A piece of a word is easily guessed from its other pieces, so words are asked for as a whole.
mottle.tokens {
  name = "whole_word",
  doc = "Asks for all tokens of round(rate * words) words: 80 % become mask_id, 10 % random, 10 % stay; extra: labels.",
  source = "whole word masking: BERT's code, May 2019; Cui et al. 2019, arXiv:1906.08101",
  axes = "NL",
  needs = "words",
  params = {
    rate = mottle.number { default = 0.15, min = 0, max = 1, unit = "ratio", doc = "share of the words asked for" },
    mask_id = mottle.integer { min = 0, doc = "id that stands for [MASK]" },
    vocab = mottle.integer { min = 1, unit = "count", doc = "ids are 0 ... vocab - 1" },
    special = mottle.list { of = "integer", default = {}, doc = "ids never touched, such as [CLS], [SEP], padding" },
    ignore = mottle.integer { default = -100, doc = "label where nothing is asked" },
    masked = mottle.number { default = 0.8, min = 0, max = 1, unit = "ratio", doc = "share of tokens that is masked" },
    random = mottle.number { default = 0.1, min = 0, max = 1, unit = "ratio", doc = "share of tokens that is random" },
  },
  identity = { rate = 0 },
  apply = function(ids, p, rng)
    -- Words numbered anew, 1, 2, 3 …, of the tokens that may be asked for: data may count each sentence from 1.
    local free = ids.words:gt(0) & ~ids:isin(p.special)
    local words = mottle.where(free, ids.words, 0)
    local begins = free & words:ne(words:shift("L", 1, 0))
    words = mottle.where(free, mottle.where(begins, 1, 0):cumsum("L"), 0)
    -- The places 1 ... count stand for the words, too.
    local count = words:amax()
    local keys = mottle.where(mottle.index("L"):le(count), rng:uniform("NL"), -1)
    local chosen = keys:top(mottle.round(p.rate * count))
    local asked = chosen:take("L", words) & free
    local u = rng:uniform("NL")
    local wrong = mottle.where(u:lt(p.masked + p.random), rng:integer("NL", 0, p.vocab - 1), ids)
    local shown = mottle.where(u:lt(p.masked), p.mask_id, wrong)
    return mottle.where(asked, shown, ids), asked, { labels = mottle.where(asked, ids, p.ignore) }
  end,
}
