-- Packets are lost in bursts: Gilbert's chain of two states. No loop over time is needed: at some packets the state is
-- drawn anew, and between them it stays.
mottle.mask {
  name = "packet_loss",
  doc = "Hides packets: a two-state Markov chain that loses `rate` of them, `burst` in a row on average.",
  source = "Gilbert 1960, Capacity of a burst-noise channel, BSTJ 39; as a network's model: Jiang & Schulzrinne 2000",
  axes = "NL",
  params = {
    packet = mottle.integer { default = 320, min = 1, unit = "frames", plain = true, doc = "samples in a packet" },
    rate = mottle.number { default = 0.1, min = 0, max = 0.95, unit = "ratio", doc = "share of packets lost" },
    burst = mottle.number {
      default = 3, min = 1, max = 1000, unit = "count", doc = "packets in a row; no less than 1 / (1 - rate)",
    },
  },
  identity = { rate = 0 },
  expect = function(p, x) return { rate = p.rate } end,
  make = function(x, p, rng)
    local packets = (x.L + p.packet - 1) // p.packet
    local index = mottle.index("L", packets)
    -- A burst ends where the state is drawn anew and is good: 1 / burst = anew * (1 - rate).
    local anew = rng:bernoulli({ "N", packets }, mottle.min(1 / (p.burst * (1 - p.rate)), 1))
    local drawn = mottle.where(anew, index, 1):cummax("L")
    local lost = rng:bernoulli({ "N", packets }, p.rate):take("L", drawn)
    local place = mottle.index("L")
    return lost:take("L", (place - 1) // p.packet + 1) & place:le(x.length)
  end,
}
