/// Which samples of a data set take part in something: ids in ascending order, all of a range or some.
///
/// An id is a sample's place in the whole data set and stays so, whatever takes part: what a draw makes of a sample does
/// not depend on its company.
package struct SampleIDs: Sendable, Equatable {
    private enum Members: Sendable, Equatable {
        case range(Range<UInt64>)
        case some([UInt32])
    }

    private let members: Members

    package init(_ range: Range<UInt64>) { members = .range(range) }

    /// - Parameter ids: ascending, each once.
    package init(_ ids: [UInt32]) { members = .some(ids) }

    package var count: Int {
        switch members {
        case .range(let range): range.count
        case .some(let ids): ids.count
        }
    }

    /// The id at a place, 0 ..< count.
    package subscript(place: Int) -> UInt64 {
        switch members {
        case .range(let range): range.lowerBound + UInt64(place)
        case .some(let ids): UInt64(ids[place])
        }
    }

    /// The place of an id; nil if it takes no part.
    package func place(of id: UInt64) -> Int? {
        switch members {
        case .range(let range): return range.contains(id) ? Int(id - range.lowerBound) : nil
        case .some(let ids):
            var (low, high) = (0, ids.count)
            while low < high {
                let middle = (low + high) / 2
                if UInt64(ids[middle]) < id { low = middle + 1 } else { high = middle }
            }
            return low < ids.count && UInt64(ids[low]) == id ? low : nil
        }
    }

    package func contains(_ id: UInt64) -> Bool { place(of: id) != nil }
}
