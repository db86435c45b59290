internal import BSON
internal import Mongo

/// One collection of the destination while it is finished. Refusals are collected; what passes by
/// itself is thrown. Where the collection is gone, as whoever uses it may drop it after the
/// cutover, nothing is left to do.
struct FinishedCollection {
    let uuid: BinaryUUID
    let namespace: Namespace
    let lane: Lane
    private(set) var problems: [CatalogProblem] = []

    init(uuid: BinaryUUID, namespace: Namespace, lane: Lane) {
        self.uuid = uuid
        self.namespace = namespace
        self.lane = lane
    }

    /// Notes that an index is not there.
    mutating func miss(_ index: String) {
        problems.append(.missing(namespace.withoutBucketsPrefix, index: index))
    }

    mutating func prepareUnique(_ index: String, _ isOn: Bool) async throws {
        try await perform(
            "collMod", ["index": ["name": .string(index), "prepareUnique": .bool(isOn)]],
            index: index)
    }

    mutating func makeUnique(_ index: String) async throws {
        try await perform(
            "collMod", ["index": ["name": .string(index), "unique": true]], index: index)
    }

    mutating func modify(index change: Document) async throws {
        try await perform(
            "collMod", ["index": .document(change)], index: change["name"]?.string)
    }

    mutating func modify(_ options: Document) async throws {
        try await perform("collMod", options, index: nil)
    }

    mutating func build(_ specs: [IndexSpec]) async throws {
        for spec in specs {
            try await perform(
                "createIndexes", ["indexes": [.document(spec.spec)]], index: spec.name)
        }
    }

    /// All at once: an unfinished one goes only with the others of its build.
    mutating func drop(_ names: [String]) async throws {
        let list = Value.array(Document(array: names.map(Value.string)))
        try await perform("dropIndexes", ["index": list], index: names.first)
    }

    private mutating func perform(
        _ verb: String, _ arguments: Document, index: String?
    ) async throws {
        var command = DocumentBuilder(reserving: arguments.count + 128)
        command.append(verb, .string(namespace.collection))
        command.append("collectionUUID", .uuid(uuid))
        command.append(contentsOf: arguments)
        command.append("writeConcern", ["w": "majority"])
        let finished = command.finish()
        while true {
            do {
                _ = try await lane.run(finished, on: namespace.database)
                return
            } catch {
                guard error.isIndexBuildInProgress else {
                    try note(error, index: index)
                    return
                }
                try await Task.sleep(for: Tuning.indexBuildPoll)
            }
        }
    }

    private mutating func note(_ error: MongoError, index: String?) throws {
        if error.isGone || error.isIndexNotFound || error.isIndexBuildAborted { return }
        guard error.kind == .server, !error.isWaitedFor else { throw error }
        let name = namespace.withoutBucketsPrefix
        if let index, error.isNotUnique {
            problems.append(.notUnique(name, index: index, documents: error.violations))
        } else {
            problems.append(.refused(name, index: index, while: "the change at the cutover", error))
        }
    }
}

extension MongoError {
    /// CannotConvertIndexToUnique, DuplicateKey from an index build, or so many violations that
    /// naming them does not fit into an answer (BSONObjectTooLarge).
    fileprivate var isNotUnique: Bool {
        isDuplicateKey || (kind == .server && [359, 10334].contains(code))
    }

    /// A few of the groups of ids that CannotConvertIndexToUnique names.
    fileprivate var violations: [[Value]] {
        guard let groups = reply?["violations"]?.document else { return [] }
        return groups.prefix(Tuning.violationSample).map {
            Array(($0.document?["ids"]?.elements ?? []).prefix(Tuning.violationSample))
        }
    }
}
