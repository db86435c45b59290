internal import BSON

/// The aggregation that finds documents with equal keys in an index, without that index.
///
/// It computes the keys that the server would: every element of an array gives one, a missing field
/// counts as null, an empty array is a key of its own. Where several fields are in one array the
/// server pairs them by element and this combines them all, so it finds candidates, not proofs;
/// `UniqueCheck` confirms them.
struct UniqueQuery {
    let index: IndexSpec

    /// Nil for indexes on text and places, and for paths that name positions in arrays.
    init?(_ index: IndexSpec) {
        guard index.isOrdered else { return nil }
        let components = index.key.flatMap { $0.name.split(separator: ".") }
        guard components.allSatisfy({ $0.utf8.contains { !(48...57).contains($0) } }) else {
            return nil
        }
        self.index = index
    }

    /// Groups of two and more: `{first, last, n}` with two of their ids, as many groups as `limit`.
    func pipeline(limit: Int) -> [Value] {
        let fields = index.key.map(\.name)
        let keys = fields.indices.map { "k\($0)" }
        var projection = DocumentBuilder()
        projection.append("_id", 1)
        for (key, field) in zip(keys, fields) {
            let path = field.split(separator: ".", omittingEmptySubsequences: false).map(
                String.init)
            // A document is not in its own way: every key of it counts once.
            projection.append(
                key, ["$setUnion": [UniqueQuery.values(of: "$$ROOT", at: path[...], depth: 0)]])
        }
        var stages: [Value] = []
        if !conditions.isEmpty {
            stages.append(["$match": ["$and": .array(Document(array: conditions))]])
        }
        stages.append(["$project": .document(projection.finish())])
        stages += keys.map { ["$unwind": .string("$\($0)")] }
        stages.append([
            "$group": [
                "_id": .document(Document(keys.map { ($0, .string("$\($0)")) })),
                "n": ["$sum": 1], "first": ["$first": "$_id"], "last": ["$last": "$_id"],
            ]
        ])
        stages.append(["$match": ["n": ["$gt": 1]]])
        stages.append(["$limit": .integer(limit)])
        return stages
    }

    /// Which documents are in the index at all.
    private var conditions: [Value] {
        var conditions: [Value] = []
        if let filter = index.partialFilter { conditions.append(.document(filter)) }
        if index.isSparse {
            let exists: Value = ["$exists": true]
            let fields = index.key.map { Value.document(Document([($0.name, exists)])) }
            conditions.append(["$or": .array(Document(array: fields))])
        }
        return conditions
    }

    /// An expression for the array of all values that `container` has at a path.
    private static func values(of container: Value, at path: ArraySlice<String>, depth: Int)
        -> Value
    {
        guard let field = path.first else {
            return [
                "$cond": [
                    ["$isArray": [container]],
                    [
                        "$cond": [
                            ["$eq": [container, []]], [["$literal": ["lagzero": "[]"]]], container,
                        ]
                    ],
                    [["$ifNull": [container, nil]]],
                ]
            ]
        }
        let (found, element) = ("v\(depth)", "e\(depth)")
        let rest = path.dropFirst()
        let inner = values(of: .string("$$\(found)"), at: rest, depth: depth + 1)
        let elements: Value = [
            "$reduce": [
                "input": [
                    "$map": [
                        "input": .string("$$\(found)"), "as": .string(element),
                        "in": values(of: .string("$$\(element)"), at: rest, depth: depth + 1),
                    ]
                ],
                "initialValue": [], "in": ["$concatArrays": ["$$value", "$$this"]],
            ]
        ]
        let isList: Value = [
            "$and": [["$isArray": [.string("$$\(found)")]], ["$ne": [.string("$$\(found)"), []]]]
        ]
        let member: Value = [
            "$getField": ["field": ["$literal": .string(field)], "input": container]
        ]
        let value: Value = [
            "$let": [
                "vars": .document(Document([(found, member)])),
                "in": rest.isEmpty ? inner : ["$cond": [isList, elements, inner]],
            ]
        ]
        return ["$cond": [["$eq": [["$type": container], "object"]], value, [nil]]]
    }
}
