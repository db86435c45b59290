import BSON
import Mongo
import Sandbox
import Testing

@testable import lagzero

/// The users and roles that the README asks for are enough, and its narrow roles too.
@Suite(.serialized, .timeLimit(.minutes(10))) struct UsersServerTests {
    /// `createRole` of the README.
    private static let sourcePrivileges: [Value] = [
        [
            "resource": ["db": "", "collection": ""],
            "actions": [
                "find", "changeStream", "listCollections", "listIndexes", "collStats", "dbStats",
            ],
        ],
        [
            "resource": ["db": "", "collection": "system.js"],
            "actions": ["find", "listIndexes", "collStats"],
        ],
        [
            "resource": ["db": "", "system_buckets": ""],
            "actions": ["find", "listIndexes", "collStats"],
        ],
        [
            "resource": ["db": "local", "collection": "oplog.rs"],
            "actions": ["find", "collStats"],
        ],
        [
            "resource": ["cluster": true],
            "actions": [
                "listDatabases", "serverStatus", "getParameter", "inprog", "setUserWriteBlockMode",
            ],
        ],
    ]
    private static let destinationPrivileges: [Value] = [
        [
            "resource": ["db": "", "collection": ""],
            "actions": [
                "find", "insert", "update", "remove", "createCollection", "dropCollection",
                "collMod", "convertToCapped", "createIndex", "dropIndex", "listCollections",
                "listIndexes", "collStats", "dbStats", "renameCollectionSameDB",
                "bypassDocumentValidation", "dropDatabase",
            ],
        ],
        [
            "resource": ["db": "", "collection": "system.js"],
            "actions": [
                "find", "insert", "update", "remove", "listIndexes", "bypassDocumentValidation",
            ],
        ],
        [
            "resource": ["db": "", "system_buckets": ""],
            "actions": [
                "find", "insert", "update", "remove", "listIndexes", "bypassDocumentValidation",
            ],
        ],
        [
            "resource": ["cluster": true],
            "actions": [
                "listDatabases", "serverStatus", "getParameter", "inprog", "setUserWriteBlockMode",
                "bypassWriteBlockingMode",
            ],
        ],
    ]

    private func fill(_ clusters: SandboxClusters) async throws {
        let lane = clusters.source.lane
        try await SampleData(.small, count: 500)
            .insert(into: Namespace("shop", "customers"), through: [lane])
        for (command, database): (Document, String) in [
            (
                [
                    "createIndexes": "customers",
                    "indexes": [
                        ["key": ["number": 1], "name": "number", "unique": true],
                        [
                            "key": ["created": 1], "name": "created",
                            "expireAfterSeconds": 1_000_000_000,
                        ],
                    ],
                ], "shop"
            ),
            (["create": "recent", "viewOn": "customers", "pipeline": []], "shop"),
            (["create": "weather", "timeseries": ["timeField": "t"]], "shop"),
            (["insert": "weather", "documents": [["t": .date(0), "c": 21]]], "shop"),
            (["create": "log", "capped": true, "size": 65_536], "shop"),
            (["insert": "log", "documents": [["_id": 1]]], "shop"),
            (["insert": "system.js", "documents": [["_id": "f", "value": 1]]], "shop"),
        ] { _ = try await lane.run(command, on: database) }
        _ = try await clusters.destination.lane.run(
            ["insert": "old", "documents": [["_id": 1]]], on: "left_over")
    }

    private func migrate(_ source: String, _ destination: String) async throws -> LagzeroProcess {
        let process = try LagzeroProcess(
            [
                "migrate", "--cutover", "when-in-sync", "--lag-hold", "0", "--drop",
                "--drop-confirm",
                "destination",
            ], environment: ["LAGZERO_SOURCE": source, "LAGZERO_DESTINATION": destination])
        #expect(try await process.status() == 0, "\(process.errors)")
        #expect(process.errors.contains("writes are blocked on the source"))
        #expect(!process.errors.contains("Privileges"), "\(process.errors)")
        return process
    }

    private func check(_ clusters: SandboxClusters) async throws {
        let lane = clusters.destination.lane
        for (name, count) in [("customers", 500), ("weather", 1), ("log", 1), ("system.js", 1)] {
            let reply = try await lane.run(["count": .string(name)], on: "shop")
            #expect(reply["n"]?.integer == count, "\(name)")
        }
        #expect(try await lane.run(["count": "old"], on: "left_over")["n"]?.integer == 0)
    }

    @Test func theBuiltInRolesAreEnough() async throws {
        let clusters = try await SandboxClusters.start()
        try await fill(clusters)
        _ = try await migrate(clusters.sourceURI, clusters.destinationURI)
        try await check(clusters)
        await clusters.stop()
    }

    @Test func theNarrowRolesAreEnough() async throws {
        let clusters = try await SandboxClusters.start()
        try await fill(clusters)
        let user = Credentials(username: "narrow", password: "narrow password")
        let sides = [
            (clusters.source, Self.sourcePrivileges),
            (clusters.destination, Self.destinationPrivileges),
        ]
        for (set, privileges) in sides {
            try await set.createRole("lagzero", privileges: privileges)
            try await set.createUser(user, roles: ["lagzero"])
        }
        _ = try await migrate(clusters.source.uri(as: user), clusters.destination.uri(as: user))
        try await check(clusters)
        await clusters.stop()
    }
}
