internal import BSON
internal import Mongo

/// Mode `counts`: only the numbers of documents are compared.
extension Verifier {
    /// Looks once while writes go on, so that what can be seen early is seen; a number that is moving is left to the
    /// cutover.
    func countOnce() async throws {
        refresh()
        _ = try await compareCounts()
        withState { $0.hasCounted = true }
        changed.notify()
    }

    /// Compares the numbers of documents of those collections that have changed since theirs were equal. One that differs
    /// counts when nothing was applied meanwhile. False when some were moving, so that nothing can be said about them.
    func compareCounts() async throws -> Bool {
        let collections = comparable(isUrgent: withState { $0.isUrgent }).filter {
            $0.isCopied && !isKnownToBeEqual($0)
        }
        return try await withThrowingTaskGroup { group in
            var isDecided = true
            for (index, collection) in collections.enumerated() {
                if index >= workers { isDecided = try await (group.next() ?? true) && isDecided }
                group.addTask { try await self.isCountDecided(of: collection) }
            }
            while let isThisDecided = try await group.next() {
                isDecided = isThisDecided && isDecided
            }
            return isDecided
        }
    }

    private func isCountDecided(of collection: MigratedCollection) async throws -> Bool {
        do {
            return try await compareCount(of: collection)
        } catch is CollectionGone {
            context.reconcile.notify()
            return false
        }
    }

    private func isKnownToBeEqual(_ collection: MigratedCollection) -> Bool {
        withState { state in
            state.equalCounts[collection.source].map {
                $0 == (collection.destination, state.applied[collection.source] ?? 0)
            } ?? false
        }
    }

    private func compareCount(of collection: MigratedCollection) async throws -> Bool {
        let lanes = VerifyLanes(context: context)
        let uuid = collection.source
        // The source takes no writes meanwhile: then a count may not outlast the step that it is part of.
        let limit = withState { $0.isUrgent } ? Tuning.comparisonLimit : nil
        let applied = withState { $0.applied[uuid] ?? 0 }
        let newest = context.dirty.seenThrough
        let source = try await lanes.count(
            collection, on: .source, after: newest, within: limit)
        try await context.dirty.waitUntilApplied(source.time)
        let destination = try await lanes.count(
            collection, on: .destination, after: try await lanes.destinationTime(), within: limit)
        let isEqual =
            collection.kind == .capped
            ? destination.count >= source.count : destination.count == source.count
        if isEqual {
            withState { state in
                state.log.markRepaired(.collection(uuid))
                state.counted[uuid] = source.count
                let isQuiet = state.applied[uuid] ?? 0 == applied
                state.equalCounts[uuid] = isQuiet ? (collection.destination, applied) : nil
            }
            return true
        }
        // Whatever the stream brought since may explain it.
        let again = try await lanes.count(
            collection, on: .source, after: context.dirty.seenThrough, within: limit)
        guard context.dirty.read({ $0.isEmpty(uuid) }), again.count == source.count,
            context.dirty.read({ $0.newestEvent }) <= source.time
        else { return false }
        withState { state in
            state.counted[uuid] = min(source.count, destination.count)
            let mismatch = Mismatch(
                .count, in: collection.sourceName,
                detail: "\(source.count) on the source, \(destination.count) on the destination",
                firstSeen: source.time)
            state.log.name(mismatch, .collection(uuid))
        }
        return true
    }
}

extension VerifyLanes {
    /// The exact number of documents, by counting them, which takes as long as a scan of the collection. Throws
    /// `CollectionGone`.
    func count(
        _ collection: MigratedCollection, on side: Side.Role, after time: Timestamp,
        within limit: Duration?
    ) async throws -> (count: Int, time: Timestamp) {
        var current = context.registry[collection.source] ?? collection
        let (lane, name) =
            side == .source
            ? (context.source.patientCluster.lane(), current.sourceName)
            : (context.destination.patientCluster.lane(), current.destinationName)
        while true {
            var command =
                side == .source
                ? context.sourceCommand("aggregate", current)
                : context.destinationCommand("aggregate", current)
            command.append("pipeline", [["$count": "n"]])
            command.append("cursor", [:])
            if let limit {
                command.append("maxTimeMS", .integer(Int(limit.components.seconds) * 1_000))
            }
            command.append("readConcern", context.readConcern(after: time))
            let aggregate = command.finish()
            do {
                let batch = try await context.retry("counting \(name)") {
                    try await lane.open(aggregate, on: name.database)
                }
                let count = batch.documents.first { _ in true }?["n"]?.integer ?? 0
                return (count, batch.operationTime ?? .zero)
            } catch let error as MongoError where error.isUUIDMismatch || error.isNamespaceNotFound
            {
                current =
                    side == .source
                    ? try context.followSource(of: current, error)
                    : try context.followDestination(of: current, error)
            }
        }
    }
}
