import Kernels

/// A number that changes while a model is trained: a pure function of the epoch or of the optimiser's step.
package struct Schedule: Sendable, Hashable {
    /// What the schedule's times count, from 0.
    package enum Clock: String, CaseIterable, Sendable { case epochs, steps }

    package enum Curve: Sendable, Hashable {
        /// Linear from time 0 to time `length`, then `to`.
        case ramp(from: Double, to: Double, length: Int)
        /// Half a cosine: from + (to − from) · (1 − cos(π · time / length)) / 2, then `to` (Loshchilov & Hutter 2017, eq. 5).
        case cosine(from: Double, to: Double, length: Int)
        /// `from`, and from each change on its value; in the order of their times.
        case steps(from: Double, [Change])
    }

    package struct Change: Sendable, Hashable {
        package var time: Int
        package var value: Double

        package init(time: Int, value: Double) { (self.time, self.value) = (time, value) }
    }

    package var curve: Curve
    package var clock: Clock

    package init(_ curve: Curve, clock: Clock) { (self.curve, self.clock) = (curve, clock) }

    package func value(epoch: Int, step: Int) -> Double {
        let time = clock == .epochs ? epoch : step
        switch curve {
        case .ramp(let from, let to, let length):
            return time >= length ? to : from + (to - from) * (Double(time) / Double(length))
        case .cosine(let from, let to, let length):
            guard time < length else { return to }
            // Our own cosine: the C library's last bit is not the same everywhere.
            let cosine = ScalarReference.elementwise(.cos, Float(Double(time) / Double(length) * Double.pi))
            return from + (to - from) * ((1 - Double(cosine)) / 2)
        case .steps(let from, let changes): return changes.last { $0.time <= time }?.value ?? from
        }
    }

    /// Every value of the schedule is one of these or lies between two of them.
    package var corners: [Double] {
        switch curve {
        case .ramp(let from, let to, _), .cosine(let from, let to, _): [from, to]
        case .steps(let from, let changes): [from] + changes.map(\.value)
        }
    }

    /// Times at which its course changes, the first one excepted.
    var turns: [Int] {
        switch curve {
        case .ramp(_, _, let length), .cosine(_, _, let length): [length]
        case .steps(_, let changes): changes.map(\.time)
        }
    }

    /// The same with all values multiplied.
    func scaled(by factor: Double) -> Schedule {
        switch curve {
        case .ramp(let from, let to, let length):
            Schedule(.ramp(from: from * factor, to: to * factor, length: length), clock: clock)
        case .cosine(let from, let to, let length):
            Schedule(.cosine(from: from * factor, to: to * factor, length: length), clock: clock)
        case .steps(let from, let changes):
            Schedule(
                .steps(
                    from: from * factor, changes.map { Change(time: $0.time, value: $0.value * factor) }),
                clock: clock)
        }
    }

    /// Says what is wrong with its times, nil if nothing is.
    var problem: String? {
        switch curve {
        case .ramp(_, _, let length) where length < 1: "ramp wants at least 1 \(unit), got \(length)"
        case .cosine(_, _, let length) where length < 1: "cosine wants at least 1 \(unit), got \(length)"
        case .steps(_, let changes):
            zip([Change(time: 0, value: 0)] + changes, changes).first { $0.time >= $1.time }.map {
                "steps wants its \(clock) above 0 and in order, got \($1.time) behind \($0.time)"
            }
        default: nil
        }
    }

    /// One unit of its clock.
    private var unit: String { clock == .epochs ? "epoch" : "step" }
}
