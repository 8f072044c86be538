import ArgumentParser
import CSystem
import Experiments
import Glibc

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model, evaluate it on clean and noisy test sets, and write a run folder.")

    @Argument(help: "The config, or the config.lock.yaml of an earlier run.")
    var config: String

    @Option(
        help: "The run's folder, which must not exist; the next free runs/<config>-<number> if not given.")
    var out: String?

    @OptionGroup var changes: ConfigOptions
    @OptionGroup var options: RunOptions

    func run() throws {
        let experiment = try Experiment(
            file: config, overrides: changes.overrides, seed: changes.seed, runtime: options.runtime())
        mottle_catch_interrupts()
        let progress = ProgressDisplay(isQuiet: options.quiet)
        if let note = experiment.note { progress.say(note) }
        let result = try experiment.train(out: out, observer: progress) { mottle_interrupt_count() > 0 }
        progress.clear()
        if options.json { print(result.json) } else { print(result.text) }
        if result.wasInterrupted { throw ExitCode(130) }
    }
}
