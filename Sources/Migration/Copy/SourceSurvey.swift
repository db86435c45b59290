internal import BSON
internal import Mongo

/// Measures collections of the source, and finds where to split them.
///
/// Every call blocks for one read, and throws `CollectionGone`.
struct SourceSurvey: Sendable {
    let context: Context
    /// Of the source.
    let lane: Lane

    /// Bytes without compression, and documents, as the server counts them.
    func size(of collection: MigratedCollection) async throws -> (bytes: Int, documents: Int) {
        let stats = try await aggregate(collection, [["$collStats": ["storageStats": [:]]]])
            .first?["storageStats"]?.document
        return (stats?["size"]?.integer ?? 0, stats?["count"]?.integer ?? 0)
    }

    /// How many ids are drawn for each of so many parts; nil where there are too few documents for that: servers read
    /// the whole collection for a sample of more than a twentieth of it.
    static func samples(parts: Int, documents: Int) -> Int? {
        guard parts > 1 else { return nil }
        let each = min(Tuning.samples, max(1, Tuning.mostSamples / parts))
        return parts * each <= documents / Tuning.sampling ? each : nil
    }

    /// Ids that split the collection into about `parts` parts of about the same size, in the order of its `_id` index;
    /// nil where the server does not find as many different ones, which happens now and then.
    ///
    /// Servers read a sample at random places: 112 ids of 2,000,000 documents took 0.1 s of their CPU, where a scan of
    /// the index took 1.7 s (measured).
    func bounds(
        of collection: MigratedCollection, parts: Int, samples: Int
    ) async throws -> [RawValue]? {
        let pipeline: [Value] = [
            ["$sample": ["size": .integer(parts * samples)]], ["$project": ["_id": 1]],
            ["$sort": ["_id": 1]],
        ]
        do {
            // Many places of a large collection on a slow disk: the answer may take longer than others may.
            let ids = try await aggregate(
                collection, pipeline, on: context.source.patientCluster.lane()
            ).compactMap { $0.raw("_id") }
            return SourceSurvey.bounds(ids, samples: samples)
        } catch let error as MongoError where error.isSampleNotFound {
            return nil
        }
    }

    /// Every so many of ids in order. Equal ones come once, and MinKey never.
    static func bounds(_ ids: [RawValue], samples: Int) -> [RawValue] {
        var bounds: [RawValue] = []
        var keys: Set<CanonicalKey> = []
        for place in stride(from: samples, to: ids.count, by: samples)
        where ids[place].canSplit && keys.insert(CanonicalKey(ids[place])).inserted {
            bounds.append(ids[place].copied())
        }
        return bounds
    }

    private func aggregate(
        _ collection: MigratedCollection, _ pipeline: [Value], on lane: Lane? = nil
    ) async throws -> [Document] {
        let lane = lane ?? self.lane
        var current = context.registry[collection.source] ?? collection
        while true {
            var command = context.sourceCommand("aggregate", current)
            command.append("pipeline", .array(Document(array: pipeline)))
            command.append("cursor", ["batchSize": 1_000_000])
            command.append("allowDiskUse", true)
            let aggregate = command.finish()
            do {
                return try await context.retry("measuring \(current.sourceName)") {
                    try await lane.all(aggregate, on: current.sourceName.database)
                }
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try context.followSource(of: current, error)
            } catch let error as MongoError where error.isNamespaceNotFound || error.isOnView {
                throw CollectionGone(collection: collection.source, side: .source)
            }
        }
    }
}
