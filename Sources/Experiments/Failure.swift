import Datasets
import Generators
import Kernels
import Reports
import Training

/// What a command's error means to whoever runs it.
package enum Failure {
    /// 2 for a wrong config or command, 3 for a broken or hostile plugin, 1 for a run that failed.
    package static func exitCode(_ error: any Error) -> Int32 {
        switch error {
        case is ConfigError, is InstructionSetError, is ModelError: 2
        case let error as PluginError: if case .broken = error { 3 } else { 2 }
        case is ScriptFailure: 3
        case SampleError.noWords: 2
        default: 1
        }
    }

    /// The text for standard error: one line that starts with the place, and for plugins what to write instead.
    package static func text(_ error: any Error) -> String {
        switch error {
        case let error as NonFiniteValues: error.text("error")
        case is ConfigError, is ScriptFailure, SampleError.noWords, PluginError.broken: "\(error)"
        default: "mottle: error: \(error)"
        }
    }
}
