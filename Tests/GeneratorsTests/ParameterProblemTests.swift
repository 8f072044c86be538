@testable import Generators
import LuaRuntime
import Testing

/// What a config's author is told about a setting.
struct ParameterProblemTests {
    static let bounded = ParameterDeclaration(
        name: "v", kind: .number, unit: .ratio, minimum: 0, maximum: 1.5)
    static let whole = ParameterDeclaration(name: "v", kind: .integer, unit: .pixels, minimum: 1)
    static let flag = ParameterDeclaration(name: "v", kind: .boolean)
    static let named = ParameterDeclaration(name: "v", kind: .choice(["red", "blue"]))
    static let pair = ParameterDeclaration(name: "v", kind: .interval, maximum: 4)

    static let wrong: [(ParameterDeclaration, ParameterSetting, String)] = [
        (bounded, .value(.number(1.75)), "'v' must be a number between 0 and 1.5 (ratio), got 1.75"),
        (bounded, .value(.number(.nan)), "'v' must be a number between 0 and 1.5 (ratio), got nan"),
        (bounded, .value(.boolean(true)), "'v' must be a number between 0 and 1.5 (ratio), got true"),
        (bounded, .uniform(0.5, 0.25), "'v': uniform wants [low, high], got [0.5, 0.25]"),
        (bounded, .uniform(0.5, 2), "'v' must be a number between 0 and 1.5 (ratio), got 2"),
        (bounded, .normal(mean: -1, deviation: 1), "'v' must be a number between 0 and 1.5 (ratio), got -1"),
        (bounded, .normal(mean: 1, deviation: -0.5), "'v': normal wants a deviation of at least 0, got -0.5"),
        (bounded, .choice([]), "'v': choice wants at least one value"),
        (bounded, .choice([1, 3]), "'v' must be a number between 0 and 1.5 (ratio), got 3"),
        (bounded, .ramp(from: 0, to: 1, epochs: 0), "'v': ramp wants at least 1 epoch, got 0"),
        (
            bounded, .ramp(from: 0, to: 9, epochs: 3),
            "'v' must be a number between 0 and 1.5 (ratio), got 9"
        ),
        (whole, .value(.number(2.5)), "'v' must be a whole number of at least 1 (pixels), got 2.5"),
        (whole, .uniform(1, 2.5), "'v' must be a whole number of at least 1 (pixels), got 2.5"),
        (whole, .value(.choice("two")), "'v' must be a whole number of at least 1 (pixels), got two"),
        (flag, .value(.number(1)), "'v' must be true or false, got 1"),
        (
            flag, .uniform(0, 1),
            "'v' must be true or false; only numbers can change from sample to sample or epoch to epoch"
        ),
        (named, .value(.choice("rad")), "'v' must be one of red, blue, got rad"),
        (pair, .value(.numbers([3, 2])), "'v' must be two numbers [low, high] of at most 4, got [3, 2]"),
        (pair, .value(.numbers([3, 4.5])), "'v' must be two numbers [low, high] of at most 4, got [3, 4.5]"),
    ]

    @Test(arguments: wrong.indices) func `a wrong setting is answered with what is wanted`(place: Int) {
        let (parameter, setting, text) = Self.wrong[place]
        #expect(parameter.problem(with: setting) == text)
    }

    @Test func `a parameter that must be plain takes no distribution and no ramp`() throws {
        let plugin = try Fixture.shipped("plugins/cutout")
        let settings: [ParameterSetting] = [
            .choice([1, 2]), .uniform(1, 2), .normal(mean: 2, deviation: 1),
            .ramp(from: 1, to: 2, epochs: 3),
        ]
        var item = ChainItem(plugin: plugin, name: "cutout")
        for setting in settings {
            #expect(
                item.set("holes", to: setting)
                    == "mask 'cutout': 'holes' must be the same for all samples: a plain whole number between 1 and 16 (count)"
            )
            #expect(item.set("size", to: setting) == nil)
        }
        #expect(item.set("holes", to: .value(.number(2))) == nil)
        let error = #expect(throws: LuaError.self) {
            try Fixture.noise("return x", params: "v = mottle.boolean { plain = true }")
        }
        #expect(error?.code == "M02")
    }

    @Test func `right settings have no problem`() {
        let right: [(ParameterDeclaration, ParameterSetting)] = [
            (Self.bounded, .value(.number(1.5))), (Self.bounded, .uniform(0, 0)),
            (Self.bounded, .normal(mean: 0, deviation: 9)), (Self.bounded, .choice([0, 1.25])),
            (Self.bounded, .ramp(from: 1, to: 0, epochs: 1)), (Self.whole, .value(.number(7))),
            (Self.flag, .value(.boolean(false))), (Self.named, .value(.choice("blue"))),
            (Self.pair, .value(.numbers([4, 4]))),
        ]
        for (parameter, setting) in right { #expect(parameter.problem(with: setting) == nil) }
    }

    @Test func `unknown and missing parameters are named`() throws {
        let plugin = try Fixture.noise(
            "return x", params: "depth = mottle.number { min = 0 }, clip = mottle.range { optional = true }")
        var item = ChainItem(plugin: plugin, name: "test")
        #expect(
            item.missing
                == "noise 'test': 'depth' has no default and must be given: a number of at least 0 (range)")
        item.settings["depth"] = .uniform(0, 1)
        #expect(item.missing == nil)
        let one = ParameterSetting.value(.number(1))
        #expect(
            item.set("dept", to: one)
                == "unknown parameter 'dept' of noise 'test'; did you mean 'depth'?")
        #expect(
            item.set("zzzz", to: one)
                == "unknown parameter 'zzzz' of noise 'test'; it has depth, clip")
        var bare = ChainItem(plugin: try Fixture.noise("return x"), name: "test")
        #expect(
            bare.set("v", to: one)
                == "unknown parameter 'v' of noise 'test'; it has none")
    }

    @Test func `names of items keep draws apart`() {
        var names = ChainNames()
        #expect(names.next(plugin: "a", own: nil) == "a")
        #expect(names.next(plugin: "b", own: "a#2") == "a#2")
        #expect(names.next(plugin: "a", own: nil) == "a#3")
        #expect(names.next(plugin: "b", own: nil) == "b")
        #expect(names.next(plugin: "b", own: "a") == nil)
    }
}
