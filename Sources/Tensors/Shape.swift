/// The sizes of an array's axes, outermost first, for instance `[32, 28, 28, 1]`.
package struct Shape: Equatable, Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    package var sizes: [Int]

    package init(_ sizes: [Int]) { self.sizes = sizes }
    package init(arrayLiteral elements: Int...) { sizes = elements }

    /// How many elements an array of this shape holds; 1 for no axes at all.
    package var count: Int { sizes.reduce(1, *) }
    package var rank: Int { sizes.count }
    package subscript(axis: Int) -> Int { sizes[axis] }

    /// This shape behind another outermost axis: `[28, 28]` batched by 32 is `[32, 28, 28]`.
    package func batched(_ samples: Int) -> Shape { Shape([samples] + sizes) }

    package var description: String { "[" + sizes.map(String.init).joined(separator: ", ") + "]" }
}
