import Experiments
import Foundation
import Glibc

/// Progress on standard error: one line that is written over on a terminal; elsewhere a line an epoch, and within an
/// epoch at most one a minute.
final class ProgressDisplay: RunObserver {
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let hasColor: Bool
    private var lastLine = ContinuousClock.now
    private var isLineOpen = false

    init(isQuiet: Bool) {
        let environment = ProcessInfo.processInfo.environment
        self.isQuiet = isQuiet
        isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" && environment["TERM"] != nil
        hasColor = (environment["NO_COLOR"] ?? "").isEmpty
    }

    func trained(_ progress: TrainingProgress) {
        let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(60)
        guard lastLine.duration(to: .now) >= pause else { return }
        lastLine = .now
        show(progress)
    }

    func finishedEpoch(_ progress: TrainingProgress) {
        lastLine = .now
        show(progress)
    }

    func evaluating(_ name: String, index: Int, count: Int) {
        if isTerminal {
            overwrite(String("evaluating \(index + 1)/\(count): \(name)".prefix(columns - 1)))
        }
    }

    /// Writes a line that stays.
    func say(_ text: String) {
        guard !isQuiet else { return }
        clear()
        StandardError.write(text + "\n")
    }

    /// Removes the line that would be written over.
    func clear() {
        guard isLineOpen else { return }
        StandardError.write("\r\u{1b}[K")
        isLineOpen = false
    }

    private func show(_ progress: TrainingProgress) {
        let summary = summary(progress)
        guard isTerminal else { return say(summary) }
        // A line that wraps cannot be written over. One column stays free: some terminals wrap when it is filled.
        let room = columns - 1
        let width = min(20, room - summary.count - 1)
        overwrite(width >= 5 ? bar(progress, width: width) + " " + summary : String(summary.prefix(room)))
    }

    private var columns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    private func overwrite(_ line: String) {
        guard !isQuiet else { return }
        StandardError.write("\r\(line)\u{1b}[K")
        isLineOpen = true
    }

    private func bar(_ progress: TrainingProgress, width: Int) -> String {
        let filled = width * progress.samples / max(1, progress.samplesPerEpoch)
        let (done, rest) = (
            String(repeating: "█", count: filled), String(repeating: "░", count: width - filled)
        )
        return hasColor ? "\u{1b}[32m\(done)\u{1b}[0m\(rest)" : done + rest
    }

    private func summary(_ progress: TrainingProgress) -> String {
        let numbers =
            String(format: "%.0f samples/s  loss %.4f", progress.samplesPerSecond, progress.loss)
            + (progress.accuracy.map { String(format: "  accuracy %.4f", $0) } ?? "")
        return
            "epoch \(progress.epoch + 1)/\(progress.epochs)  \(numbers)  \(time(progress.secondsLeft)) left"
    }

    private func time(_ seconds: Double) -> String {
        let whole = seconds.isFinite ? Int(seconds.rounded(.up)) : 0
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, whole % 60)
            : String(format: "%d:%02d", minutes, whole % 60)
    }
}
