internal import BSON
internal import Mongo

/// When a collection is read in natural order, and where such a read goes on.
///
/// Reading by `_id` costs a random read a document where ids come in no order and the collection does not fit the
/// source's cache. In natural order it is one scan, which goes on behind a token of the server's. Such a token names a
/// place in the files of one member: it counts only as long as that member runs.
struct NaturalOrder: Sendable {
    /// Where a scan goes on.
    struct Position: Sendable {
        let token: Document
        let member: Member
        /// The collection that everything before it was copied to.
        let destination: BinaryUUID
    }

    /// A run of a server: its `topologyVersion.processId`, which is another one after every start.
    struct Member: Hashable, Sendable {
        let process: RawValue
    }

    let context: Context
    /// Of the source.
    let lane: Lane

    /// Whether the collection of this size is to be read in natural order. Blocks for two small reads.
    func suits(_ collection: MigratedCollection, bytes: Int) async throws -> Bool {
        // The order of a clustered collection is that of its ids.
        guard collection.kind == .plain, !collection.isClustered else { return false }
        let cache = try await context.retry("asking for the source's cache") {
            try await lane.run(["serverStatus": 1])
        }["wiredTiger"]?.document?["cache"]?.document?["maximum bytes configured"]?.integer
        guard let cache, bytes > cache / 2 else { return false }
        var command = context.sourceCommand("find", collection)
        command.append("hint", ["$natural": 1])
        command.append("projection", ["_id": 1])
        command.append("limit", .integer(Tuning.scatterSample))
        let find = command.finish()
        do {
            let ids = try await context.retry("reading \(collection.sourceName)") {
                try await lane.open(find, on: collection.sourceName.database)
            }.documents.compactMap { $0.raw("_id") }
            return NaturalOrder.isScattered(ids)
        } catch let error as MongoError where error.isUUIDMismatch || error.isNamespaceNotFound {
            return false
        }
    }

    /// Whether ids in natural order neither rise nor fall: at most nine of ten neighbours agree.
    static func isScattered(_ ids: [RawValue]) -> Bool {
        let pairs = zip(ids, ids.dropFirst())
        let rising = pairs.reduce(0) { $0 + ($1.0.precedes($1.1) ? 1 : 0) }
        let part = Double(rising) / Double(max(1, ids.count - 1))
        return ids.count > 1 && part > 0.1 && part < 0.9
    }

    /// Opens a read from one run of a member: `open` is told which, and is called again where another one answered, as
    /// after an election in between.
    func open(
        _ open: (Member?) async throws -> Batch
    ) async throws -> (batch: Batch, member: Member?) {
        while true {
            let asked = try await member()
            let batch = try await open(asked)
            if try await member() == asked { return (batch, asked) }
            if let cursor = batch.cursor { await lane.kill(cursor) }
        }
    }

    /// The member that the lane reads from.
    private func member() async throws(MongoError) -> Member? {
        try await lane.run(["hello": 1])["topologyVersion"]?.document?.raw("processId")
            .map { Member(process: $0.copied()) }
    }
}

extension StateStore {
    /// Where the scan of a collection in natural order was left; nil where there is none.
    func naturalPosition(of collection: MigratedCollection) async throws -> NaturalOrder.Position? {
        let state = try await find("collections", filter: ["_id": .uuid(collection.source)]).first
        guard let natural = state?["natural"]?.document, let token = natural["token"]?.document,
            let process = natural.raw("member"),
            natural["destination"]?.uuid == collection.destination
        else { return nil }
        return NaturalOrder.Position(
            token: token.copied(), member: NaturalOrder.Member(process: process.copied()),
            destination: collection.destination)
    }

    func save(_ position: NaturalOrder.Position, of collection: BinaryUUID) async throws {
        var natural = DocumentBuilder()
        natural.append("token", .document(position.token))
        natural.append("member", raw: position.member.process)
        natural.append("destination", .uuid(position.destination))
        try await upsert(
            "collections", id: .uuid(collection), set: ["natural": .document(natural.finish())])
    }
}
