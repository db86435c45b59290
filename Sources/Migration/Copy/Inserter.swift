internal import BSON
internal import Mongo

/// Writes batches of documents, as they came from the source, into a collection of the destination.
///
/// Owned by one copy worker. A document that is there already was inserted by an interrupted attempt, and what
/// happened to it since then is in the dirty set.
struct Inserter: Sendable {
    let context: Context
    let lane: Lane

    /// Inserts a whole batch. Blocks until a majority has it. Throws `CollectionGone` when the collection was dropped.
    func insert(_ batch: Batch, into collection: MigratedCollection, isOrdered: Bool) async throws {
        try await context.lease.check()
        if fits(batch.array) {
            try await insert(array: batch.array, into: collection, isOrdered: isOrdered)
            return
        }
        // Too large for one command, or with documents that an insert would change.
        var plain: [Document] = []
        var bytes = 0
        for document in batch.documents {
            let isSpecial = document.hasZeroTimestamp
            if !plain.isEmpty,
                isSpecial || bytes + document.count > Tuning.writeBytes
                    || plain.count == Tuning.insertDocuments
            {
                try await insert(
                    array: Document(documents: plain), into: collection, isOrdered: isOrdered)
                plain = []
                bytes = 0
            }
            if isSpecial {
                try await DocumentWriter(context: context, lane: lane)
                    .write([document], to: collection)
            } else {
                plain.append(document)
                bytes += document.count
            }
        }
        if !plain.isEmpty {
            try await insert(
                array: Document(documents: plain), into: collection, isOrdered: isOrdered)
        }
    }

    private func fits(_ array: Document) -> Bool {
        guard array.count <= Tuning.writeBytes else { return false }
        var count = 0
        for element in array {
            count += 1
            if element.document?.hasZeroTimestamp ?? false { return false }
        }
        return count <= Tuning.insertDocuments
    }

    private func insert(array: Document, into collection: MigratedCollection, isOrdered: Bool)
        async throws
    {
        var rest = array
        while true {
            let failures = try await send(rest, collection, isOrdered)
            for failure in failures where !failure.isAlreadyThere {
                throw MigrationError.refused(
                    rest.element(at: failure.index)?.document?["_id"],
                    of: collection.destinationName, failure.error)
            }
            // An ordered insert stops at the first document that is there already; of the others most are there, too.
            guard isOrdered, let last = failures.last else { return }
            let others = rest.compactMap(\.document).dropFirst(last.index + 1)
            rest = Document(documents: try await missing(of: others, in: collection))
            if rest.isEmpty { return }
        }
    }

    /// Those that are not there, in order.
    private func missing(
        of documents: some Sequence<Document>, in collection: MigratedCollection
    ) async throws -> [Document] {
        var missing: [Document] = []
        for part in StateStore.parts(Array(documents)) {
            let ids = part.compactMap { $0.raw("_id") }
            var current = collection
            while true {
                var command = context.destinationCommand("find", current)
                command.appendFilter(ids: ids)
                command.append("projection", ["_id": 1])
                let find = command.finish()
                do {
                    let found = try await context.retry("reading the destination") {
                        try await lane.all(find, on: current.destinationName.database)
                    }
                    let there = Set(found.compactMap { $0.raw("_id").map(CanonicalKey.init) })
                    missing += part.filter { document in
                        document.raw("_id").map { !there.contains(CanonicalKey($0)) } ?? true
                    }
                    break
                } catch let error as MongoError
                    where error.isUUIDMismatch || error.isNamespaceNotFound
                {
                    current = try context.followDestination(of: current, error)
                }
            }
        }
        return missing
    }

    private func send(
        _ array: Document, _ collection: MigratedCollection, _ isOrdered: Bool
    ) async throws -> [WriteReply.Failure] {
        var current = collection
        while true {
            var command = context.destinationCommand(
                "insert", current, reserving: array.count + 512)
            command.append("ordered", .bool(isOrdered))
            command.append("bypassDocumentValidation", true)
            command.append("writeConcern", ["w": "majority"])
            command.append("documents", .array(array))
            do {
                return try await context.retry.write(
                    "writing to the destination", command, on: current.destinationName.database,
                    lane: lane
                ).failures
            } catch let error as MongoError where error.isUUIDMismatch || error.isNamespaceNotFound
            {
                current = try context.followDestination(of: current, error)
            } catch let error as MongoError where error.kind == .server {
                throw MigrationError.refused(writesTo: current.destinationName, error)
            }
        }
    }
}

extension WriteReply.Failure {
    /// A duplicate key of the primary index: the document is there already.
    var isAlreadyThere: Bool {
        error.isDuplicateKey
            && keyPattern.map { $0.has("_id") && $0.reduce(0) { n, _ in n + 1 } == 1 } ?? false
    }
}

extension Document {
    /// The last document of an array of documents.
    var lastDocument: Document? {
        var last: Element?
        for element in self { last = element }
        return last?.document
    }

    /// What an array has at this place.
    func element(at index: Int) -> Element? { dropFirst(index).first { _ in true } }

    /// An array of these documents.
    init(documents: some Sequence<Document>) {
        self.init(array: documents.map(Value.document))
    }
}

extension Context {
    /// After "no collection of that name has this UUID": the collection under its current name, which the reconciler may
    /// just have changed. Throws `CollectionGone` when there is none.
    func followDestination(of collection: MigratedCollection, _ error: MongoError) throws
        -> MigratedCollection
    {
        guard let current = registry[collection.source],
            current.destination == collection.destination,
            let actual = error.actualCollection
        else {
            reconcile.notify()
            throw CollectionGone(collection: collection.source, side: .destination)
        }
        var moved = current
        moved.destinationName.collection = actual
        return moved
    }

    /// The same for the source, where applications rename; the registry is told the new name.
    func followSource(of collection: MigratedCollection, _ error: MongoError) throws
        -> MigratedCollection
    {
        reconcile.notify()
        guard let actual = error.actualCollection, registry[collection.source] != nil else {
            throw CollectionGone(collection: collection.source, side: .source)
        }
        registry.update(collection.source) { $0.sourceName.collection = actual }
        var moved = collection
        moved.sourceName.collection = actual
        return moved
    }
}
