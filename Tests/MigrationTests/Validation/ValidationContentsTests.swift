import BSON
import Mongo
import Testing

@testable import Migration

struct ValidationContentsTests {
    private typealias Entry = Validation.Catalog.Entry

    private func entry(
        _ name: String, type: String = "collection", options: Document = [:],
        indexes: [Document] = []
    ) throws -> Entry {
        let namespace = try #require(Namespace(name))
        return Entry(namespace: namespace, type: type, options: options, indexes: indexes)
    }

    private func contents(
        _ source: [Entry]?, _ destination: [Entry]?,
        _ options: MigrationOptions = MigrationOptions(),
        isComplete: Bool = true, from: ServerVersion = .v6, to: ServerVersion = .v6
    ) -> [ValidationRule: ValidationCheck] {
        let contents = Validation.Contents(
            options: options,
            source: source.map {
                Validation.Catalog(entries: $0, isComplete: isComplete, hasIndexes: isComplete)
            },
            destination: destination.map {
                Validation.Catalog(entries: $0, isComplete: isComplete)
            },
            sourceVersion: from, destinationVersion: to)
        let checks = contents.checks + (contents.source.map(contents.indexes) ?? [])
        return Dictionary(checks.map { ($0.rule, $0) }) { first, _ in first }
    }

    @Test func anEmptyDestinationPasses() throws {
        let found = contents([try entry("shop.orders")], [])
        #expect(found[.conflictingNamespaces]?.outcome == .pass)
        #expect(found[.otherData]?.outcome == .pass)
    }

    @Test func aNameOnBothSidesIsAConflictUnlessTheDestinationIsCleared() throws {
        let both = [try entry("shop.orders")]
        let found = contents(both, both)
        #expect(found[.conflictingNamespaces]?.outcome == .failure)
        #expect(found[.conflictingNamespaces]?.seen == "shop.orders")
        #expect(found[.otherData]?.outcome == .pass)
        var options = MigrationOptions()
        options.drop = true
        let cleared = contents(both, both, options)
        #expect(cleared[.conflictingNamespaces]?.outcome == .pass)
        #expect(cleared[.otherData]?.outcome == .warning)
        #expect(cleared[.otherData]?.message == "Everything on the destination will be dropped")
    }

    @Test func otherDataIsToldAndNoConflict() throws {
        let found = contents([try entry("shop.orders")], [try entry("bank.accounts")])
        #expect(found[.conflictingNamespaces]?.outcome == .pass)
        #expect(found[.otherData]?.outcome == .warning)
        #expect(found[.otherData]?.seen == "1 database: bank")
    }

    @Test func whatIsExcludedIsNoConflict() throws {
        var options = MigrationOptions()
        options.filter.exclude = [.init("shop.*")].compactMap(\.self)
        let both = [try entry("shop.orders")]
        #expect(contents(both, both, options)[.conflictingNamespaces]?.outcome == .pass)
    }

    @Test func databasesThatDifferOnlyInCaseConflict() throws {
        let found = contents([try entry("Shop.orders")], [try entry("shop.bills")])
        #expect(found[.conflictingNamespaces]?.outcome == .failure)
    }

    @Test func viewsTimeSeriesAndFunctionsConflictToo() throws {
        let both = [
            try entry("a.v", type: "view"), try entry("b.t", type: "timeseries"),
            try entry("b.system.buckets.t"), try entry("c.system.js"), try entry("a.system.views"),
        ]
        #expect(contents(both, both)[.conflictingNamespaces]?.seen == "a.v, b.t, c.system.js")
    }

    @Test func aListThatIsNotCompleteIsNeverPassed() throws {
        let found = contents(
            [try entry("shop.orders")], [try entry("bank.accounts")], isComplete: false)
        #expect(found[.conflictingNamespaces]?.outcome == .unknown)
        #expect(found[.uniqueTwins]?.outcome == .unknown)
        let empty = contents([], [], isComplete: false)
        #expect(empty[.otherData]?.outcome == .unknown)
    }

    @Test func aPatternThatMatchesNothingIsNamed() throws {
        var options = MigrationOptions()
        options.filter.include = [.init("shop.*"), .init("shpo.orders")].compactMap(\.self)
        let found = contents([try entry("shop.orders"), try entry("bank.a")], [], options)
        #expect(found[.namespaceFilter]?.outcome == .warning)
        #expect(found[.namespaceFilter]?.seen == "shpo.orders; 1 collection of 2 is migrated")
    }

    /// C16
    @Test func userCollectionsInSystemDatabasesAreNamed() throws {
        let found = contents(
            [
                try entry("admin.mine"), try entry("admin.system.users"),
                try entry("config.transactions"),
                try entry("config.cache.chunks.x"), try entry("local.oplog.rs"),
                try entry("local.notes"),
            ], [])
        #expect(found[.systemCollections]?.outcome == .warning)
        #expect(found[.systemCollections]?.seen == "admin.mine, local.notes")
        #expect(found[.namespaceFilter]?.outcome == .pass)
    }

    @Test func aUniqueIndexWithATwinIsNamed() throws {
        let source = try entry(
            "a.c",
            indexes: [
                ["name": "_id_", "key": ["_id": 1]], ["name": "plain", "key": ["a": 1]],
                ["name": "only", "key": ["a": 1], "unique": true],
                ["name": "other", "key": ["b": 1], "unique": true],
            ])
        let found = contents([source], [])
        #expect(found[.uniqueTwins]?.outcome == .warning)
        #expect(found[.uniqueTwins]?.seen == "only of a.c")
    }

    @Test func indexesThatTheDestinationRefusesAreNamed() throws {
        let source = try entry(
            "a.c", options: ["recordPreImages": true, "storageEngine": ["mmapv1": [:]]],
            indexes: [
                ["name": "hay", "key": ["p": "geoHaystack", "t": 1], "bucketSize": 1],
                ["name": "old", "key": ["a": 1], "v": 0],
                ["name": "odd", "key": ["a": 1], "safe": true],
                ["name": "good", "key": ["a": "2dsphere"], "v": 2, "2dsphereIndexVersion": 3],
            ])
        let found = contents([source], [], from: ServerVersion(4, 4, 2))
        #expect(found[.geoHaystack]?.seen == "hay of a.c")
        #expect(
            found[.removedOptions]?.seen
                == "a.c: recordPreImages (since 6.0: changeStreamPreAndPostImages), a.c: storageEngine mmapv1, "
                + "index old of a.c: index version 0, index odd of a.c: option safe")
        #expect(found[.sourceVersion]?.outcome == .warning)
    }

    @Test func timeSeriesOnAFiveAreRefusedUnlessExcluded() throws {
        let source = [try entry("a.t", type: "timeseries"), try entry("a.system.buckets.t")]
        let five = ServerVersion(5, 0, 4)
        #expect(contents(source, [], from: five)[.sourceVersion]?.outcome == .failure)
        var options = MigrationOptions()
        options.filter.exclude = [.init("a.t")].compactMap(\.self)
        #expect(contents(source, [], options, from: five)[.sourceVersion]?.outcome == .warning)
    }

    @Test func nothingIsToldOfASideThatCouldNotBeListed() throws {
        let found = contents(nil, [try entry("a.c")])
        #expect(found[.conflictingNamespaces] == nil)
        #expect(found[.uniqueTwins] == nil)
        #expect(found[.otherData]?.outcome == .warning)
        #expect(contents(nil, [])[.conflictingNamespaces]?.outcome == .pass)
    }
}
