import BSON
import Mongo
import Sandbox

/// Statements on one database, as an application sends them. Each throws what the server refuses, also of single
/// documents.
struct Statements: Sendable {
    let lane: Lane
    let database: String

    init(_ lane: Lane, _ database: String) {
        self.lane = lane
        self.database = database
    }

    /// On the same database of the other cluster.
    func on(_ other: Lane) -> Statements { Statements(other, database) }

    @discardableResult
    func run(_ command: Document) async throws -> Document {
        let reply = try await lane.run(command, on: database)
        if let failure = reply["writeErrors"]?.elements.first?.document {
            throw SandboxError(.server, failure["errmsg"]?.string ?? "\(failure.json)")
        }
        return reply
    }

    /// A command with its name first, then these options.
    private func command(_ verb: String, _ name: String, _ options: Document) -> Document {
        var builder = DocumentBuilder(reserving: options.count + 64)
        builder.append(verb, .string(name))
        builder.append(contentsOf: options)
        return builder.finish()
    }

    func create(_ name: String, _ options: Document = [:]) async throws {
        try await run(command("create", name, options))
    }

    func drop(_ name: String) async throws { try await run(["drop": .string(name)]) }

    /// In commands of at most 16 MB.
    func insert(
        _ name: String, _ documents: [Document], unchecked: Bool = false
    ) async throws {
        var rest = documents[...]
        while !rest.isEmpty {
            var bytes = 0
            let part = rest.prefix { document in
                defer { bytes += document.count }
                return bytes == 0 || bytes + document.count < 15_000_000
            }
            rest = rest.dropFirst(part.count)
            let list = Document(array: part.map(Value.document))
            try await run(
                command(
                    "insert", name,
                    ["documents": .array(list), "bypassDocumentValidation": .bool(unchecked)]))
        }
    }

    /// `change`: an update, a replacement or a pipeline.
    func update(
        _ name: String, _ filter: Document, _ change: Value, upsert: Bool = false,
        multi: Bool = false, unchecked: Bool = false
    ) async throws {
        let statement: Value = [
            "q": .document(filter), "u": change, "upsert": .bool(upsert), "multi": .bool(multi),
        ]
        try await run(
            command(
                "update", name,
                ["updates": [statement], "bypassDocumentValidation": .bool(unchecked)]))
    }

    /// Puts a document there by a pipeline, which stores it as it is: with zero timestamps and names with dollars.
    func put(_ name: String, _ document: Document) async throws {
        var filter = DocumentBuilder()
        filter.begin("_id")
        if let id = document.raw("_id") { filter.append("$eq", raw: id) }
        filter.end()
        try await update(
            name, filter.finish(), [["$replaceWith": ["$literal": .document(document)]]],
            upsert: true)
    }

    /// Deletes every document that the filter finds.
    func delete(_ name: String, _ filter: Document) async throws {
        try await run(
            command("delete", name, ["deletes": [["q": .document(filter), "limit": 0]]]))
    }

    func index(_ name: String, _ indexes: [Document]) async throws {
        try await run(
            command(
                "createIndexes", name,
                ["indexes": .array(Document(array: indexes.map(Value.document)))]))
    }

    func dropIndex(_ name: String, _ index: String) async throws {
        try await run(command("dropIndexes", name, ["index": .string(index)]))
    }

    func modify(_ name: String, _ change: Document) async throws {
        try await run(command("collMod", name, change))
    }

    /// Everything that a query finds.
    func find(_ name: String, _ options: Document = [:]) async throws -> [Document] {
        var batch = try await lane.open(command("find", name, options), on: database)
        var found = batch.documents.map { $0.copied() }
        while let cursor = batch.cursor {
            batch = try await lane.more(cursor)
            found += batch.documents.map { $0.copied() }
        }
        return found
    }

    func count(_ name: String) async throws -> Int {
        try await find(name, ["projection": ["_id": 1]]).count
    }
}

extension [Document] {
    /// `count` documents with the ids from `first` on and a number `n` equal to the id.
    static func numbered(_ count: Int, from first: Int = 0) -> Self {
        (first..<(first + count)).map { ["_id": .integer($0), "n": .integer($0)] }
    }
}
