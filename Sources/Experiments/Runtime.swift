import CSystem
import Generators
import Kernels
import Workers

/// What a process runs on: kernels, threads and the folders of plugins, chosen once.
package struct Runtime {
    package let kernels: KernelSet
    package let pool: WorkerPool
    package let pluginFolders: [String]

    /// - Parameters:
    ///   - threads: how many, nil for one on each processor that this process may use.
    ///   - environment: where `MOTTLE_ISA` and `MOTTLE_PLUGINS` are read.
    ///   - executable: the path of this program.
    /// - Throws: `InstructionSetError` or `PluginError` for what `environment` says wrong.
    package init(threads: Int?, environment: [String: String], executable: String) throws {
        kernels = try KernelSet.select(environment: environment)
        pool = WorkerPool(threads: threads ?? Int(mottle_processor_count()))
        pluginFolders = try PluginLibrary.standardFolders(environment: environment, executable: executable)
    }
}
