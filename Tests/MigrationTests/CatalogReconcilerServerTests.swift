import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct CatalogReconcilerServerTests {
    @Test func collectionsOfEveryKindAreCreatedAsTheyAre_C1_C2_C3_C4_C5_C6_C7_C8_C9_C10()
        async throws
    {
        let lab = try await CatalogLab("kinds")
        let commands: [Document] = [
            ["create": "plain"],
            ["create": "capped", "capped": true, "size": 5_000, "max": 7],
            [
                "create": "clustered",
                "clusteredIndex": ["key": ["_id": 1], "unique": true, "name": "mine"],
            ],
            [
                "create": "expiring", "clusteredIndex": ["key": ["_id": 1], "unique": true],
                "expireAfterSeconds": 3_600,
            ],
            [
                "create": "weather",
                "timeseries": ["timeField": "at", "metaField": "place", "granularity": "minutes"],
                "expireAfterSeconds": 86_400,
            ],
            ["create": "caseless", "collation": ["locale": "en", "strength": 2]],
            [
                "create": "checked", "validator": ["$jsonSchema": ["required": ["a"]]],
                "validationLevel": "moderate", "validationAction": "warn",
            ],
            ["create": "images", "changeStreamPreAndPostImages": ["enabled": true]],
            [
                "create": "engine",
                "storageEngine": ["wiredTiger": ["configString": "block_compressor=zlib"]],
                "indexOptionDefaults": [
                    "storageEngine": ["wiredTiger": ["configString": "prefix_compression=false"]]
                ],
            ],
            ["create": "old", "idIndex": ["v": 1, "key": ["_id": 1], "name": "_id_"]],
            ["create": "above", "viewOn": "below", "pipeline": [["$match": ["a": 1]]]],
            ["create": "below", "viewOn": "plain", "pipeline": []],
            [
                "create": "collated", "viewOn": "caseless", "pipeline": [],
                "collation": ["locale": "en", "strength": 2],
            ],
        ]
        for command in commands { try await lab.onSource(command) }
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(report.created.count == 10)
        #expect(try await lab.differences() == [])
        let final = try await lab.differences(.final)
        #expect(
            final == [
                "option max of kinds.capped differs", "option size of kinds.capped differs",
                "option expireAfterSeconds of kinds.expiring differs",
                "option expireAfterSeconds of kinds.weather differs",
            ])
        #expect(try await lab.reconcile().actions.isEmpty)
    }

    @Test func namesAreSwapped_D3() async throws {
        let lab = try await CatalogLab("swap")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "b"])
        try await lab.reconcile()
        let a = try await lab.destinationUUID("a")
        let b = try await lab.destinationUUID("b")
        try await lab.renameOnSource("swap.a", "swap.t")
        try await lab.renameOnSource("swap.b", "swap.a")
        try await lab.renameOnSource("swap.t", "swap.b")
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(try await lab.destinationUUID("a") == b)
        #expect(try await lab.destinationUUID("b") == a)
        #expect(report.created.isEmpty && report.dropped.isEmpty)
        #expect(lab.gate.areAllOpen)
        #expect(try await lab.differences() == [])
    }
}
