import Testing

@testable import Workers

struct PatienceTests {
    /// How many waits in a row are not worth spinning on, from the next one.
    private func shortWaits(_ patience: inout Patience, pushes: Int) -> Int {
        var count = 0
        while !patience.spinsLong(pushes: pushes) { count += 1 }
        return count
    }

    /// Pushed aside at every wait, until that shortens one.
    private func meetNeighbour(_ patience: inout Patience, pushes: inout Int) {
        repeat { pushes += 1 } while patience.spinsLong(pushes: pushes)
    }

    @Test func `a thread that nobody pushes aside, or seldom, spins long`() {
        var patience = Patience()
        let isLong = (0..<1000).map { patience.spinsLong(pushes: 7 + $0 / 100) }
        #expect(isLong.allSatisfy { $0 })
    }

    @Test func `a neighbour shortens waits, for four times as long when it is still there`() {
        var (patience, pushes) = (Patience(), 0)
        var found: [Int] = []
        for _ in 0..<5 {
            meetNeighbour(&patience, pushes: &pushes)
            // The one that met it was the first of them.
            found.append(1 + shortWaits(&patience, pushes: pushes))
        }
        #expect(found == [1024, 4096, 16_384, 65_536, 65_536])
    }

    @Test func `a neighbour that has gone is forgotten`() {
        var (patience, pushes) = (Patience(), 0)
        meetNeighbour(&patience, pushes: &pushes)
        _ = shortWaits(&patience, pushes: pushes)
        let isLong = (0..<16_384).map { _ in patience.spinsLong(pushes: pushes) }
        #expect(isLong.allSatisfy { $0 })
        meetNeighbour(&patience, pushes: &pushes)
        #expect(1 + shortWaits(&patience, pushes: pushes) == 1024)
    }
}
