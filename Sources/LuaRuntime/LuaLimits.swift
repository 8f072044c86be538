/// What one run of a plugin, or one call of a function of its, may use.
package struct LuaLimits: Sendable, Equatable {
    /// Bytes of a plugin's source text.
    package var source = 65_536
    /// The real limit: the same script stops at the same place on every machine. Counted in steps of 1,000.
    package var instructions = 20_000_000
    /// A net below it: seconds of processor time, so that a busy machine stops no one.
    package var seconds = 0.5
    /// Seconds past `seconds` after which a script that no check could stop is left behind with its thread.
    package var grace = 2.0
    /// Bytes that a state may hold.
    package var heap = 32 << 20
    /// Bytes of one allocation; it bounds what a single instruction can cost.
    package var block = 4 << 20
    /// Bytes of the values that cross in one call, either way.
    package var transfer = 4 << 20
    /// Bytes of the thread's stack. Lua 5.4.4 needs up to 2.9 MB to word an error about a source of 62 KB.
    package var stack = 8 << 20

    /// For tests: of a state's requests for memory, counted from 0, those that fail.
    package var failingAllocations = 0..<0

    package init() {}
}

/// What the last run or call used.
package struct LuaUsage: Sendable, Equatable {
    package var instructions = 0
    package var peakHeap = 0
    /// Requests for memory since the state was made.
    package var allocations = 0
}
