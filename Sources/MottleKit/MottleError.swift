import Datasets
import Experiments
import Generators
import Kernels
import LuaRuntime
import Training

/// Why Mottle could not do what it was asked, with the text that `mottle` shows at the command line.
public struct MottleError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// A plugin that is broken or hostile. The text names its file and line and says what to write instead.
        case plugin
        /// Something that the caller said: an unknown plugin or parameter, a value out of range, a wrong size, a config that
        /// cannot be read.
        case argument
        /// A file of samples that cannot be read.
        case data
        /// A layer of one's own that does not do what it should.
        case layer
        /// A training that cannot go on, or whose files cannot be written.
        case run
    }

    public let kind: Kind
    public let description: String

    public init(_ kind: Kind, _ description: String) { (self.kind, self.description) = (kind, description) }

    init(_ error: PluginError) {
        if case .broken = error {
            self.init(.plugin, error.description)
        } else {
            self.init(.argument, error.description)
        }
    }

    /// What reading a config or training from it throws.
    init(training error: any Error) {
        switch error {
        case let error as MottleError: self = error
        case let error as PluginError: self.init(error)
        case let error as DatasetError: self.init(error)
        case is ConfigError, is ModelError, is InstructionSetError: self.init(.argument, "\(error)")
        case is NonFiniteValues, is ScriptFailure: self.init(.plugin, Failure.text(error))
        default: self.init(.run, "\(error)")
        }
    }

    init(_ error: LuaError) { self.init(.plugin, error.description) }
    init(_ error: DatasetError) { self.init(.data, error.description) }
}
