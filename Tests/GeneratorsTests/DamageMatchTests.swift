import Foundation
import Generators
import Tensors
import Testing

/// `match`: how much generators damage a sample.
struct DamageMatchTests {
    private let shape: Shape = [19, 23, 3]
    private let range: ClosedRange<Float> = -1...3

    private func maker(_ plugin: Plugin, _ match: DamageMatch, _ settings: [String: ParameterSetting] = [:])
        throws
        -> SampleMaker
    {
        var item = ChainItem(plugin: plugin, name: plugin.name, settings: settings)
        item.match = match
        return SampleMaker(try Fixture.trace([item], shape: shape, range: range))
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// The PSNR and the SNR of a sample in decibels.
    private func levels(_ values: [Float]) -> (psnr: Double, snr: Double) {
        let clean = Fixture.sample(shape).map { Double($0) }
        let damage = mean(zip(values, clean).map { (Double($0) - $1) * (Double($0) - $1) })
        return (10 * log10(16 / damage), 10 * log10(mean(clean.map { $0 * $0 }) / damage))
    }

    @Test(arguments: [
        ("plugins/gaussian", [:]), ("plugins/gaussian", ["sigma": ParameterSetting.uniform(0.01, 2)]),
        ("plugins/salt_and_pepper", ["amount": .value(.number(0.02))]), ("plugins/speckle", [:]),
        ("plugins/motion_blur", [:]),
    ]) func `every sample has the level that is asked for`(
        plugin: String, settings: [String: ParameterSetting]
    ) throws {
        let plugin = try Fixture.shipped(plugin)
        for level in [-3.5, 20, 41.25] {
            let setting = ParameterSetting.value(.number(level))
            let (psnr, snr) = (
                try maker(plugin, DamageMatch(.psnr, setting), settings),
                try maker(plugin, DamageMatch(.snr, setting), settings)
            )
            for id in UInt64(0)..<4 {
                #expect(abs(levels(try psnr.make(id).values).psnr - level) < 1e-4)
                #expect(abs(levels(try snr.make(id).values).snr - level) < 1e-4)
            }
        }
    }

    @Test func `a level may be drawn`() throws {
        let maker = try maker(try Fixture.shipped("plugins/gaussian"), DamageMatch(.psnr, .uniform(10, 30)))
        let found = try (0..<30).map { levels(try maker.make(UInt64($0)).values).psnr }
        #expect(found.allSatisfy { $0 > 10 - 1e-4 && $0 < 30 + 1e-4 })
        #expect(found.max()! - found.min()! > 10)
    }

    @Test func `a sample without damage stays as it is`() throws {
        let plugin = try Fixture.noise("return x + 0")
        let sample = try maker(plugin, DamageMatch(.psnr, .value(.number(20)))).make(3).values
        expectSameBits(sample, Fixture.sample(shape))
    }

    @Test func `only noise that blends no labels can be matched`() throws {
        let match = DamageMatch(.psnr, .value(.number(20)))
        #expect(
            match.problem(beside: try Fixture.shipped("plugins/cutout"))
                == "'match' belongs to noise; mask 'cutout' changes no strength")
        #expect(
            DamageMatch(.snr, .value(.number(300))).problem(beside: try Fixture.shipped("plugins/gaussian"))
                == "match: 'snr' must be a number between -100 and 200 (db), got 300")
        var item = ChainItem(plugin: try Fixture.shipped("plugins/mixup"), name: "mixup")
        item.match = match
        let error = #expect(throws: (any Error).self) { try Fixture.trace([item], shape: [4, 4, 1]) }
        #expect("\(error!)".contains("'match' scales a disturbance; noise 'mixup' blends labels"))
    }
}
