/// The forms of a sweep's table.
extension SweepTable {
    /// For a terminal: medians, and below them what is compared.
    package var text: String {
        let head = ["test set", "parameters"] + cells.map(\.name)
        let medians = rows.map { row in
            [row.name, row.parameters] + row.entries.map { $0.median.text(decimals: 4) }
        }
        var text = title("median", TextTable([head] + medians, firstNumber: 2).text)
        if !compared.isEmpty {
            let head = ["test set", "parameters"] + compared.map { cells[$0].name }
            let differences = rows.filter(hasDifferences).map { row in
                [row.name, row.parameters] + compared.map { row.entries[$0].difference!.text }
            }
            text += "\n" + title(differenceTitle, TextTable([head] + differences, firstNumber: 2).text)
        }
        if !pretrainings.isEmpty {
            let lines = pretrainings.map {
                [$0.name, $0.parameters, $0.entries[0].median.text(decimals: 4)]
            }
            let table = TextTable([Self.pretrainingHead] + lines, firstNumber: 2)
            text += "\nloss of the pre-trainings, median\n\n" + table.text
        }
        return text
    }

    /// For a page: a table of medians with their spread, one of differences.
    package var markdown: String {
        func table(_ head: [String], _ body: [[String]]) -> String {
            let rule = "| --- | --- |" + head.dropFirst(2).map { _ in " ---: |" }.joined()
            let lines = [line(head), rule] + body.map(line)
            return lines.joined(separator: "\n") + "\n"
        }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let medians = rows.map { row in
            [row.name, row.parameters] + row.entries.map(\.textWithSpread)
        }
        var text =
            "Median \(measure) over \(seedsText), with the lowest and the highest:\n\n"
            + table(["test set", "parameters"] + cells.map(\.name), medians)
        if !compared.isEmpty {
            let differences = rows.filter(hasDifferences).map { row in
                [row.name, row.parameters] + compared.map { row.entries[$0].difference!.text }
            }
            text +=
                "\n\(differenceTitle.prefix(1).uppercased() + differenceTitle.dropFirst()):\n\n"
                + table(["test set", "parameters"] + compared.map { cells[$0].name }, differences)
        }
        if !pretrainings.isEmpty {
            text +=
                "\n\(pretrainingTitle):\n\n" + table(Self.pretrainingHead, pretrainingLines)
        }
        return text
    }

    /// For programs: a line for each cell on each test set.
    package var csv: String {
        let head =
            axes + [
                "test set", "parameters", "measure", "median", "lowest", "highest", "seeds", "difference",
                "interval from", "interval to",
            ]
        var lines = [head]
        for row in rows {
            for (cell, entry) in zip(cells, row.entries) {
                let numbers = [entry.median, entry.spread.lowerBound, entry.spread.upperBound].map { "\($0)" }
                let difference = [
                    entry.difference?.mean, entry.difference?.interval?.lowerBound,
                    entry.difference?.interval?.upperBound,
                ].map { $0.map { "\($0)" } ?? "" }
                lines.append(
                    cell.choices + [row.name, row.parameters, measure] + numbers + ["\(cell.runs.count)"]
                        + difference)
            }
        }
        return lines.map { $0.map(Self.csvField).joined(separator: ",") + "\n" }.joined()
    }

    /// For programs, on one line.
    package func json(_ folder: SweepFolder) -> String {
        let entries = rows.map { row in
            JSONValue.object([
                "name": .string(row.name), "parameters": .string(row.parameters),
                "cells": .list(row.entries.map(\.json)),
            ])
        }
        return JSONValue.object([
            "sweep": .string(folder.path), "measure": .string(measure),
            "axes": .list(axes.map { .string($0) }),
            "cells": .list(cells.map { .list($0.choices.map { .string($0) }) }), "rows": .list(entries),
        ]).text
    }

