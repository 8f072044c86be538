-- Clouds of natural shape, hiding exactly as many pixels in every sample: the highest of a smooth random landscape.
mottle.mask {
  name = "perlin_mask",
  doc = "Hides the round(ratio * pixels) pixels where octaves of gradient noise are highest.",
  source = "Perlin 2002, Improving noise, SIGGRAPH, doi:10.1145/566654.566636; as masks: DRAEM, arXiv:2108.07610",
  axes = "NHWC",
  params = {
    ratio = mottle.number { default = 0.4, min = 0, max = 1, unit = "ratio", doc = "share of pixels hidden" },
    cells = mottle.integer { default = 3, min = 1, max = 64, unit = "count", plain = true, doc = "hills along a side" },
    octaves = mottle.integer {
      default = 2, min = 1, max = 4, unit = "count", plain = true, doc = "layers, each of half the last one's size",
    },
  },
  identity = { ratio = 0 },
  expect = function(p, x) return { ratio = mottle.round(p.ratio * x.H * x.W) / (x.H * x.W) } end,
  make = function(x, p, rng)
    local function noise(cells)
      local heading = rng:uniform({ "N", cells + 2, cells + 2 }, 0, 2 * math.pi)
      local sine, cosine = heading:sin(), heading:cos()
      -- The noise is 0 at the corners of cells: without a random start some pixels would be hidden less often.
      local down = mottle.index("H") * (cells / x.H) + rng:uniform("N")
      local right = mottle.index("W") * (cells / x.W) + rng:uniform("N")
      local row, column = down:floor(), right:floor()
      local v, w = down - row, right - column  -- the place in its cell
      -- The height of the slope that the gradient at a corner of the cell makes.
      local function slope(i, j)
        local function corner(gradient) return gradient:take("H", row + 1 + i):take("W", column + 1 + j) end
        return corner(sine) * (v - i) + corner(cosine) * (w - j)
      end
      local function fade(t) return t * t * t * (t * (t * 6 - 15) + 10) end
      local function mix(a, b, t) return a + (b - a) * t end
      return mix(mix(slope(0, 0), slope(1, 0), fade(v)), mix(slope(0, 1), slope(1, 1), fade(v)), fade(w))
    end
    local height = noise(p.cells)
    for octave = 1, p.octaves - 1 do
      height = height + noise(p.cells << octave) * 0.5 ^ octave
    end
    return height:top(mottle.round(p.ratio * x.H * x.W))
  end,
}
