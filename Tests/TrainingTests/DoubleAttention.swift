import Tensors

extension DoubleBatch {
    /// y = concat(heads), each softmax(Q · Kᵀ / √size) · V (Vaswani et al. 2017, §3.2.2), where x has the queries, keys and values
    /// of all heads one behind the other, `[tokens, 3 · width]`. Padding sees nothing and is seen by none.
    func attention(heads: Int) -> DoubleBatch {
        let width = channels / 3
        return mapSamples(tokens: tokens) { sample, rows in
            rows.indices.map { query in
                if query >= length(sample) { return Array(repeating: 0, count: width) }
                return (0..<heads).flatMap { head in
                    Self.attend(rows, query, length: length(sample), head: head, size: width / heads)
                }
            }
        }
    }

    /// What one query of one head finds in `length` tokens.
    private static func attend(
        _ rows: [[Double]], _ query: Int, length: Int, head: Int, size: Int
    ) -> [Double] {
        let width = rows[0].count / 3
        let columns = head * size..<(head + 1) * size
        var scores: [Double] = []
        for key in 0..<length {
            var score = 0.0
            for column in columns { score += rows[query][column] * rows[key][width + column] }
            scores.append(score / Double(size).squareRoot())
        }
        let shares = softmax(scores[...])
        return columns.map { column in
            (0..<length).reduce(0) { $0 + shares[$1] * rows[$1][2 * width + column] }
        }
    }
}
