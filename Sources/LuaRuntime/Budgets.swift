import CLua

extension LuaLimits {
    /// The texts of rule M18, one for each budget.
    func error(for status: mottle_status, file: String) -> LuaError {
        let advice = "Tracing should take thousands of instructions. Is a loop running over pixels?"
        let instead = "operations on whole tensors."
        switch status {
        case MOTTLE_FUEL:
            return LuaError(
                kind: .time, code: "M18", file: file,
                what: "stopped after \(grouped(instructions)) instructions.\n\(advice)", instead: instead)
        case MOTTLE_TIME:
            return LuaError(
                kind: .time, code: "M18", file: file, what: "stopped after \(seconds) s.\n\(advice)",
                instead: instead)
        case MOTTLE_ABANDONED:
            return LuaError(
                kind: .time, code: "M18", file: file,
                what:
                    "could not be stopped after \(seconds) s.\nIts thread was left behind; the plugin is not used again."
            )
        case MOTTLE_BLOCK:
            return LuaError(
                kind: .memory, code: "M18", file: file,
                what: "asked for more than \(size(block)) in one piece.")
        case MOTTLE_RECURSION:
            return LuaError(
                kind: .memory, code: "M18", file: file,
                what: "functions call each other without end: their calls fill more than \(size(block)).")
        case MOTTLE_THREAD:
            return LuaError(
                kind: .memory, file: file, what: "no thread with a stack of \(size(stack)) could be started.")
        default:
            return LuaError(kind: .memory, code: "M18", file: file, what: "used more than \(size(heap)).")
        }
    }
}

/// "20,000,000"
func grouped(_ number: Int) -> String {
    var text = ""
    for (place, digit) in String(number).reversed().enumerated() {
        if place > 0 && place % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return String(text.reversed())
}

/// "32 MB"
private func size(_ bytes: Int) -> String {
    bytes >= 1 << 20 ? "\(bytes >> 20) MB" : "\(bytes >> 10) KB"
}
