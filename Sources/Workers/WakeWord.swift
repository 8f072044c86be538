import CSystem
import Synchronization

/// A 32-bit number that threads can wait on: spin a little, then sleep.
///
/// Its upper bit says that someone sleeps. It is part of the number, so every change of the number sees, in the same
/// atomic operation, whether it has to wake somebody: no wake-up can be lost between two operations.
struct WakeWord: ~Copyable {
    private static let sleeping: UInt32 = 1 << 31

    // Memory of its own, because a futex is an address; a cache line, so that two words never share one.
    private let storage: UnsafeMutablePointer<Atomic<UInt32>>

    init() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
        storage = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        storage.initialize(to: Atomic(0))
    }

    deinit {
        storage.deinitialize(count: 1)
        UnsafeMutableRawPointer(storage).deallocate()
    }

    /// Waits until the number is something that `isDone` accepts, and returns it.
    func wait(_ patience: inout Patience, until isDone: (UInt32) -> Bool) -> UInt32 {
        var number: UInt32 = 0
        let isQuick = patience.spin {
            number = storage.pointee.load(ordering: .acquiring) & ~Self.sleeping
            return isDone(number)
        }
        if isQuick { return number }
        while true {
            let word = storage.pointee.load(ordering: .acquiring)
            if isDone(word & ~Self.sleeping) { return word & ~Self.sleeping }
            let marked = word | Self.sleeping
            let exchange = storage.pointee.compareExchange(
                expected: word, desired: marked, ordering: .relaxed)
            if exchange.exchanged { mottle_futex_wait(storage, marked) }
        }
    }

    /// Makes the number `number` and wakes all who sleep.
    func set(_ number: UInt32) {
        let before = storage.pointee.exchange(number, ordering: .acquiringAndReleasing)
        if before & Self.sleeping != 0 { mottle_futex_wake(storage, .max) }
    }

    /// Takes one from a number above zero and, when it reaches zero, wakes all who sleep.
    func countDown() {
        let before = storage.pointee.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
        if before == 1 | Self.sleeping { mottle_futex_wake(storage, .max) }
    }
}
