import LuaRuntime
import Tensors

/// A part of a plugin that no program can hold: Lua that runs for each sample.
package struct ScriptCall: Sendable {
    enum Body: Sendable {
        /// The whole generator, declared `eager`.
        case sample
        /// The function of its n-th `map` that could not be traced.
        case elements(Int)
    }
    var plugin: Plugin
    var body: Body
    var settings: [String: ParameterSetting]
    var context: TraceContext
    /// The parameters that differ from sample to sample: the names of the operands behind the first.
    var varying: [String] = []
    var shape: Shape
}

/// Why a sample could not be made: a script that runs for each one failed.
package struct ScriptFailure: Error, CustomStringConvertible {
    package var error: LuaError
    package var id: UInt64
    package var epoch: UInt32
    /// The generator's path in the chain.
    package var path: String

    package var description: String { "\(error)\nwhile \(path) made sample \(id) of epoch \(epoch)" }
}
