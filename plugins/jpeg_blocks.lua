-- What JPEG does to a grey picture, without its entropy coding, which loses nothing; channels are taken one by one.
local luminance = {
  { 16, 11, 10, 16, 24, 40, 51, 61 }, { 12, 12, 14, 19, 26, 58, 60, 55 }, { 14, 13, 16, 24, 40, 57, 69, 56 },
  { 14, 17, 22, 29, 51, 87, 80, 62 }, { 18, 22, 37, 56, 68, 109, 103, 77 }, { 24, 35, 55, 64, 81, 104, 113, 92 },
  { 49, 64, 78, 87, 103, 121, 120, 101 }, { 72, 92, 95, 98, 112, 100, 103, 99 },
}

mottle.noise {
  name = "jpeg_blocks",
  doc = "Rounds the cosine transform of each 8 x 8 block to multiples of JPEG's luminance table at this quality.",
  source = "ITU-T T.81 (1992), annexes A.3 and K.1; quality as in libjpeg; severities: ImageNet-C, arXiv:1903.12261",
  axes = "NHWC",
  params = {
    quality = mottle.integer { default = 25, min = 1, max = 100, unit = "count", doc = "libjpeg's quality" },
  },
  severities = { { quality = 25 }, { quality = 18 }, { quality = 15 }, { quality = 10 }, { quality = 7 } },
  apply = function(x, p, rng)
    -- libjpeg: 5000 // quality below 50, 200 - 2 * quality above.
    local percent = mottle.max(5000 // p.quality, 100) + mottle.min(200 - 2 * p.quality, 100) - 100
    local height, width = (x.H + 7) // 8 * 8, (x.W + 7) // 8 * 8
    local row, column = mottle.index("H", height), mottle.index("W", width)
    local picture = ((x - x.low) * (255 / (x.high - x.low)) - 128):take("H", row):take("W", column)
    local function wave(place, frequency)
      local scale = frequency == 0 and math.sqrt(1 / 8) or math.sqrt(1 / 4)
      return scale * (((place - 1) % 8 * 2 + 1) * (frequency * math.pi / 16)):cos()
    end
    local rounded = mottle.zeros { "N", height, width, x.C }
    for v = 0, 7 do
      local down = wave(row, v)
      local half = (picture * down):downsample(8, "H") * 8  -- transformed down the columns alone
      local restored = mottle.zeros { "N", height // 8, width, x.C }
      for w = 0, 7 do
        local right = wave(column, w)
        local step = mottle.clamp(mottle.floor((luminance[v + 1][w + 1] * percent + 50) / 100), 1, 255)
        local coefficient = (half * right):downsample(8, "W") * 8
        restored = restored + ((coefficient / step):round() * step):upsample(8, "W") * right
      end
      rounded = rounded + restored:upsample(8, "H") * down
    end
    local cropped = rounded:take("H", mottle.index("H")):take("W", mottle.index("W"))
    return x.low + ((cropped:round() + 128) * ((x.high - x.low) / 255)):clamp(0, x.high - x.low)
  end,
}
