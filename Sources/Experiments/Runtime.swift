import CSystem
import Generators
import Kernels
import Training
import Workers

/// What a process runs on: kernels, threads, the folders of plugins and layers of its own, chosen once.
package struct Runtime {
    package let kernels: KernelSet
    package let pool: WorkerPool
    package let pluginFolders: [String]
    /// By the names that configs call them.
    package let layers: [String: any CustomLayer]

    /// - Parameters:
    ///   - threads: how many, nil for one on each processor that this process may use.
    ///   - environment: where `MOTTLE_ISA` and `MOTTLE_PLUGINS` are read.
    ///   - executable: the path of this program.
    /// - Throws: `InstructionSetError` or `PluginError` for what `environment` says wrong.
    package init(threads: Int?, environment: [String: String], executable: String) throws {
        kernels = try KernelSet.select(environment: environment)
        pool = WorkerPool(threads: threads ?? Int(mottle_processor_count()))
        pluginFolders = try PluginLibrary.standardFolders(environment: environment, executable: executable)
        layers = [:]
    }

    /// For a program that has chosen by itself.
    package init(
        kernels: KernelSet, threads: Int?, pluginFolders: [String], layers: [String: any CustomLayer]
    ) {
        (self.kernels, self.pluginFolders, self.layers) = (kernels, pluginFolders, layers)
        pool = WorkerPool(threads: threads ?? Int(mottle_processor_count()))
    }
}
