-- As if someone had gone over the picture with a thick pen: a stroke is a chain of segments that turns at each joint.
mottle.mask {
  name = "brush_strokes",
  doc = "Hides all that is within width / 2 of random polylines.",
  source = "after Yu et al. 2019, Free-form image inpainting with gated convolution, arXiv:1806.03589, supplement",
  axes = "NHWC",
  params = {
    strokes = mottle.integer { default = 2, min = 1, max = 16, unit = "count", plain = true, doc = "strokes" },
    segments = mottle.integer { default = 4, min = 1, max = 16, unit = "count", plain = true, doc = "of a stroke" },
    width = mottle.number { default = 3, min = 0, unit = "pixels", doc = "thickness" },
    length = mottle.number {
      default = 0.4, min = 0, unit = "ratio", doc = "longest segment, as a share of the image's shorter side",
    },
    turn = mottle.number { default = 90, min = 0, max = 180, unit = "degrees", doc = "largest turn at a joint" },
  },
  make = function(x, p, rng)
    local row, column = mottle.index("H"), mottle.index("W")
    local longest, turn = p.length * math.min(x.H, x.W), p.turn * (math.pi / 180)
    local hidden = mottle.none("NHW")
    for _ = 1, p.strokes do
      local r, c = rng:uniform("N", 1, x.H), rng:uniform("N", 1, x.W)  -- the joint
      local heading = rng:uniform("N", 0, 2 * math.pi)
      for _ = 1, p.segments do
        local length = rng:uniform("N") * longest
        local down = (r + length * heading:sin()):clamp(1, x.H) - r
        local right = (c + length * heading:cos()):clamp(1, x.W) - c
        -- The nearest point of the segment is such a share of it away from the joint.
        local share = (((row - r) * down + (column - c) * right) / (down ^ 2 + right ^ 2):max(1e-6)):clamp(0, 1)
        local distance = (row - r - share * down) ^ 2 + (column - c - share * right) ^ 2  -- squared
        hidden = hidden | distance:le((p.width / 2) ^ 2)
        r, c = r + down, c + right
        heading = heading + (2 * rng:uniform("N") - 1) * turn
      end
    end
    return hidden
  end,
}
