-- Old film: thin bright or dark lines that wander. Each point depends on the one before, so it runs as ordinary Lua.
mottle.noise {
  name = "scratches",
  doc = "Draws random walks of the range's highest or lowest value over the image; its mask marks them.",
  source = "after Joyeux et al. 1999, Detection and removal of line scratches in motion picture films, CVPR",
  axes = "NHWC",
  params = {
    scratches = mottle.integer { default = 2, min = 0, max = 100, unit = "count", doc = "scratches in a sample" },
    length = mottle.integer { default = 20, min = 1, max = 10000, unit = "pixels", doc = "length of a scratch" },
    wander = mottle.number { default = 10, min = 0, max = 180, unit = "degrees", doc = "deviation of a pixel's turn" },
    bright = mottle.number { default = 0.5, min = 0, max = 1, unit = "ratio", doc = "share of bright scratches" },
  },
  identity = { scratches = 0 },
  eager = true,
  apply = function(x, p, rng, hit)
    for _ = 1, p.scratches do
      local row, column, heading = rng:uniform(1, x.H), rng:uniform(1, x.W), rng:uniform(0, 2 * math.pi)
      local value = rng:uniform() < p.bright and x.high or x.low
      for _ = 1, p.length do
        local i, j = math.floor(row + 0.5), math.floor(column + 0.5)
        if i >= 1 and i <= x.H and j >= 1 and j <= x.W then
          for channel = 1, x.C do
            x:set(i, j, channel, value)
            hit:set(i, j, channel, true)
          end
        end
        heading = heading + rng:normal() * p.wander * (math.pi / 180)
        row, column = row + math.sin(heading), column + math.cos(heading)
      end
    end
  end,
}
