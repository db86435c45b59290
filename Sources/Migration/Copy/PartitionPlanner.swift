internal import BSON
internal import Mongo

/// Finds where to split a collection: into partitions of about `MigrationOptions.partitionBytes`.
///
/// Between ids drawn at random, see `SourceSurvey`; where the server draws none, by one scan of its `_id` index in which
/// each key becomes a boundary with a probability.
struct PartitionPlanner: Sendable {
    /// Into how many partitions how many documents are split.
    struct Split: Sendable {
        let partitions: Int
        let documents: Int

        /// Nil when the collection is small enough to be copied as one.
        init?(bytes: Int, documents: Int, partitionBytes: Int = Tuning.partitionBytes) {
            guard bytes > partitionBytes, documents > 1 else { return nil }
            partitions = min(documents, Int((Double(bytes) / Double(partitionBytes)).rounded()))
            self.documents = documents
        }

        /// With which probability a key becomes a boundary.
        var rate: Double { Double(partitions) / Double(documents) }

        /// Boundaries at most: what grows while it is split must not be split for ever. Above what chance makes of `rate`.
        var limit: Int { partitions + partitions / 4 + 8 }
    }

    let context: Context
    /// Of the source.
    let lane: Lane

    /// Plans from `start` (nil: the beginning) on, calling `found` with partitions as soon as their ends are known, the
    /// last one with an open end. Numbers begin at `index`. Throws `CollectionGone`.
    func plan(
        _ collection: MigratedCollection, _ split: Split, from start: RawValue?, index: Int,
        found: ([Partition]) async throws -> Void
    ) async throws {
        if start == nil, let bounds = try await drawn(collection, split) {
            let partitions = Partition.all(between: bounds, of: collection.source)
            for first in stride(from: 0, to: partitions.count, by: Tuning.foundPartitions) {
                try await found(Array(partitions[first...].prefix(Tuning.foundPartitions)))
            }
            return
        }
        try await scan(collection, split, from: start, index: index, found: found)
    }

    private func drawn(_ collection: MigratedCollection, _ split: Split) async throws -> [RawValue]?
    {
        guard
            let samples = SourceSurvey.samples(
                parts: split.partitions, documents: split.documents)
        else { return nil }
        return try await SourceSurvey(context: context, lane: lane)
            .bounds(of: collection, parts: split.partitions, samples: samples)
    }

    private func scan(
        _ collection: MigratedCollection, _ split: Split, from start: RawValue?, index: Int,
        found: ([Partition]) async throws -> Void
    ) async throws {
        var lower = start
        var index = index
        var current = collection
        while true {
            do {
                var batch = try await context.retry("splitting \(collection.sourceName)") {
                    try await open(current, split, from: lower, atMost: split.limit - index)
                }
                while true {
                    let partitions = batch.documents.compactMap { document -> Partition? in
                        guard let upper = document.raw("_id"), upper.canSplit, upper != lower
                        else { return nil }
                        defer {
                            lower = upper.copied()
                            index += 1
                        }
                        return Partition(
                            collection: collection.source, index: index, lower: lower,
                            upper: upper.copied())
                    }
                    if !partitions.isEmpty { try await found(partitions) }
                    guard let cursor = batch.cursor else { break }
                    batch = try await lane.more(cursor, batchSize: 1)
                }
                try await found([
                    Partition(collection: collection.source, index: index, lower: lower, upper: nil)
                ])
                return
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followSource(of: current, error)
            } catch let error as MongoError where error.isWaitedFor {
                // The scan goes on behind the last boundary.
            }
        }
    }

    private func open(
        _ collection: MigratedCollection, _ split: Split, from lower: RawValue?, atMost limit: Int
    ) async throws -> Batch {
        var command = DocumentBuilder()
        command.append("aggregate", .string(collection.sourceName.collection))
        if context.source.version.namesCollectionsByUUID {
            command.append("collectionUUID", .uuid(collection.source))
        }
        var pipeline: [Value] = [["$sort": ["_id": 1]], ["$project": ["_id": 1]]]
        if let lower {
            var bound = DocumentBuilder()
            bound.begin("$expr")
            bound.beginArray("$gt")
            bound.append("0", "$_id")
            bound.begin("1")
            bound.append("$literal", raw: lower)
            bound.end()
            bound.end()
            bound.end()
            pipeline.insert(["$match": .document(bound.finish())], at: 0)
        }
        pipeline.append(["$match": ["$sampleRate": .double(split.rate)]])
        pipeline.append(["$limit": .integer(max(1, limit))])
        command.append("pipeline", .array(Document(array: pipeline)))
        command.append("hint", ["_id": 1])
        command.append("cursor", ["batchSize": 1])
        command.append("readConcern", ["level": "majority"])
        return try await lane.open(command.finish(), on: collection.sourceName.database)
    }
}
