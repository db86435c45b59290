internal import BSON
internal import Mongo

/// Finds how to compare a collection: in natural order, or in how many ranges, between which ids.
///
/// Natural order is one scan a side, ranges are several at once. In natural order a document may be read from one side
/// long before it is read from the other, unless both have about the same order; all that is changed meanwhile adds to a
/// difference that has limits. So large collections are compared this way only where both sides begin alike: with ids
/// that rise as they were inserted, or with ids in no order that were copied in natural order.
struct RangePlanner: Sendable {
    struct Plan: Sendable {
        var work: [PassPlan.Task.Work]
        var documents: Int
        var averageBytes: Int
    }

    let lanes: VerifyLanes
    /// Up to which size natural order suits without a look at it.
    var naturalBytes = Tuning.naturalBytes

    /// Blocks for a measurement and, for large collections, the first ids of both sides; for ranges of those that were not
    /// copied in parts, a random sample of ids. `inRanges`: natural order has failed. Throws `CollectionGone`.
    func plan(_ collection: MigratedCollection, inRanges: Bool = false) async throws -> Plan {
        let size = try await measure(collection)
        let average = size.count == 0 ? 0 : size.bytes / size.count
        var plan = Plan(work: [], documents: size.count, averageBytes: average)
        let isNatural =
            inRanges ? false : try await suitsNaturalOrder(collection, bytes: size.bytes)
        if isNatural {
            plan.work = [.natural]
            return plan
        }
        let number = RangePlanner.ranges(bytes: size.bytes, documents: size.count)
        let bounds = number > 1 ? try await bounds(collection, ranges: number) : []
        plan.work = RangePlanner.ranges(between: bounds, of: collection.source).map { .range($0) }
        return plan
    }

    private func suitsNaturalOrder(
        _ collection: MigratedCollection, bytes: Int
    ) async throws -> Bool {
        if collection.kind == .capped { return true }
        // The order of clustered collections, buckets among them, is that of their ids.
        guard collection.kind == .plain, !collection.isClustered else { return false }
        guard bytes > naturalBytes else { return true }
        @Sendable func find(_ command: inout DocumentBuilder) {
            command.append("hint", ["$natural": 1])
            command.append("projection", ["_id": 1])
            command.append("limit", .integer(Tuning.scatterSample))
        }
        let time = lanes.context.dirty.seenThrough
        let source = try await lanes.openSource(collection, after: time, find)
        let destination = try await lanes.openDestination(collection, find)
        let areScattered = [source, destination].map { batch in
            NaturalOrder.isScattered(batch.documents.compactMap { $0.raw("_id") })
        }
        return areScattered[0] == areScattered[1]
    }

    /// How many ranges a collection of this size is split into.
    static func ranges(bytes: Int, documents: Int) -> Int {
        let most = documents / Tuning.verifySampling / Tuning.verifySamples
        return min(bytes / Tuning.verifyRangeBytes, most, Tuning.verifyRanges)
    }

    /// Ranges that cover everything exactly once. `bounds` in the order of the index.
    static func ranges(between bounds: [RawValue], of collection: BinaryUUID) -> [Partition] {
        (0...bounds.count).map { index in
            Partition(
                collection: collection, index: index, lower: index == 0 ? nil : bounds[index - 1],
                upper: index < bounds.count ? bounds[index] : nil)
        }
    }

    /// The bounds of the copy, as long as the collection has not outgrown them.
    private func bounds(_ collection: MigratedCollection, ranges: Int) async throws -> [RawValue] {
        let copied = try await lanes.context.store.partitions(of: collection)
        if copied.last?.upper == nil, copied.count > ranges / 2 {
            return copied.compactMap(\.upper)
        }
        return try await sample(collection, ranges: ranges)
    }

    /// Ids that split the collection about evenly, put into order by the server. Equal ones come once.
    private func sample(_ collection: MigratedCollection, ranges: Int) async throws -> [RawValue] {
        let size = ranges * Tuning.verifySamples
        let ids = try await aggregate(
            collection,
            [
                ["$sample": ["size": .integer(size)]], ["$project": ["_id": 1]],
                ["$sort": ["_id": 1]],
            ]
        ).compactMap { $0.raw("_id")?.copied() }
        var bounds: [RawValue] = []
        var keys: Set<CanonicalKey> = []
        for place in stride(from: Tuning.verifySamples, to: ids.count, by: Tuning.verifySamples)
        where keys.insert(CanonicalKey(ids[place])).inserted {
            bounds.append(ids[place])
        }
        return bounds
    }

    private func measure(
        _ collection: MigratedCollection
    ) async throws -> (bytes: Int, count: Int) {
        let stats = try await aggregate(collection, [["$collStats": ["storageStats": [:]]]])
            .first?["storageStats"]?.document
        return (stats?["size"]?.integer ?? 0, stats?["count"]?.integer ?? 0)
    }

    private func aggregate(
        _ collection: MigratedCollection, _ pipeline: [Value]
    ) async throws -> [Document] {
        var current = lanes.context.registry[collection.source] ?? collection
        while true {
            var command = lanes.context.sourceCommand("aggregate", current)
            command.append("pipeline", .array(Document(array: pipeline)))
            command.append("cursor", ["batchSize": 1_000_000])
            command.append("allowDiskUse", true)
            let aggregate = command.finish()
            do {
                let database = current.sourceName.database
                return try await lanes.context.retry("measuring \(current.sourceName)") {
                    try await lanes.source.open(aggregate, on: database)
                }.documents.map { $0 }
            } catch let error as MongoError where error.isUUIDMismatch {
                current = try lanes.context.followSource(of: current, error)
            } catch let error as MongoError where error.isNamespaceNotFound {
                throw CollectionGone(collection: collection.source, side: .source)
            }
        }
    }
}
