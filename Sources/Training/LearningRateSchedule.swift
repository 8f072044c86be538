import Glibc

/// How the learning rate changes while a model is trained: what each step multiplies it with.
///
/// It depends on the step alone, so a run that goes on needs to remember nothing of it.
package struct LearningRateSchedule: Equatable, Sendable {
    package enum Course: Equatable, Sendable {
        case constant
        /// Multiplied by `factor` after each such span, counted from the first step.
        case step(factor: Double, every: TrainingSpan)
        /// From 1 to `end` along half a cosine (Loshchilov & Hutter 2017, eq. 5, without restarts).
        case cosine(end: Double)
        /// From `start` up to 1 in the first `rise` of the steps, then down to `end` in the last one, both along half a cosine
        /// (Smith & Topin 2018, in PyTorch's form).
        case oneCycle(start: Double, rise: Double, end: Double)
    }

    package var course = Course.constant
    /// Steps at the beginning in which the learning rate grows linearly to its full size (Goyal et al. 2017, §2.2);
    /// a cosine begins after them.
    package var warmUp = TrainingSpan.steps(0)

    package init(_ course: Course = .constant, warmUp: TrainingSpan = .steps(0)) {
        (self.course, self.warmUp) = (course, warmUp)
    }

    /// The factor of the step that `step` others have gone before.
    package func factor(step: Int, totalSteps: Int, stepsPerEpoch: Int) -> Double {
        precondition(step >= 0 && totalSteps > 0, "step \(step) of \(totalSteps) has no learning rate")
        let warmUp = warmUp.steps(stepsPerEpoch: stepsPerEpoch)
        if step < warmUp { return Double(step + 1) / Double(warmUp) }
        switch course {
        case .constant: return 1
        case .step(let factor, let every):
            return pow(factor, Double(step / max(1, every.steps(stepsPerEpoch: stepsPerEpoch))))
        case .cosine(let end):
            return Self.halfCosine(
                from: 1, to: end, share: Double(step - warmUp) / Double(max(1, totalSteps - warmUp)))
        case .oneCycle(let start, let rise, let end):
            // The top and the end belong to a step each.
            let (top, last) = (max(0, rise * Double(totalSteps) - 1), Double(totalSteps - 1))
            let step = Double(step)
            if step < top { return Self.halfCosine(from: start, to: 1, share: step / top) }
            return Self.halfCosine(from: 1, to: end, share: last > top ? (step - top) / (last - top) : 0)
        }
    }

    private static func halfCosine(from: Double, to: Double, share: Double) -> Double {
        to + (from - to) / 2 * (1 + cos(.pi * min(share, 1)))
    }
}

/// A part of a training.
package enum TrainingSpan: Equatable, Sendable {
    case steps(Int)
    /// May have a fraction.
    case epochs(Double)

    package func steps(stepsPerEpoch: Int) -> Int {
        switch self {
        case .steps(let steps): steps
        case .epochs(let epochs): Int((epochs * Double(stepsPerEpoch)).rounded())
        }
    }
}
