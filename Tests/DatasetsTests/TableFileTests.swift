import Foundation
import Testing

@testable import Datasets

/// The rows of a table, each as its columns' texts.
private func rows(_ name: String, _ text: String, _ columns: [String]) throws -> [[String]] {
    let folder = try Folder()
    let table = try TableFile(folder.file(name, Array(text.utf8)), columns: columns)
    return try (0..<table.count).map { row in
        try (0..<max(1, columns.count)).map { try table.text($0, of: row) }
    }
}

/// The error of a table, with the folder's path left out.
private func complaint(_ name: String, _ bytes: [UInt8], _ columns: [String] = []) throws -> String? {
    let folder = try Folder()
    let file = try folder.file(name, bytes)
    do {
        _ = try TableFile(file, columns: columns)
        return nil
    } catch { return "\(error)".replacing(folder.path + "/", with: "") }
}

private func complaint(_ name: String, _ text: String, _ columns: [String] = []) throws -> String? {
    try complaint(name, Array(text.utf8), columns)
}

@Suite struct TableFileTests {
    @Test func `quoted fields of a CSV file hold commas, ends of lines and quotes`() throws {
        let text =
            "\u{feff}id,text,\"la,bel\"\r\n1,\"a, b\",x\r\n\r\n2,\"two\r\nlines\",\"\"\n3,\"say \"\"so\"\"\",5\" disk"
        #expect(
            try rows("a.csv", text, ["text", "la,bel"]) == [
                ["a, b", "x"], ["two\r\nlines", ""], ["say \"so\"", "5\" disk"],
            ])
        #expect(try rows("a.CSV", text, ["id"]) == [["1"], ["2"], ["3"]])
    }

    @Test func `quotes of a TSV file are letters like any other`() throws {
        #expect(
            try rows("a.tsv", "text\tn\n\"open, it stays\t1\r\nb \"\" b\t2\n", ["n", "text"]) == [
                ["1", "\"open, it stays"], ["2", "b \"\" b"],
            ])
    }

    @Test func `a JSONL file has an object a line, with its keys in any order`() throws {
        let text = #"""
            {"text": "a \"b\" \\ \/ \n \u00e9 \ud83d\ude00", "n": -1.50e+2, "more": [1, {"text": null}, true]}

              {"n":"7","text":""}
            """#
        #expect(
            try rows("a.jsonl", text, ["text", "n"]) == [["a \"b\" \\ / \n é 😀", "-1.50e+2"], ["", "7"]])
    }

    @Test func `a file of lines has a text a line, but for empty lines`() throws {
        #expect(
            try rows("a.txt", "\u{feff}one, \"1\"\r\n\n two\n\r\nthree", []) == [
                ["one, \"1\""], [" two"], ["three"],
            ])
    }

    @Test func `rows say on which line they begin`() throws {
        let folder = try Folder()
        let table = try TableFile(
            folder.file("a.csv", Array("a,b\n1,\"x\ny\"\n\n2,z\n".utf8)), columns: ["b"])
        #expect((0..<2).map(table.line) == [2, 5])
        #expect(table.name(of: 1) == "\(folder.path)/a.csv, line 5")
    }

    @Test func `rows of a row's own length are told`() throws {
        #expect(
            try complaint("a.csv", "a,b\n1,2\n\n3\n", ["a"])
                == "a.csv, line 4: 1 field found, 2 expected as in the first row")
        #expect(
            try complaint("a.tsv", "a\tb\n1\t2\t3\n", ["a"])
                == "a.tsv, line 2: 3 fields found, 2 expected as in the first row")
    }

    @Test func `columns that are not there, or there twice, are told`() throws {
        #expect(
            try complaint("a.csv", "gloss,class\nx,y\n", ["glos"])
                == "a.csv: there is no column 'glos'; did you mean 'gloss'?; there are 'gloss', 'class'")
        #expect(
            try complaint("a.jsonl", "{\"text\": \"x\"}\n{\"txt\": 3}", ["text"])
                == "a.jsonl, line 2: there is no column 'text'; did you mean 'txt'?; there are 'txt'")
        #expect(try complaint("a.csv", "a,b,a\n1,2,3\n", ["a"]) == "a.csv: two columns are named 'a'")
        #expect(
            try complaint("a.txt", "x\n", ["text"])
                == "a.txt: a file of lines has no column 'text'; columns are those of .csv, .tsv and .jsonl")
    }

    @Test func `quotes that do not end are told`() throws {
        #expect(
            try complaint("a.csv", "a\n\"x\ny\n", ["a"])
                == "a.csv, line 2: a field begins with a quote, and no other ends it; a quote that is text is written as \"\"\"\""
        )
        #expect(
            try complaint("a.csv", "a\nx\n\"y\"z\n", ["a"])
                == "a.csv, line 3: text behind the quote that ends a field; inside of quotes a quote is written as \"\""
        )
    }

    @Test(arguments: [
        ("[]", "byte 1: an object expected"),
        ("{\"a\": 1", "byte 8: ends where '}' is expected"),
        ("{\"a\": 1,}", "byte 9: a string expected"),
        ("{\"a\": \"x}", "byte 10: the string does not end"),
        ("{\"a\": 01}", "byte 7: a number expected"),
        ("{\"a\": 1.}", "byte 9: a digit expected"),
        ("{\"a\": 1, \"a\": 2}", "byte 10: the key 'a' stands twice"),
        ("{\"a\": \"\\ud83d x\"}", "byte 10: half of a surrogate pair"),
        ("{\"a\": \"\\udc00\"}", "byte 10: half of a surrogate pair"),
        ("{\"a\": \"\\x\"}", "byte 9: no escape is written so"),
        ("{\"a\": \"\t\"}", "byte 8: a control character in a string; write it as \\u0009"),
        ("{\"a\": null}", "byte 7: 'a' is null, a string or a number expected"),
        ("{\"a\": [1]}", "byte 7: 'a' is a list, a string or a number expected"),
        ("{\"a\": 1} 2", "byte 10: more text behind the value"),
        ("{\"a\": 1, \"b\": nul}", "byte 18: 'null' expected"),
        ("{\"a\" 1}", "byte 6: ':' expected"),
    ])
    func `JSON that is wrong is told`(line: String, problem: String) throws {
        #expect(
            try complaint("a.jsonl", "{\"a\": 0}\n" + line + "\n", ["a"]) == "a.jsonl, line 2, " + problem)
    }

    @Test func `JSON that is too deep is told`() throws {
        let deep = "{\"b\": " + String(repeating: "[", count: 5000)
        #expect(
            try complaint("a.jsonl", deep, [])
                == "a.jsonl, line 1, byte 70: more than 64 objects and lists in each other")
    }

    @Test func `what is no text in UTF-8 is told`() throws {
        #expect(
            try complaint("a.txt", Array("ab\ncd".utf8) + [0xe4, 0x20])
                == "a.txt, line 2: byte 5 of the file, 0xE4, is not UTF-8; save it as UTF-8")
        #expect(
            try complaint("a.txt", "ab\nc\0")
                == "a.txt, line 2: byte 4 of the file is 0, which no text holds; is it a text in UTF-8?")
        #expect(
            try complaint("a.csv", [0xff, 0xfe, 0x61, 0])
                == "a.csv: expected a text in UTF-8, found UTF-16; save it as UTF-8")
        #expect(
            try complaint("a.csv", [0x1f, 0x8b, 8, 0])
                == "a.csv: expected a text in UTF-8, found a gzipped file; unpack it")
        #expect(try complaint("a.txt", "PKW and no archive\n") == nil)
        #expect(
            try complaint("a.csv.gz", "a")
                == "a.csv.gz: a file whose name ends in .csv, .tsv, .jsonl, .txt expected, which says how it is written"
        )
    }

    @Test func `tables without rows are told`() throws {
        let csv = "holds no rows; a row with the names of the columns and others behind it are expected"
        for text in ["", "\u{feff}", "\n\n", "a,b\r\n", "a"] {
            #expect(try complaint("a.csv", text, text.contains("a") ? ["a"] : []) == "a.csv: " + csv)
        }
        #expect(try complaint("a.jsonl", " \n") == "a.jsonl: holds no rows; a JSON object a line is expected")
        #expect(try complaint("a.txt", "\r\n") == "a.txt: holds no lines but empty ones")
        #expect(try complaint("none.csv", "") != nil)
    }
}
