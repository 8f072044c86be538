/// The language for people and editors, from the table that the tracer itself works by.
package struct OperationEntry: Sendable {
    package enum Face: String, Sendable {
        case tensor, mask, value, random, function, operation, script
    }
    package var section: String
    /// The name in Lua; an operator's event.
    package var name: String
    package var face: Face
    package var isAlsoFunction: Bool
    package var form: String
    package var text: String
    package var shape: String
    package var example: String
    /// The axes of a generator that can write the example.
    package var axes: String
    /// How many arguments a script gives, without the object before the colon.
    package var arguments: ClosedRange<Int>

    /// All operations that a script can write, in the order of the reference.
    package static let all: [OperationEntry] = OperationManual.Section.allCases.flatMap { section in
        TraceFunctions.all.compactMap { function in
            guard let manual = function.manual, manual.section == section else { return nil }
            return OperationEntry(function, manual)
        }
    }

    private init(_ function: TraceFunction, _ manual: OperationManual) {
        let isMethod = [.tensor, .mask, .value, .random, .host].contains(function.face)
        face =
            switch function.face {
            case .tensor: .tensor
            case .mask: .mask
            case .value: .value
            case .random: .random
            case .function: .function
            case .operation: .operation
            case .host: .script
            }
        (section, name, isAlsoFunction) = (manual.section.rawValue, function.luaName, function.isAlsoFunction)
        if case .operation(let event) = function.face { name = event }
        (form, text, shape) = (manual.form, manual.text, manual.shape)
        (example, axes) = (manual.example, manual.axes)
        let before = isMethod ? 1 : 0
        arguments =
            max(0, function.arguments.lowerBound - before)...max(0, function.arguments.upperBound - before)
    }
}
