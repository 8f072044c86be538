-- Squares on a grid: never everything hidden, never nothing, unlike with squares at random places.
mottle.mask {
  name = "grid_mask",
  doc = "Hides a grid of squares, each round(spacing * (1 - keep)) wide, one in each cell of the grid; random offset.",
  source = "Chen, Liu, Zhao & Jia 2020, GridMask, arXiv:2001.04086 (d = spacing, r = keep)",
  axes = "NHWC",
  params = {
    spacing = mottle.integer { default = 10, min = 1, unit = "pixels", doc = "side of a cell of the grid" },
    keep = mottle.number { default = 0.6, min = 0, max = 1, unit = "ratio", doc = "share of a cell's side that stays" },
    angle = mottle.number { default = 0, min = -360, max = 360, unit = "degrees", doc = "turns the grid" },
  },
  identity = { keep = 1 },
  expect = function(p, x) return { rate = (mottle.round(p.spacing * (1 - p.keep)) / p.spacing) ^ 2 } end,
  make = function(x, p, rng)
    local row, column = mottle.index("H"), mottle.index("W")
    local sine, cosine = mottle.sin(p.angle * (math.pi / 180)), mottle.cos(p.angle * (math.pi / 180))
    local side = mottle.round(p.spacing * (1 - p.keep))
    -- The offset is a share of a cell, so it need not be whole, and all places are as likely at any angle.
    local function isHidden(place)
      return ((place + rng:uniform("N") * p.spacing) % p.spacing):lt(side)
    end
    return isHidden(row * cosine - column * sine) & isHidden(row * sine + column * cosine)
  end,
}
