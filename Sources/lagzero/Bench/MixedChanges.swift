import BSON
import Mongo
import Sandbox

/// Inserts, updates, replacements and deletes all over the reference data: the same for the same
/// number.
struct MixedChanges: Sendable {
    private static let database = ReferenceData.database

    private let data: ReferenceData
    private var random = SplitMix64(seed: 0x1A62E50)
    private var inserted = 0

    init(_ data: ReferenceData) { self.data = data }

    /// The commands that make so many changes, and the ids they touch by collection.
    mutating func commands(
        _ count: Int
    ) -> (commands: PreparedCommands, touched: [Namespace: Set<Value>]) {
        var commands: [Document] = []
        var touched: [Namespace: Set<Value>] = [:]
        var left = count
        while left > 0 {
            let size = min(left, Tuning.benchStatements)
            // As often to each collection as it has a share in the documents.
            let isSmall =
                Int.random(in: 0..<(data.small.data.count + data.medium.data.count), using: &random)
                < data.small.data.count
            let part = isSmall ? data.small : data.medium
            let (command, ids) = command(of: size, on: part)
            commands.append(command)
            touched[part.namespace, default: []].formUnion(ids)
            left -= size
        }
        return (PreparedCommands(commands, on: MixedChanges.database), touched)
    }

    private mutating func command(of size: Int, on part: ReferenceData.Part) -> (Document, [Value])
    {
        switch Int.random(in: 0..<100, using: &random) {
        case ..<40:
            let ids = (0..<size).map { _ in anyID(of: part) }
            return (
                MixedChanges.command(
                    "update", "updates",
                    ids.map { ["q": ["_id": $0], "u": ["$inc": ["touched": 1]]] }, part), ids
            )
        case ..<55:
            let documents = (0..<size).map { _ in anyDocument(of: part).setting("score", to: -1) }
            let ids = documents.compactMap { $0["_id"] }
            let updates = zip(ids, documents).map { id, document -> Document in
                ["q": ["_id": id], "u": .document(document)]
            }
            return (MixedChanges.command("update", "updates", updates, part), ids)
        case ..<85:
            let documents = (0..<size).map { _ in newDocument(like: part) }
            return (
                MixedChanges.command("insert", "documents", documents, part),
                documents.compactMap { $0["_id"] }
            )
        default:
            let ids = (0..<size).map { _ in anyID(of: part) }
            return (
                MixedChanges.command(
                    "delete", "deletes", ids.map { ["q": ["_id": $0], "limit": 1] }, part), ids
            )
        }
    }

    private mutating func anyID(of part: ReferenceData.Part) -> Value {
        part.data.id(at: Int.random(in: 0..<part.data.count, using: &random))
    }

    private mutating func anyDocument(of part: ReferenceData.Part) -> Document {
        part.data.document(at: Int.random(in: 0..<part.data.count, using: &random))
    }

    private mutating func newDocument(like part: ReferenceData.Part) -> Document {
        inserted += 1
        return anyDocument(of: part).setting("_id", to: .integer(inserted))
    }

    static func command(
        _ verb: String, _ list: String, _ statements: [Document], _ part: ReferenceData.Part
    ) -> Document {
        command(verb, list, statements, part.namespace)
    }

    static func command(
        _ verb: String, _ list: String, _ statements: [Document], _ namespace: Namespace
    ) -> Document {
        var command = DocumentBuilder(reserving: statements.reduce(512) { $0 + $1.count + 16 })
        command.append(verb, .string(namespace.collection))
        command.append("ordered", false)
        command.append("writeConcern", ["w": "majority"])
        command.append(list, .array(Document(array: statements.map(Value.document))))
        return command.finish()
    }
}
