import BSON

/// Every form of a write, on documents of its round and of the one before.
struct EveryWrite {
    let round: Int

    private func id(_ name: String, _ round: Int) -> Value { .string("\(name)-\(round)") }

    var statements: [Document] {
        inserts + updates + upserts + deletes + findAndModifies
    }

    private var inserts: [Document] {
        let many = (0..<20).map { number -> Value in
            ["_id": id("many-\(number)", round), "n": .integer(number), "tag": "new"]
        }
        let names = [
            "inc", "set", "unset", "rename", "mul", "min", "pipeline", "replace", "remove",
            "modify", "take", "swap",
        ]
        let single = names.map { name -> Value in
            ["_id": id(name, round), "n": 5, "old": "x", "inner": ["a": 1, "b": [1, 2]]]
        }
        return [
            ["insert": "kinds", "documents": .array(Document(array: many)), "ordered": false],
            ["insert": "kinds", "documents": .array(Document(array: single))],
        ]
    }

    private var updates: [Document] {
        let changes: [(String, Value)] = [
            ("inc", ["$inc": ["n": 1, "inner.a": -3]]),
            ("set", ["$set": ["inner.c.d": "deep", "when": .date(Int64(round))]]),
            ("unset", ["$unset": ["old": "", "inner.b": ""]]),
            ("rename", ["$rename": ["old": "renamed"]]),
            ("mul", ["$mul": ["n": .double(1.5)], "$currentDate": ["seen": true]]),
            ("min", ["$min": ["n": 2], "$max": ["inner.a": 9], "$bit": ["bits": ["or": 6]]]),
            (
                "pipeline",
                [["$set": ["sum": ["$add": ["$n", "$inner.a"]]]], ["$unset": "old"]]
            ),
            ("replace", ["completely": ["new": .integer(round)]]),
        ]
        // One bulk of all kinds; the one before is changed as well, when it may be copied already.
        let statements = changes.flatMap { name, change -> [Value] in
            [round, max(0, round - 1)].map { ["q": ["_id": id(name, $0)], "u": change] }
        }
        return [
            ["update": "kinds", "updates": .array(Document(array: statements)), "ordered": false],
            [
                "update": "kinds",
                "updates": [["q": ["tag": "new"], "u": ["$set": ["tag": "seen"]], "multi": true]],
            ],
        ]
    }

    private var upserts: [Document] {
        [
            [
                "update": "kinds",
                "updates": [
                    [
                        "q": ["_id": id("upsert", round)],
                        "u": ["$setOnInsert": ["made": .integer(round)], "$inc": ["n": 1]],
                        "upsert": true,
                    ],
                    ["q": ["_id": id("whole", round)], "u": ["whole": true], "upsert": true],
                    [
                        "q": ["_id": id("computed", round)],
                        "u": [["$set": ["n": ["$ifNull": ["$n", 10]]]]], "upsert": true,
                    ],
                    // The server makes its _id.
                    ["q": ["made": .integer(-round - 1)], "u": ["$set": ["n": 1]], "upsert": true],
                ],
            ]
        ]
    }

    private var deletes: [Document] {
        [
            [
                "delete": "kinds",
                "deletes": [
                    ["q": ["_id": id("remove", round)], "limit": 1],
                    ["q": ["_id": id("many-3", round)], "limit": 1],
                    ["q": ["n": ["$gte": 15], "tag": "seen"], "limit": 0],
                ],
            ]
        ]
    }

    private var findAndModifies: [Document] {
        [
            [
                "findAndModify": "kinds", "query": ["_id": id("modify", round)],
                "update": ["$push": ["list": .integer(round)]], "new": true,
            ],
            ["findAndModify": "kinds", "query": ["_id": id("take", round)], "remove": true],
            [
                "findAndModify": "kinds", "query": ["_id": id("swap", round)],
                "update": ["swapped": true],
            ],
            [
                "findAndModify": "kinds", "query": ["_id": id("found", round)],
                "update": ["$set": ["n": 1]], "upsert": true,
            ],
        ]
    }
}

/// Every form of a change of an array.
struct ArrayWrites {
    let round: Int

    private var id: Value { .string("array-\(round % 20)") }

    var statements: [Document] {
        let changes: [Value] = [
            [
                "$set": [
                    "list": [1, 2, 3, 4, 5, 6, 7, 8],
                    "items": [["k": 1, "v": 1], ["k": 2, "v": 2], ["k": 3, "v": 3]],
                ]
            ],
            ["$push": ["list": .integer(round)]],
            ["$push": ["list": ["$each": [9, 8, 7], "$position": 1, "$slice": -6]]],
            ["$push": ["items": ["$each": [["k": 9, "v": 0]], "$sort": ["v": 1]]]],
            ["$pull": ["list": ["$gt": 6, "$lt": 9]]],
            ["$pull": ["items": ["k": 2]]],
            ["$pullAll": ["list": [1, 2]]],
            ["$addToSet": ["list": ["$each": [3, 33]]]],
            ["$pop": ["list": -1]],
            ["$set": ["list.0": "first", "items.1.v": .integer(round)]],
            // Beyond the end: the gap is filled with nulls.
            ["$set": ["list.9": "far"]],
            ["$unset": ["list.2": ""]],
            ["$inc": ["items.$[].v": 1]],
            [["$set": ["list": ["$slice": ["$list", 3]]]]],
            [["$set": ["list": ["$concatArrays": ["$list", [["nested", ["deeper"]]]]]]]],
        ]
        let updates = changes.map { change -> Value in
            ["q": ["_id": id], "u": change, "upsert": true]
        }
        return [
            ["update": "arrays", "updates": .array(Document(array: updates))],
            [
                "update": "arrays",
                "updates": [
                    ["q": ["_id": id, "items.k": 3], "u": ["$set": ["items.$.v": "matched"]]],
                    [
                        "q": ["_id": id], "u": ["$set": ["items.$[odd].odd": true]],
                        "arrayFilters": [["odd.k": ["$mod": [2, 1]]]],
                    ],
                ],
            ],
        ]
    }
}
