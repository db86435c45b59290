internal import BSON
internal import Mongo

/// The differences that were found, each under the document or collection it is about: a bounded
/// number by name, the others by number.
struct MismatchLog: Sendable {
    enum Subject: Hashable, Sendable {
        case document(CanonicalKey, of: BinaryUUID)
        /// The order or the number of documents of a collection.
        case collection(BinaryUUID)

        var collection: BinaryUUID {
            switch self {
            case .document(_, let collection), .collection(let collection): collection
            }
        }

        var isWhole: Bool { if case .collection = self { true } else { false } }
    }

    private struct Entry: Sendable {
        let place: Int
        var mismatch: Mismatch
        /// Every form of the document's `_id` that was seen.
        let ids: [RawValue]
        /// The operator has taken note of it while it was still different: it goes when it is repaired.
        var isNoted = false
    }

    private var found: [Subject: Entry] = [:]
    private var catalog: [Mismatch] = []
    private var nextPlace = 0
    /// Differences that are not kept by name, by collection.
    private var unnamed: [BinaryUUID: (namespace: Namespace, count: Int)] = [:]
    private let limit: Int

    init(limit: Int = Tuning.namedMismatches) { self.limit = limit }

    var isEmpty: Bool { found.isEmpty && catalog.isEmpty && unnamed.isEmpty }

    var count: Int { found.count + catalog.count + unnamed.values.reduce(0) { $0 + $1.count } }

    /// The one that `all` begins with, without making all.
    var first: Mismatch? {
        catalog.first ?? found.values.min { $0.place < $1.place }?.mismatch
            ?? unnamed.values.first.map { named($0.count, in: $0.namespace) }
    }

    /// In the order in which they were found; catalog first.
    var all: [Mismatch] {
        let rest = unnamed.values.sorted { $0.namespace < $1.namespace }
            .map { named($0.count, in: $0.namespace) }
        return catalog + found.values.sorted { $0.place < $1.place }.map(\.mismatch) + rest
    }

    private func named(_ number: Int, in namespace: Namespace) -> Mismatch {
        Mismatch(
            .catalog, in: namespace,
            detail: "\(number) more documents differ than can be named", firstSeen: .zero)
    }

    subscript(_ subject: Subject) -> Mismatch? { found[subject]?.mismatch }

    /// Names a difference. What is already named under this subject keeps its time.
    mutating func name(_ mismatch: Mismatch, _ subject: Subject, ids: [RawValue] = []) {
        if let known = found[subject] {
            var newer = mismatch
            newer.firstSeen = known.mismatch.firstSeen
            if newer.detail.isEmpty { newer.detail = known.mismatch.detail }
            found[subject]?.mismatch = newer
        } else if found.count < limit {
            found[subject] = Entry(place: nextPlace, mismatch: mismatch, ids: ids)
            nextPlace += 1
        } else {
            unnamed[subject.collection, default: (mismatch.namespace, 0)].count += 1
        }
    }

    /// It is equal now.
    mutating func markRepaired(_ subject: Subject) {
        found[subject]?.mismatch.isRepaired = true
        if found[subject]?.isNoted == true { found[subject] = nil }
    }

    /// What is said about options, indexes and views; the reconciler has repaired it.
    mutating func addCatalog(_ mismatches: [Mismatch]) { catalog += mismatches }

    /// The operator has taken note of those with these names, as `description` has them: what of them was repaired, and
    /// what will be, counts no more. Returns what of them is to be compared again: what is still different, with the ids
    /// of the documents, and collections. Those are forgotten here, as the cutover compares their order and number anew.
    mutating func acknowledge(_ names: Set<String>) -> [(subject: Subject, ids: [RawValue])] {
        func isNoted(_ mismatch: Mismatch) -> Bool {
            names.contains(mismatch.name) || names.contains(mismatch.description)
        }
        catalog.removeAll(where: isNoted)
        var again: [(subject: Subject, ids: [RawValue])] = []
        for (subject, entry) in found where isNoted(entry.mismatch) {
            let isRepaired = entry.mismatch.isRepaired
            if !isRepaired { again.append((subject, entry.ids)) }
            if isRepaired || subject.isWhole { found[subject] = nil }
            found[subject]?.isNoted = true
        }
        for (collection, rest) in unnamed where isNoted(named(rest.count, in: rest.namespace)) {
            unnamed[collection] = nil
            again.append((.collection(collection), []))
        }
        return again
    }

    /// The collection is gone.
    mutating func forget(_ collection: BinaryUUID) {
        found = found.filter { $0.key.collection != collection }
        unnamed[collection] = nil
    }
}
