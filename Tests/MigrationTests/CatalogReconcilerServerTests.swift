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
        for command in CatalogReconcilerServerTests.kinds { try await lab.onSource(command) }
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

    static let kinds: [Document] = [
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

    @Test func namesAreTakenAsTheyAre_C11_C12() async throws {
        let lab = try await CatalogLab("names")
        let longest = String(repeating: "n", count: 255 - "names.".utf8.count)
        for name in ["system.js", "a.b.c", " space d ", "Größe-漢字-🙂", "sys%tem?*/\\\"", longest] {
            try await lab.onSource(["create": .string(name)])
        }
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
        #expect(try await lab.destinationCatalog().collections.count == 6)
    }

    @Test func hundredsOfCollectionsSettleInOneRun_C13() async throws {
        let lab = try await CatalogLab("many")
        for number in 0..<300 { try await lab.onSource(["create": "c\(number)"]) }
        let report = try await lab.reconciler().run(indexable: [])
        #expect(report.isSettled)
        #expect(report.created.count == 300)
        #expect(try await lab.differences() == [])
    }

    @Test func droppedAndRecreatedCollectionsAreNewOnes_D1_D5() async throws {
        let lab = try await CatalogLab("recreate")
        for name in ["a", "b", "c"] { try await lab.onSource(["create": .string(name)]) }
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t"]])
        try await lab.reconcile()
        let before = try await lab.destinationCatalog()
        try await lab.onSource(["drop": "a"])
        try await lab.onSource(["drop": "b"])
        try await lab.onSource(["create": "b", "collation": ["locale": "de"]])
        try await lab.onSource(["convertToCapped": "c", "size": 8_192])
        try await lab.onSource(["drop": "s"])
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t"]])
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(report.dropped.count == 4)
        #expect(Set(report.created.map(\.displayName.collection)) == ["b", "c", "s"])
        let after = try await lab.destinationCatalog()
        #expect(
            Set(before.collections.values.compactMap(\.uuid))
                .isDisjoint(with: after.collections.values.compactMap(\.uuid)))
        #expect(lab.gate.seen.count == 4 && lab.gate.areAllOpen)
        #expect(lab.journal.state.entries.count == 3)
        #expect(try await lab.differences() == [])
    }

    @Test func aDroppedDatabaseIsDropped_D2() async throws {
        let lab = try await CatalogLab("gone")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t"]])
        try await lab.onSource(["create": "v", "viewOn": "a", "pipeline": []])
        try await lab.reconcile()
        try await lab.onSource(["dropDatabase": 1])
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(try await lab.destinationCatalog().collections.isEmpty)
        #expect(lab.journal.state.entries.isEmpty && lab.journal.state.views.isEmpty)
    }

    @Test func storedFunctionsGoWithTheirDatabase_C11_D2() async throws {
        let lab = try await CatalogLab("functions")
        for name in ["system.js", "z"] { try await lab.onSource(["create": .string(name)]) }
        try await lab.reconcile()
        _ = try await lab.destination.write(
            ["insert": "system.js", "documents": [["_id": "f", "value": 1]]], on: "functions")
        try await lab.onSource(["dropDatabase": 1])
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.destinationCatalog().collections.isEmpty)
    }

    @Test func storedFunctionsThatCannotGoAreEmptiedAndUsedAgain_C11_D2() async throws {
        let lab = try await CatalogLab("leftover")
        try await lab.onSource(["create": "system.js"])
        try await lab.reconcile()
        try await lab.onDestination(["create": "foreign"])
        _ = try await lab.destination.write(
            ["insert": "system.js", "documents": [["_id": "f", "value": 1]]], on: "leftover")
        try await lab.onSource(["dropDatabase": 1])
        #expect(try await lab.reconcile().isSettled)
        #expect(lab.journal.state.entries.isEmpty)
        try await lab.onSource(["create": "system.js"])
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        // It was adopted.
        #expect(report.created.isEmpty)
        let left = try await lab.destination.open(["find": "system.js"], on: "leftover")
        #expect(left.isEmpty)
    }

    /// The roles that the validation asks for do not let databases be dropped.
    @Test func storedFunctionsAreEmptiedByWhoMayNotDropTheirDatabase_C11_D2() async throws {
        try await Pair.with { pair in
            let user = Credentials(username: "writer", password: "writer")
            try await pair.destination.createUser(
                user, roles: ["readWriteAnyDatabase", "restore", "clusterMonitor"])
            let lane = try pair.destination.cluster(as: user).lane()
            let reconciler = Reconciler(
                source: CatalogReader(lanes: [pair.source.lane]),
                destination: CatalogReader(lanes: [lane]),
                executor: CatalogExecutor(lanes: [lane], journal: MemoryJournal()),
                filter: NamespaceFilter(), gate: RecordingGate())
            let (here, there) = (
                Statements(pair.source.lane, "functions"), Statements(lane, "functions")
            )
            try await here.create("system.js")
            #expect(try await reconciler.run(indexable: []).isSettled)
            try await there.insert("system.js", [["_id": "f", "value": 1]])
            try await here.run(["dropDatabase": 1])
            #expect(try await reconciler.run(indexable: []).isSettled)
            #expect(try await there.count("system.js") == 0)
        }
    }

    @Test func renamesOfEveryKindKeepTheCollections_D3() async throws {
        let lab = try await CatalogLab("renames")
        let names = [
            "onto", "target", "swap1", "swap2", "chain1", "chain2", "ring1", "ring2", "ring3",
        ]
        for name in names { try await lab.onSource(["create": .string(name)]) }
        try await lab.reconcile()
        var expected: [String: BinaryUUID] = [:]
        for (old, new) in [
            ("onto", "target"), ("swap1", "swap2"), ("swap2", "swap1"), ("chain1", "chain2"),
            ("chain2", "chain3"), ("ring1", "ring2"), ("ring2", "ring3"), ("ring3", "ring1"),
        ] { expected[new] = try await lab.destinationUUID(old) }
        let moves = [
            ("swap1", "x"), ("swap2", "swap1"), ("x", "swap2"), ("chain2", "chain3"),
            ("chain1", "chain2"), ("ring3", "x"), ("ring2", "ring3"), ("ring1", "ring2"),
            ("x", "ring1"),
        ]
        try await lab.renameOnSource("renames.onto", "renames.target", dropTarget: true)
        for (from, to) in moves { try await lab.renameOnSource("renames.\(from)", "renames.\(to)") }
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(report.created.isEmpty && report.dropped.count == 1)
        for (name, uuid) in expected { #expect(try await lab.destinationUUID(name) == uuid) }
        #expect(try await lab.differences() == [])
        #expect(lab.gate.areAllOpen)
    }

    @Test func aRenameToAnotherDatabaseIsANewCollection_D3() async throws {
        let lab = try await CatalogLab("across1", "across2")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "b"], in: "across2")
        try await lab.reconcile()
        try await lab.renameOnSource("across1.a", "across2.a")
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(report.created.count == 1 && report.dropped.count == 1)
        #expect(try await lab.differences() == [])
    }

    @Test func changedOptionsAreChangedToo_D4() async throws {
        let lab = try await CatalogLab("options")
        for command in CatalogReconcilerServerTests.kinds { try await lab.onSource(command) }
        try await lab.reconcile()
        let changes: [Document] = [
            [
                "collMod": "plain", "validator": ["a": ["$type": "int"]],
                "validationLevel": "moderate",
            ],
            ["collMod": "checked", "validator": [:], "validationAction": "error"],
            ["collMod": "images", "changeStreamPreAndPostImages": ["enabled": false]],
            ["collMod": "old", "changeStreamPreAndPostImages": ["enabled": true]],
            ["collMod": "weather", "timeseries": ["granularity": "hours"]],
            ["collMod": "weather", "expireAfterSeconds": "off"],
            ["collMod": "expiring", "expireAfterSeconds": 9],
            ["collMod": "capped", "cappedSize": 100_000, "cappedMax": 50],
            ["collMod": "above", "viewOn": "plain", "pipeline": [["$sort": ["a": 1]]]],
            ["drop": "below"],
            [
                "create": "below", "viewOn": "caseless", "pipeline": [],
                "collation": ["locale": "en", "strength": 2],
            ],
        ]
        for change in changes { try await lab.onSource(change) }
        let report = try await lab.reconcile()
        #expect(report.isSettled)
        #expect(report.created.isEmpty && report.dropped.isEmpty)
        #expect(try await lab.differences() == [])
        #expect(try await lab.reconcile().actions.isEmpty)
    }

    @Test func collectionsAndViewsChangePlaces() async throws {
        let lab = try await CatalogLab("places")
        try await lab.onSource(["create": "a"])
        try await lab.onSource(["create": "v", "viewOn": "a", "pipeline": []])
        try await lab.reconcile()
        try await lab.onSource(["drop": "v"])
        try await lab.renameOnSource("places.a", "places.v")
        try await lab.onSource(["create": "a", "viewOn": "v", "pipeline": []])
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
    }

    @Test func renamesInAndOutOfTheFilterAreCreationsAndDrops_D7() async throws {
        let lab = try await CatalogLab("filter")
        try await lab.onSource(["create": "in"])
        try await lab.onSource(["create": "out"])
        let filter = NamespaceFilter(
            include: [NamespaceFilter.Pattern("filter.in")].compactMap(\.self))
        #expect(try await lab.reconcile(filter: filter).created.count == 1)
        try await lab.renameOnSource("filter.in", "filter.x")
        try await lab.renameOnSource("filter.out", "filter.in")
        let report = try await lab.reconcile(filter: filter)
        #expect(report.isSettled)
        #expect(report.created.count == 1 && report.dropped.count == 1)
        let catalog = try await lab.destinationCatalog()
        #expect(catalog.collections.keys.map(\.collection) == ["in"])
    }

    @Test func whatIsForeignStaysAndIsNamed() async throws {
        let lab = try await CatalogLab("foreign")
        for name in ["a", "b", "c"] { try await lab.onSource(["create": .string(name)]) }
        try await lab.onDestination(["create": "a"])
        try await lab.onDestination(["create": "b", "viewOn": "a", "pipeline": []])
        try await lab.onDestination(["create": "other"])
        let report = try await lab.reconcile()
        #expect(!report.isSettled)
        #expect(report.problems.map(\.namespace.collection) == ["a", "b"])
        #expect(report.created.map(\.namespace.collection) == ["c"])
        try await lab.onDestination(["drop": "a"])
        try await lab.onDestination(["drop": "b"])
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == ["foreign.other is on the destination only"])
    }

    @Test(arguments: [MongodBinary.Version.v5_0_4, .v4_4_2])
    func olderSourcesAreUnderstood(version: MongodBinary.Version) async throws {
        let name = "older_\(version.rawValue.prefix(1))"
        let lab = try await CatalogLab(name, source: version, destination: .v6_0_5)
        let commands: [Document] = [
            ["create": "plain"], ["create": "capped", "capped": true, "size": 5_000, "max": 7],
            ["create": "caseless", "collation": ["locale": "en", "strength": 2]],
            ["create": "checked", "validator": ["a": 1], "validationAction": "warn"],
            ["create": "images", "recordPreImages": true],
            ["create": "v", "viewOn": "plain", "pipeline": []],
            [
                "createIndexes": "plain",
                "indexes": [
                    ["key": ["a": 1], "name": "ttl", "expireAfterSeconds": .double(.nan)],
                    ["key": ["b": 1], "name": "u", "unique": true, "background": true],
                    ["key": ["w.$**": 1], "name": "w", "hidden": true],
                ],
            ],
        ]
        for command in commands { try await lab.onSource(command) }
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
        try await lab.renameOnSource("\(name).capped", "\(name).renamed")
        try await lab.onSource(["drop": "checked"])
        let report = try await lab.reconcile()
        #expect(report.isSettled && report.created.isEmpty)
        #expect(try await lab.differences() == [])
    }
}
