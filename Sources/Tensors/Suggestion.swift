/// The name a person probably meant.
package enum Suggestion {
    /// The candidate nearest to `word`, or nil when none is within a third of the word's length (at least one edit).
    ///
    /// Of equally near candidates the first wins. Case does not count: `Adam` is near `adam`. Nobody means a long word: a
    /// script can make one of a megabyte, and the work grows with its length.
    package static func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
        guard word.utf8.count <= 80 else { return nil }
        let letters = Array(word.lowercased())
        var nearest: (name: String, edits: Int)?
        for candidate in candidates {
            let limit = max(1, max(letters.count, candidate.count) / 3)
            let edits = editDistance(letters, Array(candidate.lowercased()))
            if edits <= limit, edits < nearest?.edits ?? .max { nearest = (candidate, edits) }
        }
        return nearest?.name
    }

    /// `; did you mean 'gaussian'?`, or nothing when no candidate is near: the end of an error's text.
    package static func hint(_ word: String, among candidates: some Sequence<String>) -> String {
        nearest(word, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// How many insertions, deletions, replacements and swaps of neighbours turn one word into the other
    /// (optimal string alignment: no part is edited twice; Damerau 1964).
    static func editDistance(_ from: [Character], _ to: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...to.count)
        for i in from.indices {
            var row = [i + 1]
            for j in to.indices {
                let replaced = last[j] + (from[i] == to[j] ? 0 : 1)
                var edits = min(replaced, last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, from[i] == to[j - 1], from[i - 1] == to[j] {
                    edits = min(edits, beforeLast[j - 1] + 1)
                }
                row.append(edits)
            }
            (beforeLast, last) = (last, row)
        }
        return last[to.count]
    }
}
