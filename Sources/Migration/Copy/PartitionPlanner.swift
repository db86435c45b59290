internal import BSON
internal import Mongo

/// Finds where to split a collection: one scan of its `_id` index in which each key becomes a boundary with a
/// probability that makes partitions of about `Tuning.partitionBytes`.
struct PartitionPlanner: Sendable {
    let context: Context
    let lane: Lane

    /// With which probability a key becomes a boundary; nil when the collection is small enough to be copied as one.
    static func sampleRate(bytes: Int, count: Int) -> Double? {
        guard bytes > Tuning.partitionBytes, count > 1 else { return nil }
        let partitions = Double(bytes) / Double(Tuning.partitionBytes)
        return min(1, partitions / Double(count))
    }

    /// Plans from `start` (nil: the beginning) on, calling `found` with partitions as soon as their ends are known, the
    /// last one with an open end. Numbers begin at `index`.
    func plan(
        _ collection: MigratedCollection, sampleRate: Double, from start: RawValue?, index: Int,
        found: ([Partition]) async throws -> Void
    ) async throws {
        var lower = start
        var index = index
        var current = collection
        while true {
            do {
                var batch = try await context.retry("splitting \(collection.sourceName)") {
                    try await open(current, sampleRate: sampleRate, from: lower)
                }
                while true {
                    let partitions = batch.documents.compactMap { document -> Partition? in
                        guard let upper = document.raw("_id"), upper != lower else { return nil }
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
        _ collection: MigratedCollection, sampleRate: Double, from lower: RawValue?
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
        pipeline.append(["$match": ["$sampleRate": .double(sampleRate)]])
        command.append("pipeline", .array(Document(array: pipeline)))
        command.append("hint", ["_id": 1])
        command.append("cursor", ["batchSize": 1])
        command.append("readConcern", ["level": "majority"])
        return try await lane.open(command.finish(), on: collection.sourceName.database)
    }
}
