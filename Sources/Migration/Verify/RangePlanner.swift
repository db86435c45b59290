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
    private var survey: SourceSurvey { SourceSurvey(context: lanes.context, lane: lanes.source) }
    /// Up to which size natural order suits without a look at it.
    var naturalBytes = Tuning.naturalBytes

    /// Blocks for a measurement and, for large collections, the first ids of both sides; for ranges of those that were not
    /// copied in parts, a random sample of ids. `inRanges`: natural order has failed. Throws `CollectionGone`.
    func plan(_ collection: MigratedCollection, inRanges: Bool = false) async throws -> Plan {
        let size = try await survey.size(of: collection)
        let average = size.documents == 0 ? 0 : size.bytes / size.documents
        var plan = Plan(work: [], documents: size.documents, averageBytes: average)
        let isNatural =
            inRanges ? false : try await suitsNaturalOrder(collection, bytes: size.bytes)
        if isNatural {
            plan.work = [.natural]
            return plan
        }
        let number = RangePlanner.ranges(
            bytes: size.bytes, documents: size.documents,
            partitionBytes: lanes.context.options.partitionBytes)
        let bounds = number > 1 ? try await bounds(collection, ranges: number) : []
        plan.work = Partition.all(between: bounds, of: collection.source).map { .range($0) }
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

    /// How many ranges a collection of this size is split into: small enough that workers end at about the same time, and
    /// no smaller than what was copied as one, whose bounds are known.
    static func ranges(
        bytes: Int, documents: Int, partitionBytes: Int = Tuning.partitionBytes
    ) -> Int {
        let most = documents / Tuning.sampling / Tuning.samples
        return min(bytes / partitionBytes, most, Tuning.verifyRanges)
    }

    /// The bounds of the copy, as long as the collection has not outgrown them.
    private func bounds(_ collection: MigratedCollection, ranges: Int) async throws -> [RawValue] {
        let copied = try await lanes.context.store.partitions(of: collection)
        if copied.last?.upper == nil, copied.count > ranges / 2 {
            return copied.compactMap(\.upper)
        }
        return try await survey.bounds(of: collection, parts: ranges, samples: Tuning.samples) ?? []
    }
}
