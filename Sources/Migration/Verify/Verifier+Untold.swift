internal import BSON
internal import Mongo

/// What the change stream of an older source does not tell of: `system.js`. It is small; the cutover brings it over
/// once more, and only then it is compared.
extension Verifier {
    func isUntold(_ collection: MigratedCollection) -> Bool {
        collection.sourceName.isStoredFunctions && !context.source.version.tellsOfSystemCollections
    }

    /// The collections that may be compared now.
    func comparable(isUrgent: Bool) -> [MigratedCollection] {
        context.registry.all.filter { isUrgent || !isUntold($0) }
    }

    /// Applies every document of these collections, while the source takes no writes; returns when that is done.
    func applyUntold() async throws {
        let lanes = VerifyLanes(context: context)
        for collection in context.registry.all where collection.isCopied && isUntold(collection) {
            do {
                let time = context.dirty.seenThrough
                var ids = try await ids(
                    of: lanes.openSource(collection, after: time, Self.projectID), lanes.source)
                ids.formUnion(
                    try await self.ids(
                        of: lanes.openDestination(collection, Self.projectID), lanes.destination))
                try await apply(Array(ids), of: collection.source)
            } catch is CollectionGone {
                context.reconcile.notify()
            }
        }
    }

    private static func projectID(_ command: inout DocumentBuilder) {
        command.append("projection", ["_id": 1])
    }

    /// Of the batch and all that follow it.
    private func ids(of first: Batch, _ lane: Lane) async throws -> Set<RawValue> {
        var ids: Set<RawValue> = []
        var batch = first
        while true {
            ids.formUnion(batch.documents.compactMap { $0.raw("_id") })
            guard let cursor = batch.cursor else { return ids }
            batch = try await lane.more(cursor)
        }
    }
}
