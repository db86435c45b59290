package import BSON
package import Mongo

/// What turns one collection of the destination from its form until the cutover into its final one.
package struct FinishingPlan: Hashable, Sendable {
    package let destination: BinaryUUID
    package let namespace: Namespace
    /// Indexes that are not there though they should be, and are built by nothing that this plans.
    package private(set) var missing: [String] = []
    /// Indexes that must refuse duplicates from now on; nothing is scanned for that.
    package private(set) var prepared: [String] = []
    /// Unique indexes that could not be there beside their twins, to be built.
    package private(set) var twins: [IndexSpec] = []
    /// Indexes to be made unique, prepared ones among them.
    package private(set) var unique: [String] = []
    /// `collMod` arguments for indexes: expiry and hiding.
    package private(set) var modified: [Document] = []
    /// `collMod` arguments for the collection: expiry and capped limits.
    package private(set) var options: Document = [:]

    package var isEmpty: Bool {
        missing.isEmpty && prepared.isEmpty && twins.isEmpty && unique.isEmpty && modified.isEmpty
            && options.isEmpty
    }

    /// What is left to do, for every collection that is on both sides. Made anew from a new
    /// reading, it leaves out what was done: so it goes on after a crash.
    package static func make(
        source: Catalog, destination: Catalog, pairs: [BinaryUUID: BinaryUUID]
    ) -> [FinishingPlan] {
        matches(source, destination, pairs).map(FinishingPlan.init).filter { !$0.isEmpty }
    }

    /// What of it these items are about.
    package func limited(to items: Set<Finishing.Item>) -> FinishingPlan {
        func contains(_ index: String?) -> Bool {
            items.contains(
                Finishing.Item(namespace: namespace.withoutBucketsPrefix, index: index))
        }
        var plan = self
        plan.missing.removeAll { !contains($0) }
        plan.prepared.removeAll { !contains($0) }
        plan.twins.removeAll { !contains($0.name) }
        plan.unique.removeAll { !contains($0) }
        plan.modified.removeAll { !contains($0["name"]?.string) }
        if !contains(nil) { plan.options = [:] }
        return plan
    }

    static func matches(
        _ source: Catalog, _ destination: Catalog, _ pairs: [BinaryUUID: BinaryUUID]
    ) -> [(source: CollectionInfo, destination: CollectionInfo)] {
        source.sorted.compactMap { info in
            guard let uuid = info.uuid, let paired = pairs[uuid], let found = destination[paired]
            else { return nil }
            return (info, found)
        }
    }

    private init(_ source: CollectionInfo, _ destination: CollectionInfo) {
        self.destination = destination.uuid ?? BinaryUUID(high: 0, low: 0)
        namespace = destination.namespace
        let found = Dictionary(
            destination.indexes.filter(\.isFinished).map { ($0.id, $0) }, uniquingKeysWith: { $1 }
        )
        let twinNames = Set(Translation.twins(of: source).map(\.id))
        for index in Translation.final.indexes(of: source) {
            guard let present = found[index.id] else {
                guard twinNames.contains(index.id) else {
                    missing.append(index.name)
                    continue
                }
                twins.append(Translation.twin(index, of: source))
                if let change = FinishingPlan.modification(of: nil, to: index) {
                    modified.append(change)
                }
                continue
            }
            plan(index, present)
        }
        let differences = ComparableOptions.wanted(for: source, .final)
            .differences(from: ComparableOptions.found(on: destination, .final))
        options =
            OptionChange(to: Translation.final.options(of: source), changing: differences).arguments
    }

    private mutating func plan(_ index: IndexSpec, _ present: IndexSpec) {
        if index.isUnique, !present.isUnique, index.canBeUnique {
            if !present.isPreparedUnique { prepared.append(index.name) }
            unique.append(index.name)
        } else if index.isPreparedUnique, !present.isPreparedUnique, index.canBeUnique {
            prepared.append(index.name)
        }
        if let change = FinishingPlan.modification(of: present, to: index) {
            modified.append(change)
        }
    }

    /// Expiry and hiding go together in one command.
    private static func modification(of present: IndexSpec?, to index: IndexSpec) -> Document? {
        var builder = DocumentBuilder()
        if let expiry = index.expiry, present?.expiry != expiry {
            builder.append("expireAfterSeconds", .integer(expiry))
        }
        if index.isHidden != (present?.isHidden ?? false) {
            builder.append("hidden", .bool(index.isHidden))
        }
        let changes = builder.finish()
        return changes.isEmpty ? nil : changes.setting("name", to: .string(index.name))
    }
}

/// What takes back everything that was prepared: the form until the cutover again.
package struct FinishingUndo: Hashable, Sendable {
    package let destination: BinaryUUID
    package let namespace: Namespace
    /// Indexes that accept duplicates again.
    package let prepared: [String]
    /// Twins to be dropped.
    package let twins: [String]

    package static func make(
        source: Catalog, destination: Catalog, pairs: [BinaryUUID: BinaryUUID]
    ) -> [FinishingUndo] {
        FinishingPlan.matches(source, destination, pairs).compactMap { source, destination in
            let names = Set(Translation.untilCutover.indexes(of: source).map(\.id))
            let twins = Set(Translation.twins(of: source).map(\.id))
            let prepared = destination.indexes.filter {
                $0.isPreparedUnique && names.contains($0.id)
            }
            // Unfinished ones too: dropping ends their build.
            let built = destination.indexes.filter { twins.contains($0.id) }
            guard let uuid = destination.uuid, !prepared.isEmpty || !built.isEmpty else {
                return nil
            }
            return FinishingUndo(
                destination: uuid, namespace: destination.namespace, prepared: prepared.map(\.name),
                twins: built.map(\.name))
        }
    }
}

extension Translation {
    /// The unique index of two twins as it is built at the cutover: expiry and hiding come later.
    static func twin(_ index: IndexSpec, of info: CollectionInfo) -> IndexSpec {
        Translation.untilCutover.translate(index, of: info).with { $0.setting("unique", to: true) }
    }
}
