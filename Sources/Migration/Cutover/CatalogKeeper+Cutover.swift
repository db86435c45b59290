internal import BSON
internal import Mongo

/// What the cutover asks of the catalog.
extension CatalogKeeper {
    /// Before anything is stopped: what the destination refuses is named, and so are documents that make a unique index
    /// impossible. Waits a little for indexes that are being built, and for `UniqueWatch` where that is not done yet.
    func refuseOnViolations() async throws {
        try await reconcile()
        let deadline = ContinuousClock.now + Tuning.buildPatience
        while isBuilding, problems.isEmpty, refusedBuilds.isEmpty,
            ContinuousClock.now < deadline
        {
            try await waitForMore()
        }
        try refuseOnProblems()
        if let build = builds.first {
            throw MigrationError(
                .cutoverRefused,
                "indexes of \(build.namespace.withoutBucketsPrefix) are being built on the destination: cut over when they are there"
            )
        }
        guard !isBuilding else {
            throw MigrationError(
                .cutoverRefused,
                "indexes that the source has dropped meanwhile are being built on the destination: cut over when they are gone"
            )
        }
        let found = try await findViolations()
        guard let first = found.first else { return }
        throw MigrationError(
            .cutoverRefused,
            "\(found.count == 1 ? "an index" : "\(found.count) indexes") cannot be made unique: \(first)"
                + (first.documents.isEmpty
                    ? ""
                    : " (documents \(first.documents[0].map(\.json).joined(separator: " and ")))"))
    }

    /// Collections of the source whose documents expire: deletes there need not be an application's.
    var expiring: Set<Namespace> {
        let collections = sourceCatalog.collections.values.filter { info in
            info.options.has("expireAfterSeconds") || info.indexes.contains { $0.expiry != nil }
        }
        return Set(collections.map(\.namespace))
    }

    /// The last time before the cutover: returns when both catalogs are equal, indexes included, also those of collections
    /// that this has made and that are still to be copied.
    func reconcileForCutover() async throws {
        try await reconcile()
        while !isEqual || !context.registry.all.allSatisfy({ indexed.contains($0.source) }) {
            try refuseOnProblems()
            try await waitForMore()
        }
        comparedSource = sourceCatalog
    }

    /// A collection or view of an older source that is not what it was in `reconcileForCutover`: no event tells of that.
    func changedUntold() async throws -> Namespace? {
        guard !context.source.version.tellsOfDefinitions else { return nil }
        let now = try await context.retry("reading the source's catalog") {
            try await sourceReader.read(filter: context.options.filter)
        }
        return now.firstDifference(from: comparedSource)?.withoutBucketsPrefix
    }

    private func refuseOnProblems() throws {
        guard let problem = problems.first ?? refusedBuilds.first else { return }
        throw MigrationError(.cutoverRefused, "the catalogs are not equal: \(problem)")
    }

    /// From now on the destination refuses duplicates where the source does. `store` gets what is to be finished later;
    /// returns of how many collections.
    func prepareUnique(_ store: StateStore) async throws -> Int {
        try await setPrepared(true)
        let unfinished = sourceCatalog.sorted.filter(Translation.isFinishedLater)
        try await store.saveFinal(unfinished)
        let problems = try await context.retry("preparing unique indexes") {
            try await finishing.prepare()
        }
        guard let first = problems.first else { return unfinished.count }
        throw MigrationError(
            .cutoverRefused, "the destination's indexes cannot be prepared: \(first)")
    }

    /// Takes `prepareUnique` back.
    func undoPrepareUnique() async throws {
        if sourceCatalog.collections.isEmpty { try await readCatalogs() }
        let problems = try await context.retry("taking back the preparation of unique indexes") {
            try await finishing.undo()
        }
        for problem in problems { log.note("\(problem)") }
        try await setPrepared(false)
    }

    /// Unique indexes, expiry, hiding and limits as they were on the source at the point of no return; `items`: these
    /// alone. Returns what could not be done, which is `undone` afterwards. The source is not asked.
    func finishIndexes(only items: Set<Finishing.Item>? = nil) async throws -> [String] {
        if sourceCatalog.collections.isEmpty { try await takeUpFinal() }
        let problems = try await context.retry("finishing indexes and limits") {
            try await finishing.finish(only: items)
        }
        undone = problems.map(StoredReport.Undone.init)
        return problems.map(\.description)
    }

    private var finishing: Finishing {
        Finishing(
            source: sourceCatalog, pairs: pairs, destination: destinationReader,
            lanes: builder.lanes)
    }
}
