import CSystem

/// How long a thread spins for what it waits for, before it sleeps.
///
/// To wake a thread that sleeps takes as long as the small layers of a training step, so a thread spins for longer than
/// these. But a thread that never sleeps uses up its share of a core that a neighbour wants too, and is pushed aside in
/// the midst of its work, for which all others wait. So it spins for long only where nobody does that.
struct Patience {
    // Some microseconds: longer than the parts of a region differ.
    private static let shortSpins = 500
    // Longer than what one thread does alone between two regions of a training step.
    private static let longSpins = 4000
    /// Pushes that have no more waits than this between them are a neighbour's: what else a system does is rare.
    private static let closeWaits = 64
    private static let closePushes = 4
    /// So many waits with a neighbour are cut short before long ones are tried again, and four times as many whenever the
    /// neighbour is found to be there still.
    private static let shortWaits = 1024...65_536
    /// So many long waits without a neighbour, and it has gone.
    private static let quietWaits = 16_384

    /// How often this thread was pushed aside, when it last looked, and how many waits ago that was new.
    private var (pushes, waitsSincePush) = (0, 0)
    /// How many pushes in a row were close to the one before.
    private var close = 0
    private var (shortWaits, shortWaitsLeft) = (Self.shortWaits.lowerBound, 0)
    /// Since a neighbour was last found.
    private var longWaits = 0

    /// Calls `isDone` until it returns true.
    ///
    /// - Returns: false where it has not become true so soon that spinning paid.
    mutating func spin(until isDone: () -> Bool) -> Bool {
        if Self.spin(Self.shortSpins, until: isDone) { return true }
        // A call of the system, but only of a thread that has waited for long already.
        return spinsLong(pushes: mottle_involuntary_switches()) && Self.spin(Self.longSpins, until: isDone)
    }

    /// Whether a wait that was not short is worth spinning on, of a thread that was pushed aside so often since it began.
    mutating func spinsLong(pushes now: Int) -> Bool {
        waitsSincePush += 1
        if now != pushes {
            close = waitsSincePush <= Self.closeWaits ? close + 1 : 0
            if close >= Self.closePushes {
                (shortWaitsLeft, shortWaits) = (shortWaits, min(4 * shortWaits, Self.shortWaits.upperBound))
                longWaits = 0
            }
            (pushes, waitsSincePush) = (now, 0)
        }
        guard shortWaitsLeft == 0 else {
            shortWaitsLeft -= 1
            return false
        }
        longWaits += 1
        if longWaits == Self.quietWaits { shortWaits = Self.shortWaits.lowerBound }
        return true
    }

    private static func spin(_ count: Int, until isDone: () -> Bool) -> Bool {
        for _ in 0..<count {
            if isDone() { return true }
            mottle_pause()
        }
        return false
    }
}
