import Testing

@Suite struct BrokenPluginTests {
    @Test(arguments: [
        (
            "mottle.noise { name = ",
            """
            broken.lua:1: error: unexpected symbol near <eof>
               1 | mottle.noise { name = 
            used in small.yaml:5:5

            """
        ),
        (
            "local x = 1",
            """
            broken.lua: error: the file ran but registered nothing
            Instead: end it with mottle.noise { … }, mottle.mask { … } or mottle.tokens { … }
            [M01]
            used in small.yaml:5:5

            """
        ),
        (
            noise("error('no light')"),
            """
            broken.lua:4: error: no light
            in apply of noise 'broken'
               4 |     error('no light')
              at broken.lua:4 in function of line 3
            used in small.yaml:5:5

            """
        ),
        (
            noise("x:abs()"),
            """
            broken.lua:5: error: apply returned nothing
            Instead: return … at its end
            [M13] in apply of noise 'broken'
               5 |   end,
            used in small.yaml:5:5

            """
        ),
        (
            noise("while true do end"),
            """
            broken.lua:4: error: stopped after 20,000,000 instructions.
            Tracing should take thousands of instructions. Is a loop running over pixels?
            Instead: operations on whole tensors.
            [M18] in apply of noise 'broken'
               4 |     while true do end
              at broken.lua:4 in function of line 3
            used in small.yaml:5:5

            """
        ),
        (
            noise("local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end"),
            """
            broken.lua:4: error: used more than 32 MB.
            [M18] in apply of noise 'broken'
               4 |     local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end
            used in small.yaml:5:5

            """
        ),
        (
            noise("return x + #io.open('/etc/passwd'):read('a')"),
            """
            broken.lua:4: error: 'io' is not available. Mottle scripts have no files, processes, network or clock.
            [M05] in apply of noise 'broken'
               4 |     return x + #io.open('/etc/passwd'):read('a')
              at broken.lua:4 in function of line 3
            used in small.yaml:5:5

            """
        ),
    ])
    func `a broken plugin is named with its line and where the config uses it`(
        source: String, message: String
    ) throws {
        let folder = try WorkFolder.withSmallData(replacing: "gaussian: { sigma: 0.1 }", by: "./broken.lua")
        try folder.write("broken.lua", source)
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.errors == message)
        #expect(outcome.status == 3)
        #expect(outcome.output == "")
        #expect(!folder.exists("runs"))
    }

    @Test func `of two uses the one that fails is named`() throws {
        let folder = try WorkFolder.withSmallData(
            replacing: "gaussian: { sigma: 0.1 }",
            by: "./odd.lua: { size: 1 }\n  - ./odd.lua: { size: 2 }")
        try folder.write(
            "odd.lua",
            """
            mottle.noise { name = "odd", params = { size = mottle.integer { default = 1 } },
              apply = function(x, p, rng)
                if p.size % 2 == 0 then error('even') end
                return x
              end }
            """)
        let outcome = try folder.mottle("train", "small.yaml")
        #expect(outcome.errors.hasPrefix("odd.lua:3: error: even\n"))
        #expect(outcome.errors.hasSuffix("\nused in small.yaml:6:5\n"))
        #expect(outcome.status == 3)
    }
}

/// A noise plugin with a body for `apply` on line 4.
private func noise(_ body: String) -> String {
    """
    mottle.noise {
      name = "broken",
      apply = function(x, p, rng)
        \(body)
      end,
    }
    """
}
