internal import BSON
internal import Mongo

/// Indexes: what is not on the source, or is something else there, goes; what is missing comes once
/// the copy is done.
extension CatalogPlanner {
    mutating func planIndexes(indexable: Set<BinaryUUID>) {
        for match in matches {
            let wanted = Translation.untilCutover.indexes(of: match.source)
            let change = IndexChange(wanted: wanted, found: match.destination.indexes)
            if !change.dropped.isEmpty {
                plan.actions.append(
                    .dropIndexes(
                        match.uuid, match.namespace, change.dropped, source: match.sourceUUID))
            }
            for (name, arguments) in change.modified {
                plan.actions.append(
                    .modify(
                        match.uuid, match.namespace, ["index": .document(arguments)],
                        changes: ["index \(name)"], source: match.sourceUUID))
            }
            if indexable.contains(match.sourceUUID), !change.missing.isEmpty {
                plan.builds.append(
                    IndexBuild(
                        source: match.sourceUUID, destination: match.uuid,
                        namespace: match.source.namespace, specs: change.missing))
            }
        }
    }
}

/// What makes the indexes of one collection of the destination the wanted ones.
struct IndexChange {
    private(set) var dropped: [String] = []
    /// Names, and what to give to `collMod` as `index`.
    private(set) var modified: [(name: String, arguments: Document)] = []
    /// In the order of the source. Those that are being built are among them: asking for them waits
    /// for their end.
    private(set) var missing: [IndexSpec] = []

    init(wanted: [IndexSpec], found: [IndexSpec]) {
        let wantedByName = Dictionary(wanted.map { ($0.id, $0) }) { first, _ in first }
        var present: Set<ExactName> = []
        var abortedBuilds: Set<BinaryUUID> = []
        for index in found where !index.isImplied {
            guard let target = wantedByName[index.id],
                let changes = IndexChange.changes(index, target)
            else {
                dropped.append(index.name)
                if let build = index.build { abortedBuilds.insert(build) }
                continue
            }
            modified += changes.map { (index.name, $0) }
            if index.isFinished { present.insert(index.id) }
        }
        // An unfinished index is dropped only with all others of its build.
        let names = Set(dropped.map(ExactName.init))
        for index in found where index.build.map(abortedBuilds.contains) ?? false {
            if !names.contains(index.id) { dropped.append(index.name) }
        }
        missing = wanted.filter { !present.contains($0.id) }
    }

    /// `collMod` arguments that turn one index into the other; nil when it has to be built anew.
    private static func changes(_ index: IndexSpec, _ target: IndexSpec) -> [Document]? {
        let found = index.attributes
        let wanted = target.attributes
        let differences = Set(found.keys).union(wanted.keys).filter { found[$0] != wanted[$0] }
        guard differences.isSubset(of: ["hidden", "prepareUnique"]) else { return nil }
        // `prepareUnique` goes with nothing else in one command.
        return differences.sorted().map { name in
            let isWanted = wanted[name] != nil
            return ["name": .string(index.name), name: .bool(isWanted)]
        }
    }
}
