internal import BSON
package import Mongo

/// Performs changes on the destination. Each is confirmed by a majority, and each can be repeated
/// after a crash at any moment.
package struct CatalogExecutor: Sendable {
    package enum Outcome: Sendable {
        case done
        /// The catalog is no longer what the plan was made for.
        case outdated
        /// An index is being built on the collection: possible when that is over.
        case busy
        case refused(CatalogProblem)
    }

    /// Several, so that thousands of collections are created quickly.
    let lanes: [Lane]
    let journal: any CatalogJournal
    private let mayChange: @Sendable () async throws -> Void

    /// At least one lane, all to the destination, of a cluster whose commands can be outlasted. `mayChange` is asked before
    /// every change, and throws where this process may make none any more: the plan may be older than it seems, in a
    /// process that was stopped meanwhile.
    package init(
        lanes: [Lane], journal: any CatalogJournal,
        mayChange: @escaping @Sendable () async throws -> Void = {}
    ) {
        precondition(!lanes.isEmpty, "changes are made on a lane")
        self.lanes = lanes
        self.journal = journal
        self.mayChange = mayChange
    }

    /// Changes that were not answered are done or will never be, afterwards; see `Lane.outlast`.
    func outlast() async throws { try await Lane.outlast(lanes) }

    /// Performs actions that do not depend on one another, and returns what became of each.
    ///
    /// Throws what passes by itself, what the journal throws, and `CancellationError`; some of the
    /// actions may have been performed then.
    package func perform(_ actions: [CatalogAction]) async throws -> [Outcome] {
        let intended = actions.compactMap(\.created).compactMap { info in
            info.uuid.map { CatalogEntry(source: $0, namespace: info.namespace) }
        }
        if !intended.isEmpty { try await journal.intend(intended) }
        for case .createView(let view) in actions { try await journal.claim(view: view.namespace) }
        var outcomes = try await lanes.forEach(actions) { action, lane in
            try await mayChange()
            return try await CatalogChange(lane: lane).outcome(of: action)
        }
        let entries = try await newEntries(actions, &outcomes)
        if !entries.isEmpty { try await journal.pair(entries) }
        for (action, outcome) in zip(actions, outcomes) {
            guard case .done = outcome else { continue }
            switch action {
            case .drop(_, _, _, let source): try await journal.unpair(source)
            case .dropView(let view): try await journal.release(view: view)
            default: break
            }
        }
        return outcomes
    }

    /// What is to be remembered of renamed and created collections. The latter are listed for that,
    /// as `create` does not tell the UUID.
    private func newEntries(
        _ actions: [CatalogAction], _ outcomes: inout [Outcome]
    ) async throws -> [CatalogEntry] {
        var entries: [CatalogEntry] = []
        var listed: [Namespace: CollectionInfo] = [:]
        let created = Dictionary(
            grouping: actions.compactMap(\.created).map(\.namespace)
        ) { ExactName($0.database) }
        for (database, namespaces) in created {
            let names = Document(array: namespaces.map { .string($0.collection) })
            let found = try await CatalogChange(lane: lanes[0])
                .collections(of: database.text, filter: ["name": ["$in": .array(names)]])
            listed.merge(found) { $1 }
        }
        for (index, action) in actions.enumerated() {
            guard case .done = outcomes[index] else { continue }
            switch action {
            case .rename(let uuid, _, let to, let source):
                entries.append(CatalogEntry(source: source, namespace: to, destination: uuid))
            case .create(let info):
                guard let source = info.uuid, let uuid = listed[info.namespace]?.uuid else {
                    outcomes[index] = .outdated
                    continue
                }
                entries.append(
                    CatalogEntry(source: source, namespace: info.namespace, destination: uuid))
            default: break
            }
        }
        return entries
    }

    /// Whether the collection holds no document, the primary's newest state.
    func isEmpty(_ uuid: BinaryUUID, _ namespace: Namespace) async throws -> Bool {
        try await lanes[0].open(
            [
                "find": .string(namespace.collection), "collectionUUID": .uuid(uuid), "limit": 1,
                "projection": ["_id": 1],
            ], on: namespace.database
        ).isEmpty
    }
}
