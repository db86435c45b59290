internal import BSON

/// Decides which definitions a workload changes: the same for the same seed. Many commands find nothing to change and are
/// refused, as the script does not keep track. Every name may become a collection of any kind.
struct WorkloadDefinitions {
    private let databases: [String]
    private var random: SplitMix64
    /// A value for every document that no other one has.
    private var unique = 0

    init(_ options: WorkloadOptions) {
        databases = options.definitionDatabases
        random = SplitMix64(seed: options.seed, index: -1)
    }

    /// The next command and the database it is for.
    mutating func next() -> (command: Document, database: String) {
        let database = databases[below(databases.count)]
        let name = collection()
        let target = Value.string(name)
        switch below(24) {
        case 0...4: return (create(name, in: database), database)
        case 5...8: return (insert(name), database)
        case 9: return (delete(name), database)
        case 10...13: return (["createIndexes": target, "indexes": [index()]], database)
        case 14: return (["dropIndexes": target, "index": "*"], database)
        case 15...18: return (modify(name), database)
        // A clustered one would become what no server creates.
        case 19 where database != databases.last:
            return (["convertToCapped": target, "size": .integer(4096 << below(5))], database)
        case 20...21:
            // Across databases it is another collection, with the documents of the first.
            let other = below(4) == 0 ? databases[databases.count - 1] : database
            let rename: Document = [
                "renameCollection": "\(database).\(name)", "to": "\(other).\(collection())",
                "dropTarget": .bool(below(2) == 0),
            ]
            return (rename, "admin")
        case 22: return (["drop": target], database)
        default:
            let isDatabase = below(4) == 0 && database == databases.first
            return (isDatabase ? ["dropDatabase": 1] : ["drop": target], database)
        }
    }

    /// Views, time-series and clustered collections are made in the last database, which is not dropped and where nothing is
    /// converted to capped. A `dropDatabase` of 6.0 that a write block ends halfway leaves time-series without their
    /// views, and one that it refuses can make the server forget the views until it is started again.
    private mutating func create(_ name: String, in database: String) -> Document {
        let plain: Document = ["create": .string(name)]
        if Self.views.contains(name), database == databases.last, below(2) == 0 {
            return plain.setting("viewOn", to: .string(collection())).setting(
                "pipeline", to: pipeline())
        }
        switch below(10) {
        case 0: return plain.setting("capped", to: true).setting("size", to: 65536)
        case 1: return plain.setting("collation", to: ["locale": "en", "strength": 2])
        case 2: return plain.setting("validator", to: ["a": ["$lt": 1000]])
        case 3: return plain.setting("changeStreamPreAndPostImages", to: ["enabled": true])
        case 4 where database == databases.last:
            let clustered = plain.setting(
                "clusteredIndex", to: ["key": ["_id": 1], "unique": true])
            return below(2) == 0 ? clustered : clustered.setting("expireAfterSeconds", to: 3600)
        case 5...6 where database == databases.last:
            let series = plain.setting("timeseries", to: ["timeField": "at", "metaField": "m"])
            return below(2) == 0 ? series : series.setting("expireAfterSeconds", to: 3600)
        default: return plain
        }
    }

    /// Stages that show the same documents whatever their order is.
    private mutating func pipeline() -> Value {
        switch below(4) {
        case 0: []
        case 1: [["$match": ["a": ["$lt": .integer(below(50))]]]]
        case 2: [["$unionWith": .string(collection())]]
        default: [["$match": ["b": "text"]], ["$project": ["u": 0]]]
        }
    }

    private mutating func insert(_ name: String) -> Document {
        let documents = (0..<5).map { _ -> Value in
            unique += 1
            // In 2033: nothing expires.
            let time = Value.date(2_000_000_000_000 + Int64(below(86_400_000)))
            let measured: Value = [
                "at": time, "m": .integer(below(3)), "a": .integer(below(50)), "b": "text",
            ]
            guard below(5) > 0, let document = measured.document else { return measured }
            return .document(document.setting("u", to: .integer(unique)))
        }
        return ["insert": .string(name), "documents": .array(Document(array: documents))]
    }

    /// What time-series take, too.
    private mutating func delete(_ name: String) -> Document {
        ["delete": .string(name), "deletes": [["q": ["m": .integer(below(3))], "limit": 0]]]
    }

    private mutating func index() -> Value {
        switch below(10) {
        case 0: ["key": ["a": 1], "name": "a"]
        case 1:
            [
                "key": ["a": 1, "b": -1], "name": "a_b",
                "partialFilterExpression": ["a": ["$gt": 3]],
            ]
        case 2: ["key": ["t": 1], "name": "t", "expireAfterSeconds": 3600]
        case 3: ["key": ["b": "text"], "name": "b"]
        case 4: ["key": ["m": 1, "at": -1], "name": "m_at", "hidden": true]
        case 5: ["key": ["b": 1], "name": "simple", "collation": ["locale": "simple"]]
        case 6: ["key": ["u": 1, "_id": 1], "name": "u_id", "unique": true]
        case 7: ["key": ["u": 1], "name": "u_sparse", "unique": true, "sparse": true]
        case 8:
            [
                "key": ["u": -1], "name": "u_partial", "unique": true,
                "partialFilterExpression": ["u": ["$exists": true]],
            ]
        default: ["key": ["u": -1], "name": "u"]
        }
    }

    private mutating func modify(_ name: String) -> Document {
        let plain: Document = ["collMod": .string(name)]
        let seconds = Value.integer(3600 + below(10))
        switch below(10) {
        case 0:
            return plain.setting(
                "validationLevel", to: .string(below(2) == 0 ? "moderate" : "strict"))
        case 1: return plain.setting("validator", to: ["a": ["$gte": .integer(-below(10))]])
        case 2: return plain.setting("index", to: ["name": "t", "expireAfterSeconds": seconds])
        case 3: return plain.setting("index", to: ["name": "a", "hidden": .bool(below(2) == 0)])
        case 4:
            let index: Value = ["name": "u_sparse", "hidden": .bool(below(2) == 0)]
            return plain.setting("index", to: index)
        case 5: return plain.setting("cappedSize", to: .integer(8192 << below(5)))
        case 6: return plain.setting("cappedMax", to: .integer(10 + below(1000)))
        case 7:
            return plain.setting(
                "changeStreamPreAndPostImages", to: ["enabled": .bool(below(2) == 0)])
        case 8:
            return plain.setting("viewOn", to: .string(collection())).setting(
                "pipeline", to: pipeline())
        default:
            // For a view it ends the process of a server of 6.0.
            return Self.views.contains(name)
                ? plain : plain.setting("expireAfterSeconds", to: seconds)
        }
    }

    /// Only these become views.
    private static let views: Set<String> = ["c6", "c7"]

    private mutating func collection() -> String { "c\(below(8))" }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
}
