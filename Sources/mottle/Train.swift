import ArgumentParser
import CSystem
import Experiments
import Glibc

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model, evaluate it on clean and noisy test sets, and write a run folder.")

    @Argument(help: "A config, or the config.lock.yaml of an earlier run.")
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a run that was interrupted or killed, instead of a config.", valueName: "run"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "The run's folder, which must not exist; the next free runs/<config>-<number> if not given.",
            valueName: "folder"))
    var out: String?

    @OptionGroup var changes: ConfigOptions
    @OptionGroup var options: RunOptions

    mutating func validate() throws {
        if out?.isEmpty == true { throw ValidationError("--out wants the path of a folder") }
        guard resume != nil else {
            if config == nil { throw ValidationError("a config is wanted, or --resume with a run's folder") }
            return
        }
        if config != nil || out != nil || changes.seed != nil || !changes.overrides.isEmpty {
            throw ValidationError(
                "--resume goes on with a run as it is: no config, --out, --set or --seed beside it")
        }
    }

    func run() throws {
        mottle_catch_interrupts()
        let progress = ProgressDisplay(isQuiet: options.quiet)
        let result = try train(progress)
        progress.clear()
        // An interrupted run has no table: a person is told why, a program reads it from the JSON.
        if result.wasInterrupted { StandardError.write(result.text + "\n") }
        if options.json {
            try StandardOutput.write(line: result.json)
        } else if !result.wasInterrupted {
            try StandardOutput.write(line: result.text)
        }
        if result.wasInterrupted { throw ExitCode(130) }
    }

    private func train(_ progress: ProgressDisplay) throws -> RunResult {
        let isInterrupted = { mottle_interrupt_count() > 0 }
        if let resume {
            return try Experiment.resume(
                run: resume, runtime: options.runtime(), observer: progress, isInterrupted: isInterrupted)
        }
        let experiment = try Experiment(
            file: config!, overrides: changes.overrides, seed: changes.seed, runtime: options.runtime())
        // Nothing is made yet that would have to be saved.
        if isInterrupted() { throw ExitCode(130) }
        if let note = experiment.note(of: "the weights") { progress.say(note) }
        experiment.notes.forEach(progress.say)
        return try experiment.train(out: out, observer: progress, isInterrupted: isInterrupted)
    }
}
