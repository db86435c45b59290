import BSON
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct CatalogFinishingServerTests {
    /// Every kind of index, as a source may have it.
    static let indexes: [Document] = [
        ["key": ["a": 1], "name": "single", "background": true],
        ["key": ["a": 1.0, "b": -1], "name": "compound"],
        ["key": ["list.x": 1], "name": "multikey"],
        ["key": ["u": 1], "name": "unique", "unique": true],
        ["key": ["us": 1], "name": "unique sparse", "unique": true, "sparse": true],
        [
            "key": ["up": 1], "name": "unique partial", "unique": true,
            "partialFilterExpression": ["up": ["$gt": 1]],
        ],
        ["key": ["twin": 1], "name": "twin"],
        [
            "key": ["twin": 1], "name": "twin unique", "unique": true, "hidden": true,
            "expireAfterSeconds": 77,
        ],
        ["key": ["t": 1], "name": "expiring", "expireAfterSeconds": 3_600],
        [
            "key": ["t2": 1], "name": "expiring hidden unique", "expireAfterSeconds": 3_600,
            "hidden": true, "unique": true,
        ],
        ["key": ["p": 1], "name": "partial", "partialFilterExpression": ["p": ["$exists": true]]],
        ["key": ["s": 1], "name": "sparse", "sparse": true],
        ["key": ["h": 1], "name": "hidden", "hidden": true],
        ["key": ["hash": "hashed"], "name": "hashed"],
        ["key": ["hash": "hashed", "z": 1], "name": "hashed compound"],
        [
            "key": ["pre": 1, "tx": "text", "ty": "text"], "name": "text", "weights": ["tx": 5],
            "default_language": "french", "language_override": "lang", "textIndexVersion": 2,
            "collation": ["locale": "simple"],
        ],
        ["key": ["place": "2dsphere"], "name": "sphere", "2dsphereIndexVersion": 2],
        [
            "key": ["flat": "2d"], "name": "flat", "bits": 20, "min": -100, "max": 100,
            "collation": ["locale": "simple"],
        ],
        ["key": ["$**": 1], "name": "wildcard", "wildcardProjection": ["f": 1, "g": 1]],
        ["key": ["w.$**": 1], "name": "wildcard path", "hidden": true],
        ["key": ["c": 1], "name": "collated", "collation": ["locale": "fr", "strength": 1]],
        [
            "key": ["c": 1], "name": "collated unique",
            "collation": ["locale": "fr", "strength": 2], "unique": true,
        ],
        ["key": ["simple": 1], "name": "simple", "collation": ["locale": "simple"]],
        ["key": ["inherited": 1], "name": "inherited", "unique": true, "sparse": true],
        ["key": ["old": 1], "name": "version 1", "v": 1],
        [
            "key": ["engine": 1], "name": "engine",
            "storageEngine": ["wiredTiger": ["configString": "prefix_compression=false"]],
        ],
    ]

    @Test(arguments: [MongodBinary.Version.v6_0_27, .v6_0_5])
    func everyIndexIsTheSameInTheEnd_X1_X2_X3_X4_X5_X6_X7_X11(
        version: MongodBinary.Version
    ) async throws {
        let lab = try await CatalogLab(
            "indexes_\(version.rawValue.filter { $0 != "." })", source: version,
            destination: version)
        try await lab.onSource(["create": "plain"])
        try await lab.onSource([
            "create": "caseless", "collation": ["locale": "en", "strength": 2],
        ])
        for name in ["plain", "caseless"] {
            for index in CatalogFinishingServerTests.indexes {
                try await lab.onSource([
                    "createIndexes": .string(name), "indexes": [.document(index)],
                ])
            }
        }
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
        let found = try await lab.destinationCatalog().collections.values.flatMap(\.indexes)
        #expect(found.allSatisfy { !$0.isUnique && !$0.isHidden && $0.expiry == nil })
        let finishing = try await lab.finishing()
        #expect(try await finishing.prepare() == [])
        #expect(try await finishing.finish() == [])
        #expect(try await lab.differences(.final) == [])
        #expect(try await finishing.finish() == [])
    }

    @Test func limitsAreRestored_C3_C4_C5() async throws {
        let lab = try await CatalogLab("limits")
        for command in CatalogReconcilerServerTests.kinds { try await lab.onSource(command) }
        try await lab.reconcile()
        #expect(try await lab.finishing().finish() == [])
        #expect(try await lab.differences(.final) == [])
    }

    @Test func sixtyThreeIndexesAreBuiltTogether_X8() async throws {
        let lab = try await CatalogLab("sixtythree")
        let specs = (0..<63).map { number -> Value in
            ["key": .document(Document([("f\(number)", .int32(1))])), "name": "f\(number)"]
        }
        try await lab.onSource(["createIndexes": "a", "indexes": .array(Document(array: specs))])
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
    }

    @Test func indexesFollowTheSource_X9() async throws {
        let lab = try await CatalogLab("follow")
        for index in CatalogFinishingServerTests.indexes {
            try await lab.onSource(["createIndexes": "a", "indexes": [.document(index)]])
        }
        try await lab.onSource(["create": "s", "timeseries": ["timeField": "t", "metaField": "m"]])
        try await lab.onSource([
            "createIndexes": "s",
            "indexes": [["key": ["m.x": 1, "t": -1], "name": "s", "hidden": true]],
        ])
        try await lab.reconcile()
        let changes: [Document] = [
            ["dropIndexes": "a", "index": ["compound", "text", "twin"]],
            ["createIndexes": "a", "indexes": [["key": ["new": 1], "name": "compound"]]],
            ["collMod": "a", "index": ["name": "single", "hidden": true]],
            ["collMod": "a", "index": ["name": "single", "expireAfterSeconds": 5]],
            ["collMod": "a", "index": ["name": "expiring", "expireAfterSeconds": 5]],
            [
                "createIndexes": "s",
                "indexes": [
                    ["key": ["temperature": 1], "name": "s2", "hidden": true],
                    ["key": ["spot": "2dsphere"], "name": "s3"],
                    [
                        "key": ["m.y": 1], "name": "s4",
                        "partialFilterExpression": ["temperature": ["$gt": 5]],
                    ],
                ],
            ],
        ]
        for change in changes { try await lab.onSource(change) }
        #expect(try await lab.reconcile().isSettled)
        #expect(try await lab.differences() == [])
        #expect(try await lab.reconcile().actions.isEmpty)
        #expect(try await lab.finishing().finish() == [])
        #expect(try await lab.differences(.final) == [])
    }

    @Test func indexesWaitForTheCopy() async throws {
        let lab = try await CatalogLab("wait")
        try await lab.onSource(["createIndexes": "a", "indexes": [["key": ["a": 1], "name": "a"]]])
        let first = try await lab.reconciler().run(indexable: [])
        #expect(first.isSettled && first.builds.isEmpty)
        let second = try await lab.reconciler().run(indexable: lab.journal.sources)
        #expect(second.builds.count == 1)
    }

    @Test func anIndexThatTheDestinationRefusesIsNamedAndTheOthersAreBuilt() async throws {
        let lab = try await CatalogLab("haystack", source: .v4_4_2, destination: .v6_0_5)
        try await lab.onSource([
            "createIndexes": "a",
            "indexes": [
                ["key": ["a": 1], "name": "a"],
                ["key": ["place": "geoHaystack", "k": 1], "name": "hay", "bucketSize": 5],
            ],
        ])
        _ = try await lab.reconciler().run(indexable: [])
        let report = try await lab.reconciler().run(indexable: lab.journal.sources)
        let build = try #require(report.builds.first)
        guard case .refused(let problems) = try await IndexBuilder.run(build, lab.destination)
        else {
            Issue.record("not refused")
            return
        }
        #expect(problems.map(\.index) == ["hay"])
        #expect(try await lab.differences() == ["index hay of haystack.a is missing"])
    }

    @Test func prepareCanBeTakenBack_X2_X3() async throws {
        let lab = try await CatalogLab("undo")
        for index in CatalogFinishingServerTests.indexes {
            try await lab.onSource(["createIndexes": "a", "indexes": [.document(index)]])
        }
        try await lab.reconcile()
        let finishing = try await lab.finishing()
        #expect(try await finishing.prepare() == [])
        let duplicate: Document = ["insert": "a", "documents": [["u": 1], ["u": 1]]]
        #expect(try await lab.destination.write(duplicate, on: "undo").failures.count == 1)
        #expect(try await lab.differences() != [])
        #expect(try await finishing.undo() == [])
        #expect(try await lab.differences() == [])
        #expect(try await lab.destination.write(duplicate, on: "undo").failures.isEmpty)
        #expect(try await finishing.undo() == [])
    }

    @Test func violationsAreFoundBeforeAndDuringTheCutover_X12() async throws {
        let lab = try await CatalogLab("violations")
        let indexes: [Document] = [
            ["key": ["a": 1], "name": "plain", "unique": true],
            ["key": ["s": 1], "name": "sparse", "unique": true, "sparse": true],
            [
                "key": ["p": 1], "name": "partial", "unique": true,
                "partialFilterExpression": ["p": ["$gt": 5]],
            ],
            [
                "key": ["c": 1], "name": "collated", "unique": true, "sparse": true,
                "collation": ["locale": "en", "strength": 2],
            ],
            ["key": ["l.x": 1, "l.y": 1], "name": "list", "unique": true, "sparse": true],
            ["key": ["t": 1], "name": "twin", "sparse": true],
            ["key": ["t": 1], "name": "twin unique", "unique": true, "sparse": true],
            ["key": ["fine": 1], "name": "fine", "unique": true, "sparse": true],
        ]
        for index in indexes {
            try await lab.onSource(["createIndexes": "a", "indexes": [.document(index)]])
        }
        try await lab.reconcile()
        let documents: [Value] = [
            // A missing field is null, and 1 is 1.0; ids that a collation would hold for one.
            ["_id": "x"], ["_id": "X"], ["_id": 3, "a": 1], ["_id": 4, "a": 1.0],
            ["_id": 5, "a": 5, "p": 6], ["_id": 6, "a": 6, "p": 6], ["_id": 7, "a": 7, "p": 1],
            ["_id": 8, "a": 8, "p": 1], ["_id": 9, "a": 9, "c": "q"],
            ["_id": 10, "a": 10, "c": "Q"],
            // Pairs are made element by element: (1,2),(3,4) and (1,4) do not meet, (3,4) and (3,4)
            // do.
            ["_id": 11, "a": 11, "l": [["x": 1, "y": 2], ["x": 3, "y": 4]]],
            ["_id": 12, "a": 12, "l": [["x": 1, "y": 4], ["x": 5, "y": 5], ["x": 5, "y": 5]]],
            ["_id": 13, "a": 13, "l": [["x": 3, "y": 4]]],
            ["_id": 14, "a": 14, "t": 1], ["_id": 15, "a": 15, "t": 1],
            ["_id": 16, "a": 16, "fine": [1, 1, 2]], ["_id": 17, "a": 17, "fine": 3],
        ]
        _ = try await lab.destination.write(
            ["insert": "a", "documents": .array(Document(array: documents))], on: "violations")
        let found = try await lab.uniqueCheck().run().problems
        let expected: Set = ["plain", "partial", "collated", "list", "twin unique"]
        #expect(Set(found.compactMap(\.index)) == expected)
        #expect(found.first { $0.index == "plain" }?.documents.count == 2)
        let list = try #require(found.first { $0.index == "list" }?.documents.first)
        #expect(Set(list) == [11, 13])
        let finishing = try await lab.finishing()
        #expect(try await finishing.prepare().compactMap(\.index) == ["twin unique"])
        let finished = try await finishing.finish()
        #expect(Set(finished.compactMap(\.index)) == expected)
        #expect(finished.first { $0.index == "partial" }?.documents == [[5, 6]])
        let unique = try await lab.destinationCatalog().collections.values.flatMap(\.indexes)
            .filter(\.isUnique)
        #expect(Set(unique.map(\.name)) == ["fine", "sparse"])
    }

    @Test func anIndexThatSomebodyHasDroppedIsMissed() async throws {
        let lab = try await CatalogLab("missed")
        try await lab.onSource([
            "createIndexes": "a",
            "indexes": [["key": ["n": 1], "name": "n"], ["key": ["m": 1], "name": "m"]],
        ])
        #expect(try await lab.reconcile().isSettled)
        try await lab.onDestination(["dropIndexes": "a", "index": "n"])
        let finishing = try await lab.finishing()
        let problems = try await finishing.prepare()
        #expect(problems.map(\.kind) == [.missing] && problems.map(\.index) == ["n"])
        // Whoever uses the destination by then may have done it.
        #expect(try await finishing.finish() == [])
    }

    @Test func aDocumentThatIsReadTwiceIsNotInItsOwnWay() async throws {
        let lab = try await CatalogLab("twice", group: "yields")
        try await lab.onSource([
            "createIndexes": "a", "indexes": [["key": ["n": 1], "name": "n", "unique": true]],
        ])
        try await lab.reconcile()
        // More than a server reads without a yield.
        let documents = (0..<3_000).map { number -> Value in
            ["_id": .integer(number), "n": .integer(number)]
        }
        try await lab.onDestination([
            "insert": "a", "documents": .array(Document(array: documents)),
        ])
        let point = Value.string("setYieldAllLocksHang")
        let check = try await lab.uniqueCheck()
        let set = try await lab.lanes[0].run([
            "configureFailPoint": point, "mode": "alwaysOn", "data": ["namespace": "twice.a"],
        ])
        let found = Task { try await check.run() }
        _ = try await lab.lanes[0].run([
            "waitForFailPoint": point, "timesEntered": .integer((set["count"]?.integer ?? 0) + 1),
            "maxTimeMS": 60_000,
        ])
        _ = try await lab.lanes[1].write(
            ["delete": "a", "deletes": [["q": ["_id": 0], "limit": 1]]], on: "twice")
        _ = try await lab.lanes[1].write(
            ["insert": "a", "documents": [["_id": 0, "n": 0]]], on: "twice")
        _ = try await lab.lanes[0].run(["configureFailPoint": point, "mode": "off"])
        #expect(try await found.value.problems == [])
    }

    @Test func whatIsDroppedAfterTheCutoverNeedsNoFinishing() async throws {
        let lab = try await CatalogLab("dropped")
        try await lab.onSource([
            "createIndexes": "a", "indexes": [["key": ["a": 1], "name": "a", "unique": true]],
        ])
        try await lab.reconcile()
        let finishing = try await lab.finishing()
        #expect(try await finishing.prepare() == [])
        try await lab.onDestination(["drop": "a"])
        try await lab.onDestination(["create": "a"])
        #expect(try await finishing.finish() == [])
    }
}

extension CatalogLab {
    func finishing() async throws -> Finishing {
        Finishing(
            source: try await sourceCatalog(), pairs: journal.state.pairs,
            destination: CatalogReader(lanes: [destination]), lanes: [destination])
    }

    func uniqueCheck() async throws -> UniqueCheck {
        UniqueCheck(
            source: try await sourceCatalog(), pairs: journal.state.pairs,
            destination: CatalogReader(lanes: [destination]), lanes: [destination])
    }
}
