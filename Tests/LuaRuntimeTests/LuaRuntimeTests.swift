import LuaRuntime
import Testing

@Test func `a script's error tells place, context, source line and frames`() throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) {
        try state.run("local function f(x)\n  local y = x.a.b\nend\nf({})", file: "plugins/rows.lua")
    }
    #expect(
        error?.description == """
            rows.lua:2: error: attempt to index a nil value (field 'a')
               2 |   local y = x.a.b
              at rows.lua:2 in function 'f'
              at rows.lua:4 in main chunk
            """)
}
