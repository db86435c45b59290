internal import BSON

/// Decides which definitions a workload changes: the same for the same seed. Many commands find nothing to change and are
/// refused, as the script does not keep track.
struct WorkloadDefinitions {
    private let databases: [String]
    private var random: SplitMix64

    init(_ options: WorkloadOptions) {
        databases = options.definitionDatabases
        random = SplitMix64(seed: options.seed, index: -1)
    }

    /// The next command and the database it is for.
    mutating func next() -> (command: Document, database: String) {
        let database = databases[below(databases.count)]
        let name = collection()
        let target = Value.string(name)
        switch below(16) {
        case 0...3: return (create(name), database)
        case 4...6:
            let documents = (0..<5).map { _ -> Value in ["a": .integer(below(50)), "b": "text"] }
            return (["insert": target, "documents": .array(Document(array: documents))], database)
        case 7...9: return (["createIndexes": target, "indexes": [index()]], database)
        case 10: return (["dropIndexes": target, "index": "*"], database)
        case 11...12: return (modify(name), database)
        case 13:
            let other = "\(database).\(collection())"
            let rename: Document = [
                "renameCollection": "\(database).\(name)", "to": .string(other),
                "dropTarget": .bool(below(2) == 0),
            ]
            return (rename, "admin")
        case 14: return (["drop": target], database)
        default:
            return below(4) == 0 ? (["dropDatabase": 1], database) : (["drop": target], database)
        }
    }

    private mutating func create(_ name: String) -> Document {
        let plain: Document = ["create": .string(name)]
        switch below(5) {
        case 0: return plain.setting("capped", to: true).setting("size", to: 65536)
        case 1: return plain.setting("collation", to: ["locale": "en", "strength": 2])
        case 2: return plain.setting("validator", to: ["a": ["$lt": 1000]])
        default: return plain
        }
    }

    private mutating func index() -> Value {
        switch below(4) {
        case 0: ["key": ["a": 1], "name": "a"]
        case 1:
            [
                "key": ["a": 1, "b": -1], "name": "a_b",
                "partialFilterExpression": ["a": ["$gt": 3]],
            ]
        case 2: ["key": ["t": 1], "name": "t", "expireAfterSeconds": 3600]
        default: ["key": ["b": "text"], "name": "b"]
        }
    }

    private mutating func modify(_ name: String) -> Document {
        let plain: Document = ["collMod": .string(name)]
        switch below(3) {
        case 0:
            return plain.setting(
                "validationLevel", to: .string(below(2) == 0 ? "moderate" : "strict"))
        case 1:
            let seconds = Value.integer(3600 + below(10))
            return plain.setting("index", to: ["name": "t", "expireAfterSeconds": seconds])
        default: return plain.setting("index", to: ["name": "a", "hidden": .bool(below(2) == 0)])
        }
    }

    private mutating func collection() -> String { "c\(below(5))" }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
}
