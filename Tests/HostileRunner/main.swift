import Foundation
import HostilePlugins
import LuaRuntime

// Drives hostile plugins outside the test bundle, which does not start under AddressSanitizer:
//   MOTTLE_HOSTILE_RUNNER=1 swift run --sanitize=address HostileRunner files FOLDER

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "files":
    for name in try FileManager.default.contentsOfDirectory(atPath: arguments[1]).sorted() {
        let source = try String(contentsOfFile: "\(arguments[1])/\(name)", encoding: .utf8)
        print(name, terminator: "\t")
        fflush(nil)
        let start = ContinuousClock.now
        let error = Trial().error(of: source)
        let took = (ContinuousClock.now - start) / .milliseconds(1)
        let text = error?.what.split(separator: "\n").first ?? ""
        print(error.map { "\($0.kind)\t\($0.code ?? "-")\t\($0.line)" } ?? "ok\t-\t0", Int(took), text, separator: "\t")
    }
default:
    print("usage: HostileRunner files FOLDER")
    exit(2)
}
if leakedLuaBytes != 0 {
    print("\(leakedLuaBytes) bytes of Lua's were not given back")
    exit(1)
}
