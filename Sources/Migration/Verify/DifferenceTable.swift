internal import BSON
internal import CPrefetch

/// What two multisets of documents do not have in common, in memory that is bound to the size of that difference alone:
/// an invertible Bloom lookup table (Goodrich and Mitzenmacher, 2011). A pure value.
///
/// Every document is added to one cell in each third of the table, with its sign: plus for the source, minus for the
/// destination. What both sides have cancels out, in whatever order it comes. A cell that is left with a single document
/// tells which one that is; taken out of its other cells too, it leaves others single. While the difference is smaller
/// than about four fifths of the cells, all of it comes out this way.
///
/// Cells are sums of 128-bit fingerprints. A difference is overlooked where these add up to zero in all of its cells,
/// which takes a chance of 2^-128 or less. Where something is left that does not come out, there is no answer.
struct DifferenceTable: Sendable {
    /// Each a side's documents that the other has not.
    struct Rest: Sendable {
        var source: [RawValue] = []
        var destination: [RawValue] = []
    }

    /// A cell is `stride` of these: number of documents, both halves of the fingerprint and its checksum; then type and
    /// length of the `_id`, and its bytes. Everything counts modulo 2^64.
    private typealias Words = SIMD4<UInt64>

    private var words: [Words]
    private let stride: Int
    /// Cells in each third.
    private let third: Int
    /// Documents that are still to be added, each as the cell that it would have for itself, and where they belong: nearly
    /// no cell is in the processor's caches, and so it has time to bring them there.
    private var items: [Words]
    private var places: [Place]
    private var count = 0

    private struct Place {
        var first = 0
        var second = 0
        var third = 0
    }

    /// Room for this many documents that differ, as far as `limit` bytes allow. Those with an `_id` of more than `idBytes`,
    /// or `Tuning.differenceIDBytes`, only cancel out.
    init(documents: Int, idBytes: Int, limit: Int = Tuning.differenceBytes) {
        let width = MemoryLayout<Words>.size
        let idBytes = min(idBytes, Tuning.differenceIDBytes)
        stride = 1 + (Self.idStart - width + max(1, idBytes) + width - 1) / width
        third = min(documents / 2 + Tuning.differenceCells, limit / width / stride / 3)
        words = Array(repeating: .zero, count: 3 * third * stride)
        items = Array(repeating: .zero, count: Tuning.differenceItems * stride)
        places = Array(repeating: Place(), count: Tuning.differenceItems)
    }

    /// Offset of the `_id` in a cell, bytes: behind its type and length.
    private static let idStart = MemoryLayout<Words>.size + 8
    /// Longer than any `_id`: there is none.
    private static let noID = 1 << 30

    private var room: Int { stride * MemoryLayout<Words>.size - Self.idStart }

    // MARK: Adding

    /// Adds the document that the cursor is at.
    mutating func add(_ documents: DocumentCursor, of side: Side.Role) {
        let fingerprint = documents.fingerprint
        let item = count * stride
        items[item] = Words(1, fingerprint.low, fingerprint.high, fingerprint.checksum)
        for index in 1..<stride { items[item + index] = .zero }
        setID(documents, item)
        if side == .destination { negate(item) }
        let place = place(of: fingerprint)
        fetch(place)
        places[count] = place
        count += 1
        if count == places.count { addItems() }
    }

    private mutating func setID(_ documents: DocumentCursor, _ item: Int) {
        let start = item * MemoryLayout<Words>.size + Self.idStart
        let room = room
        items[item + 1][0] = UInt64(Self.noID) << 8
        unsafe documents.withID { type, bytes in
            items[item + 1][0] = UInt64(bytes.count) << 8 | UInt64(type)
            unsafe items.withUnsafeMutableBytes { items in
                let place = unsafe UnsafeMutableRawBufferPointer(rebasing: items[start...])
                unsafe place.copyBytes(from: bytes.prefix(room))
            }
        }
    }

    private mutating func negate(_ item: Int) {
        for index in item..<item + stride { items[index] = .zero &- items[index] }
    }

    private func fetch(_ place: Place) {
        let bytes = stride * MemoryLayout<Words>.size
        unsafe words.withUnsafeBufferPointer { words in
            guard let cells = words.baseAddress else { return }
            unsafe cprefetch_to_write(cells + place.first, bytes)
            unsafe cprefetch_to_write(cells + place.second, bytes)
            unsafe cprefetch_to_write(cells + place.third, bytes)
        }
    }

    private mutating func addItems() {
        let (stride, count) = (stride, count)
        unsafe words.withUnsafeMutableBufferPointer { words in
            for number in 0..<count {
                let (place, item) = (places[number], number * stride)
                for index in 0..<stride {
                    let word = items[item + index]
                    unsafe words[place.first + index] &+= word
                    unsafe words[place.second + index] &+= word
                    unsafe words[place.third + index] &+= word
                }
            }
        }
        self.count = 0
    }

    /// Where the cells of a document begin.
    private func place(of fingerprint: Fingerprint) -> Place {
        func cell(_ part: Int, _ hash: UInt64) -> Int {
            (part * third + Int(hash.multipliedFullWidth(by: UInt64(third)).high)) * stride
        }
        return Place(
            first: cell(0, fingerprint.low), second: cell(1, fingerprint.high),
            third: cell(2, fingerprint.checksum))
    }

    // MARK: Taking out

    /// Takes out everything that is on one side only, as `_id`s. Nil when that is more than fits, or has no `_id` that
    /// does; then the table is of no use any more.
    mutating func takeRest() -> Rest? {
        addItems()
        var rest = Rest()
        var open = Array(Swift.stride(from: 0, to: words.count, by: stride))
        while let cell = open.popLast() {
            guard let (side, fingerprint) = loadSingle(cell) else { continue }
            guard let id else { return nil }
            if side == .source {
                rest.source.append(id)
                negate(0)
            } else {
                rest.destination.append(id)
            }
            let place = place(of: fingerprint)
            places[0] = place
            count = 1
            addItems()
            open += [place.first, place.second, place.third]
        }
        return words.allSatisfy { $0 == .zero } ? rest : nil
    }

    /// Makes the first item the document that is alone in this cell, without its sign; nil where there are none or
    /// several.
    private mutating func loadSingle(_ cell: Int) -> (Side.Role, Fingerprint)? {
        let number = words[cell][0]
        guard number == 1 || number == .max else { return nil }
        for index in 0..<stride { items[index] = words[cell + index] }
        if number != 1 { negate(0) }
        let fingerprint = Fingerprint(low: items[0][1], high: items[0][2])
        guard items[0][3] == fingerprint.checksum else { return nil }
        return (number == 1 ? .source : .destination, fingerprint)
    }

    /// That of the first item; nil where it does not fit.
    private var id: RawValue? {
        let count = Int(items[1][0] >> 8)
        guard count <= room else { return nil }
        let type = UInt8(truncatingIfNeeded: items[1][0])
        return unsafe items.withUnsafeBytes { items in
            let bytes = unsafe UnsafeRawBufferPointer(
                rebasing: items[Self.idStart..<Self.idStart + count])
            return unsafe RawValue(type: type, copying: bytes)
        }
    }
}

extension Fingerprint {
    /// Tells sums of fingerprints from single ones: it is not additive.
    fileprivate var checksum: UInt64 {
        var bits = low ^ (high << 29 | high >> 35)
        for factor: UInt64 in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
            bits = (bits ^ bits >> 31) &* factor
        }
        return bits ^ bits >> 31
    }
}
