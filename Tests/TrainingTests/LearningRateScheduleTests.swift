import Foundation
import Testing
import Training

struct LearningRateScheduleTests {
    private func factors(
        _ schedule: LearningRateSchedule, steps: [Int], total: Int = 100, perEpoch: Int = 10
    ) -> [Float] {
        steps.map { Float(schedule.factor(step: $0, totalSteps: total, stepsPerEpoch: perEpoch)) }
    }

    @Test func `a constant rate is one`() {
        #expect(factors(LearningRateSchedule(), steps: [0, 1, 57, 99]) == [1, 1, 1, 1])
    }

    @Test(arguments: [TrainingSpan.steps(4), .epochs(0.4)])
    func `the rate grows linearly to its full size`(warmUp: TrainingSpan) {
        let schedule = LearningRateSchedule(warmUp: warmUp)
        #expect(factors(schedule, steps: [0, 1, 2, 3, 4, 5]) == [0.25, 0.5, 0.75, 1, 1, 1])
    }

    @Test func `a fraction of an epoch is rounded to whole steps`() {
        #expect(TrainingSpan.epochs(1.5).steps(stepsPerEpoch: 7) == 11)
        #expect(TrainingSpan.epochs(0.04).steps(stepsPerEpoch: 10) == 0)
        #expect(TrainingSpan.steps(3).steps(stepsPerEpoch: 7) == 3)
    }

    @Test(arguments: [TrainingSpan.steps(30), .epochs(3)])
    func `steps down are counted from the beginning`(every: TrainingSpan) {
        let schedule = LearningRateSchedule(.step(factor: 0.5, every: every), warmUp: .steps(2))
        #expect(factors(schedule, steps: [0, 1, 29, 30, 59, 60, 99]) == [0.5, 1, 1, 0.5, 0.5, 0.25, 0.125])
    }

    @Test func `a cosine falls after the warm-up`() {
        let schedule = LearningRateSchedule(.cosine(end: 0.2), warmUp: .epochs(2))
        // Shares 0, 1/4, 1/2, 3/4 and 1 of the 80 steps that are left.
        expectClose(
            factors(schedule, steps: [19, 20, 40, 60, 80, 100]),
            [1, 1, 0.2 + 0.4 * (1 + 0.5.squareRoot()), 0.6, 0.2 + 0.4 * (1 - 0.5.squareRoot()), 0.2],
            tolerance: 1e-6)
    }

    @Test func `after its end a schedule stays where it was`() {
        #expect(factors(LearningRateSchedule(.cosine(end: 0.25)), steps: [100, 150]) == [0.25, 0.25])
        let cycle = LearningRateSchedule(.oneCycle(start: 0.5, rise: 0.5, end: 0.125))
        #expect(factors(cycle, steps: [99, 100, 150]) == [0.125, 0.125, 0.125])
    }

    @Test func `one cycle is PyTorch's`() {
        let schedule = LearningRateSchedule(.oneCycle(start: 0.04, rise: 0.3, end: 4e-6))
        let golden = ScheduleGolden.read
        expectClose(
            factors(schedule, steps: Array(0..<20), total: 20), golden.oneCycle, tolerance: 1e-6)
        expectClose(
            factors(LearningRateSchedule(.cosine(end: 0.1)), steps: Array(0..<20), total: 20), golden.cosine,
            tolerance: 1e-6)
    }

    @Test(arguments: [0, 0.01, 1], [1, 2, 3])
    func `a cycle without a rise or a fall is finite`(rise: Double, total: Int) {
        let schedule = LearningRateSchedule(.oneCycle(start: 0.25, rise: rise, end: 0.125))
        let found = factors(schedule, steps: Array(0..<total), total: total)
        #expect(found.allSatisfy { $0 >= 0.125 && $0 <= 1 }, "\(found)")
    }
}

/// What `Golden/schedules.py` wrote.
private struct ScheduleGolden: Decodable {
    let oneCycle: [Double]
    let cosine: [Double]

    static let read: ScheduleGolden = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Golden/schedules.json")
        return try! JSONDecoder().decode(ScheduleGolden.self, from: Data(contentsOf: file))
    }()
}
