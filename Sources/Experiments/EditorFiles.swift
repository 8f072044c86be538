import Generators
import Reports

/// `mottle plugins api`: the language as LuaLS and luacheck read it, from the table that the tracer works by.
package enum EditorFiles {
    /// Writes both files into a folder and returns their paths.
    package static func write(to folder: String) throws -> [String] {
        let files = [("mottle.d.lua", definitions), (".luacheckrc", luacheck)]
        return try files.map { name, text in
            let path = "\(folder)/\(name)"
            try AtomicFile.write(path, text: text)
            return path
        }
    }

    static let luacheck = """
        -- What plugins of Mottle see: `luacheck --config .luacheckrc my_noise.lua`.
        std = "none"
        max_line_length = 120
        unused_args = false
        read_globals = {
          "mottle", "assert", "error", "ipairs", "pairs", "pcall", "rawequal", "rawlen", "select", "tonumber", "tostring",
          "type", "math", "string", "table",
        }

        """

    static var definitions: String {
        var lines = [
            "---@meta",
            "-- The language of Mottle's plugins for the Lua language server: put this file into the workspace's library.",
            "",
        ]
        lines += classes
        for (face, owner) in [
            (OperationEntry.Face.tensor, "Tensor"), (.mask, "Mask"), (.random, "Random"),
        ] as [(OperationEntry.Face, String)] {
            for entry in OperationEntry.all
            where entry.face == face || entry.face == .value && face != .random {
                lines += function("\(owner):\(entry.name)", entry)
            }
            if owner == "Tensor" {
                for entry in OperationEntry.all where entry.face == .script {
                    lines += function("Tensor:\(entry.name)", entry)
                }
            }
        }
        for entry in OperationEntry.all where entry.face == .function || entry.isAlsoFunction {
            lines += function("mottle.\(entry.name)", entry, isAlso: entry.face != .function)
        }
        return (lines + declarations).joined(separator: "\n") + "\n"
    }

    private static var classes: [String] {
        let signs = [
            "__add": "add", "__sub": "sub", "__mul": "mul", "__div": "div", "__idiv": "idiv", "__mod": "mod",
            "__pow": "pow", "__unm": "unm", "__band": "band", "__bor": "bor", "__bnot": "bnot",
        ]
        func operators(_ isMask: Bool) -> [String] {
            OperationEntry.all.filter { $0.face == .operation }.compactMap { entry in
                let sign = signs[entry.name]!
                guard ["band", "bor", "bnot"].contains(sign) == isMask else { return nil }
                let own = isMask ? "mottle.Mask" : "mottle.Tensor"
                let operand =
                    ["unm", "bnot"].contains(sign) ? "" : isMask ? "(mottle.Mask)" : "(mottle.Tensor|number)"
                return "---@operator \(sign)\(operand): \(own)"
            }
        }
        let sizes = ["H", "W", "C", "L", "T", "F"].map {
            "---@field \($0) integer its size along that axis (plain)"
        }
        return ["---@class mottle.Tensor"] + operators(false) + sizes
            + [
                "---@field low number the lowest value of the data's range (plain)",
                "---@field high number the highest value of the data's range (plain)",
                "---@field length mottle.Tensor how many places along the first axis are real, one a sample",
                "---@field words mottle.Tensor the number of each token's word, from 1; 0 for none",
                "local Tensor = {}", "", "---@class mottle.Mask",
            ] + operators(true) + sizes
            + ["local Mask = {}", "", "---@class mottle.Random", "local Random = {}", "", "mottle = {}", ""]
    }

    /// - Parameter isAlso: true for `mottle.NAME` of what is a method, too: the object comes first.
    private static func function(_ name: String, _ entry: OperationEntry, isAlso: Bool = false) -> [String] {
        let count = entry.arguments.upperBound + (isAlso ? 1 : 0)
        let least = entry.arguments.lowerBound + (isAlso ? 1 : 0)
        let names = (0..<min(count, 6)).map { "a\($0 + 1)" }
        let parameters = names.enumerated().map { place, name in
            "---@param \(name)\(place >= least ? "?" : "") any"
        }
        let results =
            entry.name == "fft" || entry.name == "ifft" ? "mottle.Tensor, mottle.Tensor" : result(of: entry)
        return ["---\(entry.text)", "---`\(entry.form)`"] + parameters
            + ["---@return \(results)", "function \(name)(\(names.joined(separator: ", "))) end", ""]
    }

    private static func result(of entry: OperationEntry) -> String {
        switch entry.name {
        case "lt", "le", "gt", "ge", "eq", "ne", "isin", "any", "all", "none", "bernoulli", "choose", "top":
            "mottle.Mask"
        case "size": "integer"
        case "partner": "{ value: mottle.Tensor, id: mottle.Tensor, length: mottle.Tensor }"
        case "where", "take", "permute", "flip", "roll", "shift", "warp", "rotate", "affine", "reshape",
            "upsample",
            "resize", "erode", "dilate":
            "any"
        default: "mottle.Tensor"
        }
    }

    private static let declarations = [
        "---@class mottle.Parameter", "",
        "---@param declaration { default?: number, min?: number, max?: number, unit?: string, doc?: string, optional?: boolean, plain?: boolean }",
        "---@return mottle.Parameter", "function mottle.number(declaration) end", "",
        "---@param declaration { default?: integer, min?: integer, max?: integer, unit?: string, doc?: string, optional?: boolean, plain?: boolean }",
        "---@return mottle.Parameter", "function mottle.integer(declaration) end", "",
        "---@param declaration { default?: boolean, doc?: string, optional?: boolean }",
        "---@return mottle.Parameter", "function mottle.boolean(declaration) end", "",
        "---@param declaration { of: string[], default?: string, doc?: string, optional?: boolean }",
        "---@return mottle.Parameter", "function mottle.choice(declaration) end", "",
        "---@param declaration { default?: number[], min?: number, max?: number, unit?: string, doc?: string, optional?: boolean }",
        "---@return mottle.Parameter", "function mottle.range(declaration) end", "",
        "---@param declaration { of?: \"number\"|\"integer\", default?: number[], min?: number, max?: number, unit?: string, doc?: string, optional?: boolean }",
        "---@return mottle.Parameter", "function mottle.list(declaration) end", "",
        "---@class mottle.Declaration", "---@field name string", "---@field doc? string",
        "---@field source? string",
        "---@field axes? string", "---@field params? table<string, mottle.Parameter>",
        "---@field severities? table[]",
        "---@field identity? table", "---@field expect? fun(p: table, x: table): table",
        "---@field eager? boolean", "---@field needs? \"words\"", "",
        "---@class mottle.ValuesDeclaration: mottle.Declaration",
        "---@field apply fun(x: mottle.Tensor, p: table, rng: mottle.Random, marks?: any): any, any, any", "",
        "---@class mottle.MaskDeclaration: mottle.Declaration",
        "---@field make fun(x: mottle.Tensor, p: table, rng: mottle.Random, hidden?: any): any, any", "",
        "---@param declaration mottle.ValuesDeclaration", "function mottle.noise(declaration) end", "",
        "---@param declaration mottle.MaskDeclaration", "function mottle.mask(declaration) end", "",
        "---@param declaration mottle.ValuesDeclaration", "function mottle.tokens(declaration) end",
    ]
}
