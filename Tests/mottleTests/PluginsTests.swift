import Foundation
import Testing

@Suite struct PluginsTests {
    private static let broken = "mottle.noise { name = 'odd', aply = 3 }"

    @Test func `plugins are listed with those of folders of one's own`() throws {
        let folder = try WorkFolder()
        try folder.write("mine/odd.lua", Self.broken)
        try folder.write(
            "mine/dim.lua",
            "mottle.noise { name = 'dim', doc = 'Halves.', apply = function(x) return x / 2 end }")
        try folder.write(
            "plugins/wave.lua",
            "mottle.mask { name = 'wave', doc = 'Hides waves.', make = function(x) return x:gt(0.5) end }")
        let environment = ["MOTTLE_PLUGINS": ":mine:"]
        let outcome = try folder.mottle("plugins", environment: environment)
        #expect(outcome.errors == "")
        #expect(outcome.status == 0)
        // Those of the package are there, too.
        let lines = outcome.output.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(
            lines.filter { ["dim", "gaussian", "odd", "wave"].contains($0.split(separator: " ")[0]) } == [
                "dim noise Halves.", "gaussian noise Adds Gaussian noise: y = x + e, e ~ N(mean, sigma^2).",
                "odd broken see: mottle plugins show odd", "wave mask Hides waves.",
            ])
        #expect(lines == lines.sorted())
        let json = try folder.mottle("plugins", "--json", environment: environment)
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        let own = ["dim", "odd", "wave"].map { name in rows.first { $0["name"] as? String == name } }
        #expect(own.map { $0?["kind"] as? String } == ["noise", nil, "mask"])
        #expect((own[1]?["error"] as? String)?.hasPrefix("odd.lua:1: error: ") == true)
    }

    @Test func `a plugin is shown with its parameters`() throws {
        let outcome = try WorkFolder().mottle("plugins", "show", "salt_and_pepper")
        #expect(
            outcome.output == """
                salt_and_pepper (noise, axes NHWC)
                Sets a share of the pixels to the highest (salt) or lowest (pepper) value; its mask marks them.

                  amount: a number between 0 and 1 (ratio), default 0.05
                      share of pixels hit
                  salt: a number between 0 and 1 (ratio), default 0.5
                      share of hits that are salt
                  per_channel: true or false, default false
                      hit each channel on its own instead of whole pixels

                """)
        let json = try jsonObject(WorkFolder().mottle("plugins", "show", "cutout", "--json").output)
        let parameters = try #require(json["parameters"] as? [[String: Any]])
        #expect(parameters.map { $0["name"] as? String } == ["size", "holes"])
        #expect(parameters[1]["max"] as? Int == 16)
        #expect(parameters[0]["unit"] as? String == "pixels")
        let gaussian = try WorkFolder().mottle("plugins", "show", "gaussian")
        #expect(
            gaussian.output.hasSuffix(
                "  mean: a number between -10 and 10 (range), default 0\n      mean\n\n"
                    + "  (range): in shares of the data's value range\n"))
    }

    @Test func `where there are none it is said where they are looked for`() throws {
        let folder = try WorkFolder()
        let program = try folder.lonelyProgram()
        let outcome = try folder.run(
            program, ["plugins"], environment: ["MOTTLE_PLUGINS": ""])
        #expect(
            outcome.output
                == "no plugins found; they are looked for in the folders of MOTTLE_PLUGINS and in 'plugins' here\n"
        )
        try folder.write(
            "plugins/dim.lua", "mottle.noise { name = 'other', apply = function(x) return x / 2 end }")
        let found = try folder.run(
            program, ["plugins", "--json"], environment: ["MOTTLE_PLUGINS": ""])
        #expect(found.output.hasPrefix("[{\"name\": \"dim\", \"kind\": \"noise\""))
    }

    @Test func `a folder that is named and not there is an error`() throws {
        let folder = try WorkFolder()
        try folder.write("mine/dim.lua", "")
        for path in ["none", "mine/dim.lua"] {
            let outcome = try folder.mottle("plugins", environment: ["MOTTLE_PLUGINS": "mine:\(path)"])
            #expect(outcome.errors == "mottle: error: MOTTLE_PLUGINS: there is no folder '\(path)'\n")
            #expect(outcome.output == "")
            #expect(outcome.status == 2)
        }
    }

    @Test func `a plugin is shown by its path`() throws {
        let folder = try WorkFolder()
        try folder.write(
            "my.lua",
            "mottle.mask { name = 'all', doc = 'Hides all.', make = function(x) return x:ge(x.low) end }")
        let outcome = try folder.mottle("plugins", "show", "./my.lua")
        #expect(outcome.output == "all (mask, axes N...)\nHides all.\n\n  no parameters\n")
    }

    @Test func `what cannot be shown is named`() throws {
        let folder = try WorkFolder()
        let unknown = try folder.mottle("plugins", "show", "gausian")
        #expect(unknown.errors == "mottle: error: unknown plugin 'gausian'; did you mean 'gaussian'?\n")
        #expect(unknown.status == 2)
        try folder.write("odd.lua", Self.broken)
        let broken = try folder.mottle("plugins", "show", "odd.lua")
        #expect(
            broken.errors.hasPrefix(
                "odd.lua:1: error: mottle.noise: unknown field 'aply' (did you mean 'apply'?)\n"))
        #expect(broken.status == 3)
    }
}
