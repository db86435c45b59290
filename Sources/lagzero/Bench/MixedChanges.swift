import BSON
import Mongo
import Sandbox

/// Inserts, updates, replacements and deletes all over the reference data: the same for the same
/// number.
struct MixedChanges: Sendable {
    private static let database = ReferenceData.database

    private let data: ReferenceData
    private var random = SystemRandom(state: 0x1A62E50)
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
                random.below(data.small.data.count + data.medium.data.count) < data.small.data.count
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
        switch random.below(100) {
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
        part.data.id(at: random.below(part.data.count))
    }

    private mutating func anyDocument(of part: ReferenceData.Part) -> Document {
        part.data.document(at: random.below(part.data.count))
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

/// SplitMix64, for numbers that are the same in every run (Steele, Lea, Flood: "Fast Splittable
/// Pseudorandom Number Generators").
private struct SystemRandom: Sendable {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
