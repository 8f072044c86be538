/// The known name that differs least from a mistyped one (optimal string alignment distance: insertions, deletions,
/// substitutions and swaps of neighbours); nil if none is near.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let limit = max(1, name.count / 3)
    return known.map {
        (name: $0, distance: alignmentDistance(Array(name.lowercased()), Array($0.lowercased())))
    }
    .filter { $0.distance <= limit }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

private func alignmentDistance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
