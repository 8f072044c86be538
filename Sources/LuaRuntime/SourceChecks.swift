/// Refuses, before Lua sees it, what rule M20 does not allow: sources too long, and compiled code.
func checkSource(_ source: String, file: String, limit: Int) throws(LuaError) {
    let count = source.utf8.count
    if source.utf8.first == 0x1b {
        throw LuaError(
            kind: .load, code: "M20", file: file, what: "this is compiled Lua; plugins must be source text.")
    }
    if count > limit {
        throw LuaError(
            kind: .load, code: "M20", file: file,
            what: "\(grouped(count)) bytes; plugins may have \(grouped(limit)).")
    }
}
