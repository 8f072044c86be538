import Reports
import Training

/// Why a run's training cannot go on, and what is left of it.
struct StoppedTraining: Error, CustomStringConvertible {
    let error: TrainingError
    /// The file with the last good state, and what it is.
    let kept: String

    var description: String { "\(error); \(kept)" }

    /// - Parameter hasModel: whether the weights before the failed step could be saved.
    init(_ error: TrainingError, in folder: RunFolder, hasModel: Bool) {
        self.error = error
        kept =
            if folder.has(folder.checkpoint) {
                "the last good checkpoint is \(folder.checkpoint)"
            } else if hasModel {
                "the weights before this step are in \(folder.model)"
            } else {
                "there was no checkpoint yet"
            }
    }
}
