import Datasets
import Generators
import LuaRuntime

/// Why Mottle could not do what it was asked, with the text that `mottle` shows at the command line.
public struct MottleError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// A plugin that is broken or hostile. The text names its file and line and says what to write instead.
        case plugin
        /// Something that the caller said: an unknown plugin or parameter, a value out of range, a wrong size.
        case argument
        /// A file of samples that cannot be read.
        case data
    }

    public let kind: Kind
    public let description: String

    init(_ kind: Kind, _ description: String) { (self.kind, self.description) = (kind, description) }

    init(_ error: PluginError) {
        if case .broken = error {
            self.init(.plugin, error.description)
        } else {
            self.init(.argument, error.description)
        }
    }

    init(_ error: LuaError) { self.init(.plugin, error.description) }
    init(_ error: DatasetError) { self.init(.data, error.description) }
}
