import Foundation
import Generators
import Tensors
import Testing

/// Tokens that a model is asked for: as many as wanted, with the right fates, and nothing else touched.
struct TextTests {
    /// Ids from 100 on that all differ, with special ids 1, 2 and 3 at both ends and inside, and padding of id 0.
    struct Text {
        let length = 49
        let values: [Float]
        /// Words of one, two, three, one … tokens; 0 for special tokens and padding.
        let words: [Float]
        static let special: Set<Float> = [1, 2, 3]

        init(_ count: Int = 60) {
            var (values, words): ([Float], [Float]) = ([], [])
            var (word, left) = (0, 0)
            for place in 0..<count {
                let isSpecial = place == 0 || place == 20 || place == 48
                values.append(
                    place >= 49 ? 0 : isSpecial ? [0: 1, 20: 2, 48: 3][place]! : Float(100 + place))
                if place >= 49 || isSpecial {
                    words.append(0)
                    left = 0
                    continue
                }
                if left == 0 {
                    left = word % 3 + 1
                    word += 1
                }
                left -= 1
                words.append(Float(word))
            }
            (self.values, self.words) = (values, words)
        }

        /// Places that may be touched.
        var free: [Int] { (0..<length).filter { words[$0] > 0 } }
        var wordCount: Int { Int(words.max()!) }
    }

    /// mask_id stands outside the vocabulary, so that a token shows its fate; ids of the text do so, too.
    static let settings: [String: ParameterSetting] = ["mask_id": 5000, "vocab": 40, "special": [1, 2, 3]]

    private func subject(
        _ name: String, _ changes: [String: ParameterSetting], count: Int = 60
    ) throws -> Subject {
        try Subject(name, Self.settings.merging(changes) { $1 }, shape: [count])
    }

    /// Demands labels where something is asked and nowhere else, and tokens that are as they were where nothing is.
    private func expectAsked(_ made: Made, _ text: Text, ignore: Float = -100) {
        for (place, id) in text.values.enumerated() {
            let isAsked = made.mask![place] == 1
            #expect(made.extras["labels"]![place] == (isAsked ? id : ignore))
            if !isAsked { #expect(made.values[place] == id) }
            if isAsked { #expect(text.words[place] > 0, "place \(place) is not free") }
        }
    }

    /// The exact number: the rate as Float32, halves to even.
    private func share(_ rate: Float, of count: Int) -> Int {
        Int((rate * Float(count)).rounded(.toNearestOrEven))
    }

    @Test(arguments: [0.15, 0.31, 0.97, 1]) func `as many tokens are asked for in every sample`(rate: Double)
        throws
    {
        let text = Text()
        for name in ["mlm", "span_mask"] {
            let subject = try subject(name, ["rate": .number(rate)])
            for id in 0..<60 {
                let made = try subject.run(text.values, id: id, length: text.length, words: text.words)
                #expect(made.hidden == share(Float(rate), of: text.free.count), "\(name)")
                expectAsked(made, text)
            }
            let varying = try self.subject(name, ["rate": .uniform(0, 1), "ignore": -1])
            let made = try varying.run(text.values, id: 8, length: text.length, words: text.words)
            #expect(made.hidden == share(made.extras["rate"]![0], of: text.free.count))
            expectAsked(made, text, ignore: -1)
        }
    }

    /// Special ids within words, and padding that only its id tells.
    @Test(arguments: ["mlm", "whole_word", "span_mask"])
    func `special ids are not asked for, whatever their words`(name: String) throws {
        let ids: [Float] = [1, 50, 51, 52, 2, 53, 54, 2, 0, 0]
        let words: [Float] = [1, 2, 2, 3, 3, 4, 4, 4, 5, 6]
        let subject = try subject(name, ["special": [0, 1, 2], "rate": 1], count: 10)
        for id in 0..<20 {
            let mask = try subject.run(ids, id: id, words: words).mask
            #expect(mask == [0, 1, 1, 1, 0, 1, 1, 0, 0, 0])
        }
        // Two of five tokens; or of three words one, and round(2/3) = 1.
        let some = try self.subject(name, ["special": [0, 1, 2], "rate": 0.4], count: 10)
        for id in 0..<20 {
            let mask = try some.run(ids, id: id, words: words).mask!
            switch name {
            case "whole_word":
                #expect([[1, 2], [3], [5, 6]].contains(mask.indices.filter { mask[$0] == 1 }))
            default: #expect(mask.count { $0 == 1 } == 2)
            }
        }
    }

    @Test func `two words of one number in different sentences are two words`() throws {
        let (ids, words): ([Float], [Float]) = ([50, 51, 2, 52, 53, 54], [1, 2, 0, 1, 1, 2])
        let subject = try subject("whole_word", ["rate": 0.25], count: 6)
        let found = try Set((0..<100).map { id in try subject.run(ids, id: id, words: words).mask! })
        #expect(
            found == [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1]])
    }

