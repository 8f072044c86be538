-- The paper's policies: LB 1 x 27 and 1 x 100; LD, the default, 2 x 27 and 2 x 100; SM 2 x 15 and 2 x 70, p 0.2; SS
-- 2 x 27 and 2 x 70, p 0.2. Without its time warp, which moves frames and hides none.
mottle.mask {
  name = "spec_augment",
  doc = "Hides bands of frequencies (width uniform in 0 ... F) and frames (0 ... min(T, p * length)), none in padding.",
  source = "Park et al. 2019, SpecAugment, arXiv:1904.08779, table 1",
  axes = "NTF",
  params = {
    frequency_masks = mottle.integer { default = 2, min = 0, max = 16, unit = "count", plain = true, doc = "m_F" },
    frequency_width = mottle.integer { default = 27, min = 0, unit = "count", doc = "widest band of frequencies: F" },
    time_masks = mottle.integer { default = 2, min = 0, max = 16, unit = "count", plain = true, doc = "m_T" },
    time_width = mottle.integer { default = 100, min = 0, unit = "frames", doc = "longest gap: T" },
    time_ratio = mottle.number { default = 1, min = 0, max = 1, unit = "ratio", doc = "longest gap, of the length: p" },
  },
  identity = { frequency_width = 0, time_width = 0 },
  expect = function(p, x)
    -- Share of places in none of the bands: a band of width w starts at 1 ... size - w + 1, each as likely.
    local function visible(size, count, widest)
      local sum = 0
      for place = 1, size do
        local hit = 0
        for width = 1, widest do
          local starts = math.min(place, size - width + 1) - math.max(place - width, 0)
          hit = hit + starts / (size - width + 1) / (widest + 1)
        end
        sum = sum + (1 - hit) ^ count
      end
      return sum / size
    end
    local widest = math.min(p.time_width, math.floor(p.time_ratio * x.T))
    return {
      rate = 1 - visible(x.F, p.frequency_masks, math.min(p.frequency_width, x.F)) * visible(x.T, p.time_masks, widest),
    }
  end,
  make = function(x, p, rng)
    local function bands(axis, count, widest, size)
      local place, hidden = mottle.index(axis), mottle.none("N" .. axis)
      for _ = 1, count do
        local width = (rng:uniform("N") * (widest + 1)):floor()
        local start = 1 + (rng:uniform("N") * (size - width + 1)):floor()
        hidden = hidden | (place:ge(start) & place:lt(start + width))
      end
      return hidden
    end
    local longest = mottle.min(p.time_width, mottle.floor(p.time_ratio * x.length))
    local hidden = bands("F", p.frequency_masks, mottle.min(p.frequency_width, x.F), x.F)
      | bands("T", p.time_masks, longest, x.length)
    return hidden & mottle.index("T"):le(x.length)
  end,
}
