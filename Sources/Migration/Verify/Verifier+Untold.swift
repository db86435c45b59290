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

    /// The first of these collections that is not equal on both sides, once `applyUntold` has made them so: it was
    /// written to since then.
    func changedUntold() async throws -> Namespace? {
        let lanes = VerifyLanes(context: context)
        for collection in context.registry.all where collection.isCopied && isUntold(collection) {
            let source = try await documents(
                of: lanes.openSource(collection, after: context.dirty.seenThrough) { _ in },
                lanes.source)
            let time = try await lanes.destinationTime()
            let destination = try await documents(
                of: lanes.openDestination(collection, after: time) { _ in }, lanes.destination)
            if source != destination { return collection.sourceName }
        }
        return nil
    }

    private static func projectID(_ command: inout DocumentBuilder) {
        command.append("projection", ["_id": 1])
    }

    /// Of the batch and all that follow it.
    private func ids(of first: Batch, _ lane: Lane) async throws -> Set<RawValue> {
        Set(try await documents(of: first, lane).compactMap { $0.raw("_id") })
    }

    private func documents(of first: Batch, _ lane: Lane) async throws -> Set<Document> {
        var documents: Set<Document> = []
        var batch = first
        while true {
            documents.formUnion(batch.documents)
            guard let cursor = batch.cursor else { return documents }
            batch = try await lane.more(cursor)
        }
    }
}