    @Test func `whole words want words`() throws {
        let text = Text()
        let error = #expect(throws: SampleError.self) {
            try subject("whole_word", [:]).run(text.values, length: text.length)
        }
        #expect(
            error?.description
                == "tokens 'whole_word' works on whole words, and the samples do not say which tokens make a word; "
                + "--words names the file that does")
        _ = try subject("span_mask", [:]).run(text.values, length: text.length)
    }

    @Test(arguments: [-1, 0.5, 0x1p24, .nan, .infinity, -.infinity] as [Float])
    func `what is no id is refused with its place`(value: Float) throws {
        var ids = Text().values
        ids[31] = value
        let error = #expect(throws: SampleError.self) {
            try subject("mlm", [:]).run(ids, id: 12)
        }
        guard case .noID(sample: 12, place: 31, let found)? = error else {
            Issue.record(Comment(rawValue: String(describing: error)))
            return
        }
        #expect(found == value || found.isNaN && value.isNaN)
        ids[31] = 0x1p24 - 1
        _ = try subject("mlm", [:]).run(ids, id: 12)
    }

    @Test func `every token is asked for as often`() throws {
        let text = Text()
        let subject = try subject("mlm", ["rate": 0.2])
        var counts = [Int](repeating: 0, count: 60)
        for id in 0..<1200 {
            let mask = try subject.run(text.values, id: id, length: text.length, words: text.words).mask!
            for place in text.free where mask[place] == 1 { counts[place] += 1 }
        }
        let rate = Double(share(0.2, of: text.free.count)) / Double(text.free.count)
        for place in text.free { expectRate(counts[place], of: 1200, rate, "place \(place)") }
    }

    @Test(arguments: [
        ("mlm", 0.8, 0.1), ("mlm", 0.5, 0.3), ("whole_word", 0.8, 0.1), ("whole_word", 0.2, 0.7),
        ("span_mask", 0.8, 0.1),
    ])
    func `tokens become masked, random or stay by their shares`(name: String, masked: Double, random: Double)
        throws
    {
        let text = Text()
        let shares: [String: ParameterSetting] =
            masked == 0.8 ? [:] : ["masked": .number(masked), "random": .number(random)]
        let subject = try subject(name, shares.merging(["rate": 0.5]) { $1 })
        var (hidden, asked, stayed, ids) = (0, 0, 0, [Int](repeating: 0, count: 40))
        for id in 0..<600 {
            let made = try subject.run(text.values, id: id, length: text.length, words: text.words)
            for place in text.free where made.mask![place] == 1 {
                asked += 1
                switch made.values[place] {
                case 5000: hidden += 1
                case text.values[place]: stayed += 1
                default: ids[Int(made.values[place])] += 1
                }
            }
        }
        // Spans of up to 10 tokens share a fate.
        let independent = name == "span_mask" ? 10 : 1
        let wrong = ids.reduce(0, +)
        #expect(asked == hidden + stayed + wrong)
        expectRate(hidden / independent, of: asked / independent, masked, "masked")
        expectRate(wrong / independent, of: asked / independent, random, "random")
        for (id, count) in ids.enumerated() { expectRate(count, of: wrong, 1.0 / 40, "id \(id)") }
    }

    @Test(arguments: [0.15, 0.4, 1]) func `whole words are asked for, as many in every sample`(rate: Double)
        throws
    {
        let text = Text()
        let subject = try subject("whole_word", ["rate": .number(rate)])
        let wanted = share(Float(rate), of: text.wordCount)
        var counts = [Int](repeating: 0, count: text.wordCount + 1)
        for id in 0..<500 {
            let made = try subject.run(text.values, id: id, length: text.length, words: text.words)
            if id < 60 { expectAsked(made, text) }
            let chosen = Set(text.free.filter { made.mask![$0] == 1 }.map { text.words[$0] })
            #expect(chosen.count == wanted)
            #expect(text.free.allSatisfy { (made.mask![$0] == 1) == chosen.contains(text.words[$0]) })
            for word in chosen { counts[Int(word)] += 1 }
        }
        for word in 1...text.wordCount {
            expectRate(counts[word], of: 500, Double(wanted) / Double(text.wordCount), "word \(word)")
        }
    }

    /// The mean number of spans, of 1 … longest words, until `budget` words are reached; and the chance that one is enough.
    static func spans(success: Double, longest: Int, budget: Int) -> (mean: Double, one: Double) {
        let all = 1 - pow(1 - success, Double(longest))
        let lengths = (1...longest).map { success * pow(1 - success, Double($0 - 1)) / all }
        var mean = [Double](repeating: 0, count: budget + 1)
        for left in 1...budget {
            mean[left] =
                1 + lengths.enumerated().reduce(0) { $0 + $1.element * mean[max(left - $1.offset - 1, 0)] }
        }
        return (mean[budget], lengths[(budget - 1)...].reduce(0, +))
    }

    @Test(arguments: [(0.2, 10), (0.5, 4), (0.33, 10)] as [(Double, Int)])
    func `spans have geometric lengths`(success: Double, longest: Int)
        throws
    {
        // A long text of words of one token, and few spans in it: they hardly ever touch.
        let (count, budget) = (2000, longest)
        let subject = try subject(
            "span_mask",
            [
                "success": .number(success), "longest": .number(Double(longest)),
                "rate": .number(Double(budget) / Double(count)),
            ], count: count)
        let text = (0..<count).map { Float($0) }
        let runs = try (0..<400).map { id in
            let mask = try subject.run(text, id: id).mask!
            #expect(mask.count { $0 == 1 } == budget)
            return Double(mask.indices.count { mask[$0] == 1 && ($0 == 0 || mask[$0 - 1] == 0) })
        }
        let wanted = Self.spans(success: success, longest: longest, budget: budget)
        let found = Moments(runs)
        expectClose(
            found.mean, wanted.mean, within: 4.5 * (found.variance / 400).squareRoot() + 0.02 * wanted.mean)
        expectRate(runs.count { $0 == 1 }, of: 400, wanted.one)
    }

    @Test func `spans are as long as SpanBERT's`() throws {
        let subject = try subject("span_mask", ["special": []], count: 64)
        var (runs, asked) = (0.0, 0.0)
        for id in 0..<600 {
            let mask = try subject.run((0..<64).map { Float($0) }, id: id).mask!
            runs += Double(mask.indices.count { mask[$0] == 1 && ($0 == 0 || mask[$0 - 1] == 0) })
            asked += Double(mask.count { $0 == 1 })
        }
        // 3.21 in a simulation of its loop; tokens drawn one by one would make runs of 1.18.
        expectClose(asked / runs, 3.21, within: 0.25)
        #expect(asked == 600 * 10)
    }

    @Test func `a span has one fate and whole words, but for the last that is cut`() throws {
        let text = Text()
        let subject = try subject("span_mask", ["rate": 0.3, "masked": 0.5, "random": 0])
        var (same, pairs) = (0, 0)
        for id in 0..<300 {
            let made = try subject.run(text.values, id: id, length: text.length, words: text.words)
            let words = Dictionary(grouping: text.free) { text.words[$0] }.values
            let partial = words.count { word in Set(word.map { made.mask![$0] }).count == 2 }
            #expect(partial <= 1)
            for place in 1..<text.length where made.mask![place] == 1 && made.mask![place - 1] == 1 {
                pairs += 1
                same += (made.values[place] == 5000) == (made.values[place - 1] == 5000) ? 1 : 0
            }
        }
        // Neighbours of different spans agree half of the time.
        #expect(Double(same) > 0.9 * Double(pairs) && same < pairs)
    }
}
