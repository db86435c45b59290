import BSON
import Migration
import Mongo

/// The changes of definitions of one D line: what is there before the migration, and what is done
/// to it while the migration goes on. Every script has databases of its own.
struct DefinitionScript: Sendable {
    let database: String
    let lane: Lane
    /// What is there before, and what happens then.
    private let prepare: @Sendable (Self) async throws -> Void
    private let change: @Sendable (Self) async throws -> Void

    private init(
        _ database: String, _ lane: Lane,
        prepare: @escaping @Sendable (Self) async throws -> Void,
        change: @escaping @Sendable (Self) async throws -> Void
    ) {
        self.database = database
        self.lane = lane
        self.prepare = prepare
        self.change = change
    }

    func begin() async throws { try await prepare(self) }
    func run() async throws { try await change(self) }

    static let lines = [d1, d2, d3, d4, d5]

    // MARK: The lines

    /// Create, drop, drop and create again under one name.
    static let d1: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            for name in ["dropped", "again", "twice", "capped"] { try await script.fill(name) }
            try await script.index("again", "n")
        } change: { script in
            try await script.run(["create": "created"])
            try await script.fill("implicit")
            try await script.run(["drop": "dropped"])
            try await script.run(["drop": "again"])
            try await script.fill("again", from: 500)
            for round in 0..<3 {
                try await script.run(["drop": "twice"])
                try await script.run(["create": "twice", "collation": ["locale": "de"]])
                try await script.fill("twice", from: round * 1_000)
            }
            // Under the name of a plain one.
            try await script.run(["drop": "capped"])
            try await script.run(["create": "capped", "capped": true, "size": 100_000])
            try await script.fill("capped", from: 7)
            try await script.index("again", "other")
            try await script.run(["create": "short"])
            try await script.fill("short")
            try await script.run(["drop": "short"])
        }
    }

    /// dropDatabase, for good and with the same names again.
    static let d2: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            let other = script.other("gone")
            for name in ["a", "b"] {
                try await script.fill(name)
                try await other.fill(name)
            }
            try await script.view("v", on: "a")
        } change: { script in
            try await script.other("gone").run(["dropDatabase": 1])
            try await script.run(["dropDatabase": 1])
            try await script.fill("a", from: 300)
            try await script.index("a", "n")
            try await script.fill("b", count: 1)
        }
    }

    /// Rename, onto an existing one, swap, chain, across databases.
    static let d3: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            for (place, name) in [
                "plain", "over", "target", "left", "right", "one", "two", "three", "away",
            ]
            .enumerated() {
                try await script.fill(name, from: place * 1_000)
            }
            try await script.index("plain", "n")
            try await script.index("left", "n")
            try await script.other("far").fill("taken", from: 90)
        } change: { script in
            try await script.rename("plain", to: "renamed")
            try await script.fill("renamed", from: 20_000)
            try await script.rename("over", to: "target", dropTarget: true)
            try await script.rename("left", to: "between")
            try await script.rename("right", to: "left")
            try await script.rename("between", to: "right")
            try await script.rename("three", to: "four")
            try await script.rename("two", to: "three")
            try await script.rename("one", to: "two")
            try await script.update("two")
            let far = script.other("far")
            try await script.rename("away", to: "arrived", in: far.database)
            try await far.rename("taken", to: "renamed", in: script.database, dropTarget: true)
            try await script.update("right")
        }
    }

    /// What collMod changes from 4.4 on: validator, TTL, hidden index, view.
    static let d4Older: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            for name in ["validated", "expiring", "images"] { try await script.fill(name) }
            try await script.run([
                "createIndexes": "expiring",
                "indexes": [["key": ["at": 1], "name": "at", "expireAfterSeconds": 86_400]],
            ])
            try await script.index("expiring", "n")
            try await script.view("v", on: "validated")
            try await script.view("w", on: "v")
        } change: { script in
            try await script.run([
                "collMod": "validated", "validator": ["n": ["$gte": 50]],
                "validationLevel": "moderate", "validationAction": "warn",
            ])
            try await script.update("validated")
            try await script.run([
                "collMod": "expiring", "index": ["name": "at", "expireAfterSeconds": 90_000],
            ])
            try await script.run([
                "collMod": "expiring", "index": ["name": "n", "hidden": true],
            ])
            try await script.run([
                "collMod": "v", "viewOn": "images",
                "pipeline": [["$match": ["n": ["$lt": 10]]]],
            ])
        }
    }

    /// The same, capped size, and pre- and post-images.
    static let d4: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            try await d4Older(database, lane).begin()
            try await script.run(["create": "capped", "capped": true, "size": 8_192, "max": 1_000])
            try await script.fill("capped", count: 20)
        } change: { script in
            try await d4Older(database, lane).run()
            try await script.run([
                "collMod": "capped", "cappedSize": 65_536, "cappedMax": 2_000,
            ])
            try await script.fill("capped", from: 5_000, count: 20)
            try await script.run([
                "collMod": "images", "changeStreamPreAndPostImages": ["enabled": true],
            ])
            try await script.update("images")
        }
    }

    /// convertToCapped, and the other command that makes a capped collection of a plain one.
    static let d5: Line = { database, lane in
        DefinitionScript(database, lane) { script in
            try await script.fill("converted")
            try await script.fill("shrunk", count: 2_000)
            try await script.fill("cloned")
            try await script.index("converted", "n")
        } change: { script in
            try await script.run(["convertToCapped": "converted", "size": 1_048_576])
            try await script.fill("converted", from: 900, count: 30)
            // Too small for all of it: the oldest documents go.
            try await script.run(["convertToCapped": "shrunk", "size": 16_384])
            try await script.fill("shrunk", from: 9_000, count: 30)
            try await script.run([
                "cloneCollectionAsCapped": "cloned", "toCollection": "clone", "size": 1_048_576,
            ])
        }
    }

    typealias Line = @Sendable (String, Lane) -> DefinitionScript

    // MARK: Commands

    func other(_ suffix: String) -> DefinitionScript {
        DefinitionScript("\(database)_\(suffix)", lane, prepare: prepare, change: change)
    }

    @discardableResult
    func run(_ command: Document) async throws -> Document {
        try await lane.perform(command, on: database)
    }

    func fill(_ collection: String, from first: Int = 0, count: Int = 100) async throws {
        let documents = (first..<(first + count)).map { number -> Value in
            ["_id": .integer(number), "n": .integer(number), "in": .string(collection)]
        }
        try await run([
            "insert": .string(collection), "documents": .array(Document(array: documents)),
        ])
    }

    /// Changes some documents, so that a copy which is under way is behind.
    func update(_ collection: String) async throws {
        try await run([
            "update": .string(collection),
            "updates": [
                ["q": ["n": ["$mod": [10, 3]]], "u": ["$set": ["changed": true]], "multi": true]
            ],
        ])
    }

    func index(_ collection: String, _ field: String) async throws {
        let key = Value.document(Document([(field, .integer(1))]))
        try await run([
            "createIndexes": .string(collection),
            "indexes": [["key": key, "name": .string(field)]],
        ])
    }

    func view(_ name: String, on collection: String) async throws {
        try await run([
            "create": .string(name), "viewOn": .string(collection),
            "pipeline": [["$match": ["n": ["$gt": 3]]]],
        ])
    }

    func rename(
        _ from: String, to: String, in target: String? = nil, dropTarget: Bool = false
    ) async throws {
        try await lane.perform(
            [
                "renameCollection": .string("\(database).\(from)"),
                "to": .string("\(target ?? database).\(to)"), "dropTarget": .bool(dropTarget),
            ], on: "admin")
    }
}
