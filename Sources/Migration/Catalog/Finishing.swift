package import BSON
package import Mongo

/// The last steps of a cutover on the destination's catalog.
///
/// Every step reads the destination anew and does what is left, so it can be run again after a
/// crash. What the server refuses for good comes back as problems, and the rest is done all the
/// same; what passes by itself is thrown.
package struct Finishing: Sendable {
    /// An index of a collection, or its options.
    package struct Item: Hashable, Sendable {
        package let namespace: Namespace
        /// Nil: the options.
        package let index: String?

        package init(namespace: Namespace, index: String?) {
            self.namespace = namespace
            self.index = index
        }
    }

    /// The source's catalog at the final time.
    let source: Catalog
    let pairs: [BinaryUUID: BinaryUUID]
    let destination: CatalogReader
    /// To the destination, with endless patience: as many collections are finished at once.
    let lanes: [Lane]

    package init(
        source: Catalog, pairs: [BinaryUUID: BinaryUUID], destination: CatalogReader, lanes: [Lane]
    ) {
        self.source = source
        self.pairs = pairs
        self.destination = destination
        self.lanes = lanes
    }

    /// Before the destination accepts writes: every index that is to be unique refuses duplicates
    /// from now on, and twins are built. Quick but for twins. Missing indexes are problems: afterwards they may be gone
    /// because whoever uses the destination has dropped them.
    package func prepare() async throws -> [CatalogProblem] {
        try await forEach(try await plans()) { plan, collection in
            for name in plan.missing { collection.miss(name) }
            for name in plan.prepared { try await collection.prepareUnique(name, true) }
            if !plan.twins.isEmpty { try await collection.build(plan.twins) }
        }
    }

    /// Takes `prepare` back. Never after `finish` has begun.
    package func undo() async throws -> [CatalogProblem] {
        let catalog = try await read()
        let plans = FinishingUndo.make(source: source, destination: catalog, pairs: pairs)
        return try await lanes.forEach(plans) { plan, lane in
            var collection = FinishedCollection(
                uuid: plan.destination, namespace: plan.namespace, lane: lane)
            if !plan.twins.isEmpty { try await collection.drop(plan.twins) }
            for name in plan.prepared { try await collection.prepareUnique(name, false) }
            return collection.problems
        }.flatMap(\.self)
    }

    /// When the destination accepts writes: unique indexes, expiry, hiding, capped limits. `items`: these alone, as
    /// whoever uses the destination by now may have changed the others.
    package func finish(only items: Set<Item>? = nil) async throws -> [CatalogProblem] {
        let plans = try await plans().map { plan in items.map(plan.limited) ?? plan }
        return try await forEach(plans) { plan, collection in
            for name in plan.prepared { try await collection.prepareUnique(name, true) }
            for name in plan.unique { try await collection.makeUnique(name) }
            if !plan.twins.isEmpty { try await collection.build(plan.twins) }
            for change in plan.modified { try await collection.modify(index: change) }
            if !plan.options.isEmpty { try await collection.modify(plan.options) }
        }
    }

    private func read() async throws -> Catalog {
        try await destination.read(databases: source.databases)
    }

    private func forEach(
        _ plans: [FinishingPlan],
        _ body: @escaping @Sendable (FinishingPlan, inout FinishedCollection) async throws -> Void
    ) async throws -> [CatalogProblem] {
        try await lanes.forEach(plans) { plan, lane in
            var collection = FinishedCollection(
                uuid: plan.destination, namespace: plan.namespace, lane: lane)
            try await body(plan, &collection)
            return collection.problems
        }.flatMap(\.self)
    }

    private func plans() async throws -> [FinishingPlan] {
        FinishingPlan.make(source: source, destination: try await read(), pairs: pairs)
    }
}
