import Generators
import Reports

/// `mottle plugins docs`: one page with the language's operations and all plugins, from their declarations.
package struct PluginReference {
    /// What a page is made of.
    private enum Part {
        case heading(Int, String)
        case text(String)
        case table([String], [[String]])
        case code(String)
    }
    private let parts: [Part]

    package init(runtime: Runtime) {
        var parts: [Part] = [
            .heading(1, "Reference of Mottle's generators"),
            .text(
                "Operations on traced values, and the plugins found, with their parameters. Shapes are those of one sample; "
                    + "values broadcast along axes that they lack."),
            .heading(2, "Operations"),
        ]
        for section in OperationEntry.all.map(\.section).uniqued() {
            parts += [
                .heading(3, section),
                .table(
                    ["operation", "what", "shape", "example"],
                    OperationEntry.all.filter { $0.section == section }.map {
                        ["`\($0.form)`", $0.text, $0.shape, "`\($0.example)`"]
                    }),
            ]
        }
        let library = PluginLibrary(folders: runtime.pluginFolders)
        parts.append(.heading(2, "Plugins"))
        for name in library.names {
            guard let plugin = try? library.plugin(name, base: ".") else { continue }
            parts += Self.parts(of: plugin, called: name)
        }
        self.parts = parts
    }

    private static func parts(of plugin: Plugin, called name: String) -> [Part] {
        var parts: [Part] = [
            .heading(3, name),
            .text("\(plugin.kind.rawValue), axes `\(plugin.axes)`. \(plugin.documentation)"),
        ]
        if plugin.needsWords { parts.append(.text("Needs the words of the tokens: `--words`.")) }
        if !plugin.citation.isEmpty { parts.append(.text("Source: \(plugin.citation)")) }
        if !plugin.parameters.isEmpty {
            parts.append(
                .table(
                    ["parameter", "value", "default", "what"],
                    plugin.parameters.map { parameter in
                        let standard =
                            parameter.defaultValue.map { "\($0)" }
                            ?? (parameter.isOptional ? "none" : "required")
                        return [
                            "`\(parameter.name)`",
                            parameter.expectation + (parameter.isPlain ? ", plain" : ""),
                            standard, parameter.documentation,
                        ]
                    }))
        }
        if !plugin.severities.isEmpty {
            let names = plugin.severities.flatMap(\.keys).uniqued().sorted()
            parts.append(
                .table(
                    ["severity"] + names.map { "`\($0)`" },
                    plugin.severities.enumerated().map { level, values in
                        ["\(level + 1)"] + names.map { values[$0].map { "\($0)" } ?? "" }
                    }))
        }
        return parts
    }

    package var markdown: String {
        parts.map { part -> String in
            switch part {
            case .heading(let level, let text): String(repeating: "#", count: level) + " " + text
            case .text(let text): text
            case .code(let text): "```\n\(text)\n```"
            case .table(let head, let rows):
                ([head, head.map { _ in "---" }] + rows).map { row in
                    "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
                }.joined(separator: "\n")
            }
        }.joined(separator: "\n\n")
    }

    package var html: String {
        let body = parts.map { part -> String in
            switch part {
            case .heading(let level, let text):
                return "<h\(level) id=\"\(Self.escaped(text))\">\(Self.inline(text))</h\(level)>"
            case .text(let text): return "<p>\(Self.inline(text))</p>"
            case .code(let text): return "<pre>\(Self.escaped(text))</pre>"
            case .table(let head, let rows):
                let top = head.map { "<th>\(Self.inline($0))</th>" }.joined()
                let lines = rows.map { row in
                    "<tr>" + row.map { "<td>\(Self.inline($0))</td>" }.joined() + "</tr>"
                }
                return "<table><tr>\(top)</tr>\n\(lines.joined(separator: "\n"))</table>"
            }
        }
        return """
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><title>Reference of Mottle's generators</title>
            <style>
            body { font: 16px/1.5 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #222; }
            code, pre { font: 14px/1.4 monospace; background: #f3f3f3; padding: 0 0.2em; }
            table { border-collapse: collapse; } th, td { border-top: 1px solid #ccc; padding: 0.3em 0.8em; text-align: left; vertical-align: top; }
            </style>
            \(body.joined(separator: "\n"))
            </html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }

    /// With code in backticks.
    private static func inline(_ text: String) -> String {
        escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
            place, part in
            place % 2 == 1 ? "<code>\(part)</code>" : String(part)
        }.joined()
    }

    package static func write(_ text: String, to path: String) throws {
        try AtomicFile.write(path, text: text + "\n")
    }
}
