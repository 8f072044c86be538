import Generators

/// A noise or mask generator written in Lua.
///
/// A value: it holds the checked source text, and each ``Chain`` runs that in a sandboxed interpreter of its own.
public struct Plugin: Sendable {
    /// A parameter that a ``ChainItem`` can set.
    public struct Parameter: Sendable {
        public let name: String
        /// What values it takes, such as "a number between 0 and 10 (range)"; the unit is in brackets.
        public let expectation: String
        public let documentation: String
        /// The default as text; nil if there is none.
        public let defaultValue: String?
        /// True if it must be set.
        public let isRequired: Bool
    }

    public let name: String
    public let documentation: String
    /// True for a mask generator, which says what to hide; false for noise, which changes values.
    public let isMask: Bool
    /// The axes that it works on: `N` for the batch and a letter for each axis of a sample, or `N...` for any.
    public let axes: String
    public let parameters: [Parameter]
    let source: String
    let file: String

    /// Loads a plugin from its source text; `file` is its name in messages.
    ///
    /// - Throws: a ``MottleError`` of the kind `plugin`.
    public init(source: String, file: String) throws(MottleError) {
        do { self.init(try Generators.Plugin(source: source, file: file)) } catch { throw MottleError(error) }
    }

    init(_ plugin: Generators.Plugin) {
        (name, documentation, axes) = (plugin.name, plugin.documentation, plugin.axes)
        isMask = plugin.kind == .mask
        parameters = plugin.parameters.map {
            Parameter(
                name: $0.name, expectation: $0.expectation, documentation: $0.documentation,
                defaultValue: $0.defaultValue?.description,
                isRequired: $0.defaultValue == nil && !$0.isOptional)
        }
        (source, file) = (plugin.source, plugin.file)
    }
}

/// Folders of plugins.
public struct PluginLibrary: Sendable {
    /// In the order in which they are searched.
    public var folders: [String]

    public init(folders: [String]) { self.folders = folders }

    /// What the command line searches: the folders of the environment variable `MOTTLE_PLUGINS` (separated by colons),
    /// `plugins` in the working folder, and `plugins` beside the executable or up to four folders above it.
    ///
    /// - Throws: a ``MottleError`` of the kind `argument` if `MOTTLE_PLUGINS` names a folder that is not there.
    public static func standard(
        environment: [String: String], executable: String
    ) throws(MottleError) -> PluginLibrary {
        do {
            let folders = try Generators.PluginLibrary.standardFolders(
                environment: environment, executable: executable)
            return PluginLibrary(folders: folders)
        } catch {
            throw MottleError(error)
        }
    }

    /// Names of the plugins in the folders, sorted.
    public var names: [String] { Generators.PluginLibrary(folders: folders).names }

    /// Loads a plugin by its name, or by its path if `reference` has a slash or ends in `.lua`.
    ///
    /// - Throws: a ``MottleError`` of the kind `argument` if there is none (with the nearest name), of the kind `plugin` if
    ///   it is broken.
    public func load(_ reference: String) throws(MottleError) -> Plugin {
        do {
            return Plugin(try Generators.PluginLibrary(folders: folders).plugin(reference, base: "."))
        } catch {
            throw MottleError(error)
        }
    }
}
