@testable import Generators
import Tensors
import Testing

struct ScheduleTests {
    static let ramp = Schedule(.ramp(from: 0.25, to: 1.25, length: 4), clock: .epochs)
    static let cosine = Schedule(.cosine(from: 0.1, to: 0.7, length: 300), clock: .steps)
    static let steps = Schedule(
        .steps(from: 0.1, [.init(time: 10, value: 0.2), .init(time: 20, value: 0.05)]), clock: .epochs)

    @Test func `a ramp is linear, exact at its ends, and stays`() {
        let found = [0, 1, 2, 3, 4, 5, 4_000_000_000].map { Self.ramp.value(epoch: $0, step: 77) }
        #expect(found == [0.25, 0.5, 0.75, 1, 1.25, 1.25, 1.25])
    }

    @Test func `a cosine follows the steps, exact at its ends, half way in the middle`() {
        let value = { (step: Int) in Self.cosine.value(epoch: 5, step: step) }
        #expect(value(0) == 0.1)
        #expect(value(300) == 0.7 && value(100_000) == 0.7)
        #expect(abs(value(150) - 0.4) < 1e-7)
        // (1 − cos 60°) / 2 = ¼
        #expect(abs(value(100) - 0.25) < 1e-7)
        #expect((1...300).allSatisfy { value($0) > value($0 - 1) })
    }

    @Test func `steps change at their times`() {
        let found = [0, 9, 10, 19, 20, 500].map { Self.steps.value(epoch: $0, step: 0) }
        #expect(found == [0.1, 0.1, 0.2, 0.2, 0.05, 0.05])
    }

    @Test func `bounds of a distribution may follow schedules, and a step reaches the sample`() throws {
        let plugin = try Fixture.noise(
            "return x * 0 + p.v", axes: "NL", params: "v = mottle.number { unit = 'range' }")
        let moving = ScheduledNumber.scheduled(Self.cosine)
        let item = ChainItem(plugin: plugin, name: "test", settings: ["v": .uniform(0, moving)])
        let maker = SampleMaker(try Fixture.trace([item], shape: [1], range: 0...2))
        func largest(_ step: Int) throws -> Float {
            try (0..<300).map { try maker.make(UInt64($0), step: step).values[0] }.max()!
        }
        #expect(try (0.19...0.2).contains(largest(0)))
        #expect(try (1.37...1.4).contains(largest(300)))
        #expect(try (0.77...0.8).contains(largest(150)))
    }

    private static let bounded = ParameterDeclaration(
        name: "v", kind: .number, unit: .ratio, minimum: 0, maximum: 1.5)

    static let wrong: [(ParameterSetting, String)] = [
        (
            .scheduled(Schedule(.cosine(from: 0, to: 2, length: 3), clock: .steps)),
            "'v' must be a number between 0 and 1.5 (ratio), got 2"
        ),
        (
            .scheduled(Schedule(.cosine(from: 0, to: 1, length: 0), clock: .steps)),
            "'v': cosine wants at least 1 step, got 0"
        ),
        (
            .scheduled(Schedule(.steps(from: 0, [.init(time: 3, value: 9)]), clock: .epochs)),
            "'v' must be a number between 0 and 1.5 (ratio), got 9"
        ),
        (
            .scheduled(
                Schedule(
                    .steps(from: 0, [.init(time: 3, value: 1), .init(time: 3, value: 0)]), clock: .steps)),
            "'v': steps wants its steps above 0 and in order, got 3 behind 3"
        ),
        (
            .uniform(0.5, .scheduled(Schedule(.ramp(from: 1, to: 0, length: 4), clock: .epochs))),
            "'v': uniform wants [low, high] at all times, got [0.5, 0] after 4 epochs"
        ),
        (
            .uniform(0, .scheduled(Schedule(.ramp(from: 1, to: 3, length: 4), clock: .epochs))),
            "'v' must be a number between 0 and 1.5 (ratio), got 3"
        ),
        (
            .drawn(.logUniform(0, 1)), "'v': log_uniform wants bounds above 0, got 0"
        ),
        (.drawn(.beta(a: 0, b: 1, low: 0, high: 1)), "'v': beta wants a and b above 0, got 0"),
        (
            .drawn(.beta(a: 1, b: 1, low: 0, high: 2)),
            "'v' must be a number between 0 and 1.5 (ratio), got 2"
        ),
        (
            .drawn(.truncatedNormal(mean: 0, deviation: 0, low: 0, high: 1)),
            "'v': truncated_normal wants a deviation above 0, got 0"
        ),
        (
            .drawn(.truncatedNormal(mean: 0, deviation: 1, low: 1, high: 0.5)),
            "'v': truncated_normal wants [low, high], got [1, 0.5]"
        ),
    ]

    @Test(arguments: wrong.indices) func `a wrong schedule or distribution is answered with what is wanted`(
        place: Int
    ) {
        #expect(Self.bounded.problem(with: Self.wrong[place].0) == Self.wrong[place].1)
    }
}
