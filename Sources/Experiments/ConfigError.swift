/// Where a part of a config comes from.
package enum ConfigPlace: Equatable, Sendable, CustomStringConvertible {
    /// A character of a file; lines and columns count from 1, columns in Unicode scalars.
    case file(String, line: Int, column: Int)
    /// A file as a whole: one that cannot be read, or its outermost table.
    case wholeFile(String)
    /// A value given on the command line; the text after `--set`.
    case override(String)
    /// Made by the program itself, for instance a default that is written into the lock file.
    case program

    package var description: String {
        switch self {
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .wholeFile(let name): name
        case .override(let assignment): "--set \(assignment)"
        case .program: "config"
        }
    }
}

/// A person's mistake in a config: where, and what was wanted.
package struct ConfigError: Error, Equatable, CustomStringConvertible {
    package let place: ConfigPlace
    package let message: String

    package init(_ place: ConfigPlace, _ message: String) {
        (self.place, self.message) = (place, message)
    }

    package var description: String { "\(place): error: \(message)" }
}
