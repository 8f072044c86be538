import Generators
import Reports

extension StreamDifference {
    package var text: String {
        guard let found else {
            return "\(names.0) and \(names.1): the streams are equal, \(samples) samples in \(epochs) "
                + (epochs == 1 ? "epoch" : "epochs")
        }
        var lines = [
            "\(names.0) and \(names.1) differ first in epoch \(found.epoch), at position \(found.position), both counted from 0; "
                + "\(samples) samples before it are equal"
        ]
        lines.append(Self.text(of: found))
        lines += found.reasons.map { "why: \($0)" }
        if found.reasons.isEmpty { lines.append("why: the lock files do not say; was the data changed?") }
        return lines.joined(separator: "\n")
    }

    private static func text(of found: Found) -> String {
        func shown(_ element: Element) -> String {
            let place = "element [\(element.place.map(String.init).joined(separator: ", "))]"
            return element.isMask
                ? "the mask's \(place) is \(Int(element.values.0)) and \(Int(element.values.1))"
                : "\(place) is \(element.values.0) and \(element.values.1)"
        }
        switch found.kind {
        case .order(let a?, let b?): return "sample \(a) comes in one, sample \(b) in the other"
        case .order(let a, let b):
            return
                "sample \(a ?? b!) comes in the \(a == nil ? "second" : "first"); the other's epoch has ended"
        case .cleanSample(let element):
            return "sample \(found.sample) differs before any noise: \(shown(element))"
        case .label(let a, let b):
            return "sample \(found.sample) has the label \(a) in one, \(b) in the other"
        case .entry(let name, let other, let view, let element):
            let ofView = view > 1 ? ", view \(view)" : ""
            return "sample \(found.sample)\(ofView) differs behind '\(name)'"
                + (name == other ? "" : " and '\(other)'") + ": \(shown(element))"
        case .beside:
            return "sample \(found.sample) has equal values; labels' shares or extra outputs beside it differ"
        }
    }

    package var json: String {
        var members: [JSONValue.Member] = [
            .init("runs", .list([.string(names.0), .string(names.1)])), .init("equal", .flag(found == nil)),
            .init("samples", .whole(samples)), .init("epochs", .whole(epochs)),
        ]
        if let found {
            members += [
                .init("epoch", .whole(found.epoch)), .init("position", .whole(found.position)),
                .init("sample", .whole(Int(found.sample))),
                .init("reasons", .list(found.reasons.map { .string($0) })),
            ]
            if case .entry(let name, let other, let view, let element) = found.kind {
                members += [
                    .init("entries", .list([.string(name), .string(other)])), .init("view", .whole(view)),
                    .init("element", .list(element.place.map { .whole($0) })),
                    .init("values", .list([.single(element.values.0), .single(element.values.1)])),
                ]
            }
        }
        return JSONValue.object(members).text
    }
}