    /// A page by itself; colours go from the lowest to the highest median of each row.
    package var html: String {
        func cell(_ tag: String, _ text: String, style: String = "") -> String {
            "<\(tag)\(style.isEmpty ? "" : " style=\"\(style)\"")>\(Self.escaped(text))</\(tag)>"
        }
        let head = (["test set", "parameters"] + cells.map(\.name)).map { cell("th", $0) }.joined()
        let body = rows.map { row in
            let medians = row.entries.map(\.median)
            let (low, high) = (medians.min()!, medians.max()!)
            let numbers = row.entries.map { entry in
                let share = high > low ? (entry.median - low) / (high - low) : 0.5
                let difference = entry.difference.map { "\n" + $0.text } ?? ""
                return cell(
                    "td", entry.textWithSpread + difference,
                    style: "background: hsl(210 70% \(95 - Int(share * 25))%)")
            }
            return "<tr>" + cell("td", row.name) + cell("td", row.parameters) + numbers.joined() + "</tr>"
        }
        var pretrained = ""
        if !pretrainings.isEmpty {
            let lines =
                [Self.pretrainingHead.map { cell("th", $0) }]
                + pretrainingLines.map { $0.map { cell("td", $0) } }
            pretrained =
                "\n<p>\(pretrainingTitle)</p>\n<table>\n"
                + lines.map { "<tr>\($0.joined())</tr>\n" }.joined() + "</table>"
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <title>\(Self.escaped(axes.joined(separator: " × ")))</title>
            <style>
            body { font: 14px sans-serif; margin: 2em }
            table { border-collapse: collapse }
            td, th { padding: .4em .8em; border: 1px solid #ccc; text-align: right; white-space: pre }
            td:nth-child(-n+2), th:nth-child(-n+2) { text-align: left }
            </style>
            <p>Median \(measure) over \(seedsText), with the lowest and the highest\(
                compared.isEmpty ? "" : "; below it " + Self.escaped(differenceTitle))</p>
            <table>
            <tr>\(head)</tr>
            \(body.joined(separator: "\n"))
            </table>\(pretrained)
            </html>

            """
    }

    private static let pretrainingHead = ["pre-training", "test set", "loss"]

    private var pretrainingTitle: String {
        "Loss of the pre-trainings, median over \(seedsText), with the lowest and the highest"
    }

    private var pretrainingLines: [[String]] {
        pretrainings.map { [$0.name, $0.parameters, $0.entries[0].textWithSpread] }
    }

    /// The cells that have another one to be compared with.
    private var compared: [Int] { cells.indices.filter { cells[$0].baseline != nil } }

    private func hasDifferences(_ row: Row) -> Bool {
        compared.allSatisfy { row.entries[$0].difference != nil }
    }

    private var seedsText: String {
        let count = cells[0].runs.count
        return count == 1 ? "1 seed" : "\(count) seeds"
    }

    private var differenceTitle: String {
        let bases = Set(compared.map { cells[$0].baseline! }).sorted().map { "'\(cells[$0].name)'" }
        return "difference to \(bases.joined(separator: " or ")), mean and 95 % interval"
    }

    private func title(_ what: String, _ table: String) -> String { "\(measure), \(what)\n\n\(table)" }

    private static func csvField(_ text: String) -> String {
        text.contains { ",\"\n".contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}

extension SweepTable.Entry {
    fileprivate var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("median", .number(median)), .init("lowest", .number(spread.lowerBound)),
            .init("highest", .number(spread.upperBound)),
        ]
        if let difference {
            members.append(.init("difference", .number(difference.mean)))
            if let interval = difference.interval {
                members.append(
                    .init("interval", [.number(interval.lowerBound), .number(interval.upperBound)]))
            }
        }
        return .object(members)
    }

    /// `0.8821 (0.8790…0.8834)`; without the spread where it is nothing.
    fileprivate var textWithSpread: String {
        let (low, high) = (spread.lowerBound.text(decimals: 4), spread.upperBound.text(decimals: 4))
        return low == high ? median.text(decimals: 4) : "\(median.text(decimals: 4)) (\(low)…\(high))"
    }
}

extension SweepTable.Difference {
    /// `+0.0123 (+0.0101…+0.0144)`.
    fileprivate var text: String {
        func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + value.text(decimals: 4) }
        guard let interval else { return signed(mean) }
        return "\(signed(mean)) (\(signed(interval.lowerBound))…\(signed(interval.upperBound)))"
    }
}
