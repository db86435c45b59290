import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What real servers hold.
@Suite(.serialized)
struct ValidationContentsServerTests {
    private func started(_ name: String, _ version: MongodBinary.Version? = nil) async throws
        -> ReplicaSet
    {
        var options = ReplicaSetOptions(version: version)
        options.name = name
        options.parameters = ["enableTestCommands": "1"]
        return try await ReplicaSet.start(options)
    }

    private func insert(_ set: ReplicaSet, _ namespace: String, _ document: Value = ["_id": 1])
        async throws
    {
        let name = try #require(Namespace(namespace))
        let reply = try await set.lane.write(
            ["insert": .string(name.collection), "documents": [document]], on: name.database)
        #expect(reply.count == 1)
    }

    @Test func aDestinationThatIsNotEmptyIsRefusedClearedOrResumed() async throws {
        let source = try await started("source")
        let destination = try await started("destination")
        try await insert(source, "shop.orders")
        try await insert(destination, "shop.orders")
        try await insert(destination, "bank.accounts")

        // What takes long is not waited for, and not passed.
        try await insert(source, "shop.items")
        let slow: Value = [
            "failCommands": ["listIndexes"], "blockConnection": true, "blockTimeMS": 20_000,
        ]
        let server = source.members[0]
        try await server.setFailPoint("failCommand", ["mode": "alwaysOn", "data": slow])
        var report = try await validated(source.uri, destination.uri)
        try await server.setFailPoint("failCommand", ["mode": "off"])
        for name in ["uniqueTwins", "searchIndexes", "uniqueViolations"] {
            let check = try report.one(name)
            #expect(check.outcome == .unknown && check.seen.hasPrefix("not looked at"))
        }
        #expect(try report.one("diskSpace").outcome != .unknown)
        #expect(report.failures == ["conflictingNamespaces"])
        #expect(try report.one("conflictingNamespaces").seen == "shop.orders")
        #expect(try report.one("otherData").seen == "1 database: bank")

        var options = MigrationOptions()
        options.filter.exclude = [try #require(NamespaceFilter.Pattern("shop.orders"))]
        report = try await validated(source.uri, destination.uri, options)
        #expect(!report.isBlocking)

        options = MigrationOptions()
        options.drop = true
        report = try await validated(source.uri, destination.uri, options)
        #expect(report.failures == ["typedName"])
        options.dropConfirmation = "destination"
        report = try await validated(source.uri, destination.uri, options)
        #expect(!report.isBlocking)
        #expect(try report.one("otherData").seen == "2 databases: bank, shop")

        try await insert(destination, "lagzero_internal.state", ["_id": "migration"])
        report = try await validated(source.uri, destination.uri)
        let held = try report.one("earlierMigration")
        #expect(held.outcome == .failure)
        #expect(
            held.remedy?.contains("--resume") == true && held.remedy?.contains("--drop") == true)
        // Who has the wizard before him is told of no options.
        for isCleared in [false, true] {
            options = MigrationOptions()
            options.wording = .wizard
            options.drop = isCleared
            report = try await validated(source.uri, destination.uri, options)
            #expect(report.isBlocking)
            #expect(!report.text().contains("--"))
        }
        options = MigrationOptions()
        options.resume = true
        report = try await validated(source.uri, destination.uri, options)
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("diskSpace").seen.hasSuffix("or hold what was copied before"))
        try await source.stop()
        try await destination.stop()
    }

    @Test func whatIsOddOnTheSourceIsNamed() async throws {
        let source = try await started("source")
        let destination = try await ValidationFixture.open.value
        try await insert(source, "admin.mine")
        let indexes: [Value] = [
            ["key": ["a": 1], "name": "only", "unique": true], ["key": ["a": 1], "name": "twin"],
        ]
        _ = try await source.lane.run(
            ["createIndexes": "odd", "indexes": .array(Document(array: indexes))], on: "shop2")
        // An index that has lost entries lets duplicates in.
        for mode: Value in ["alwaysOn", "off"] {
            if mode == "off" {
                try await insert(source, "shop2.odd", ["_id": 7, "a": "x"])
                try await insert(source, "shop2.odd", ["_id": 8, "a": "x"])
            }
            _ = try await source.lane.run([
                "configureFailPoint": "skipIndexNewRecords", "mode": mode,
                "data": ["skipIdIndex": false],
            ])
        }
        let report = try await validated(source.uri, destination.uri)
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("systemCollections").seen == "admin.mine")
        #expect(try report.one("uniqueTwins").seen == "only of shop2.odd")
        let violations = try report.one("uniqueViolations")
        #expect(violations.outcome == .warning)
        #expect(violations.seen == "only of shop2.odd: _id 7 and 8")
        try await source.stop()
    }

    @Test func whatStaysBehindIsCounted() async throws {
        let source = try await started("source")
        let destination = try await ValidationFixture.open.value
        var report = try await validated(source.uri, destination.uri)
        #expect(try report.one("users").outcome == .pass)
        try await insert(source, "shop.orders")
        _ = try await source.lane.run([
            "createRole": "clerk", "privileges": [], "roles": ["readAnyDatabase"],
        ])
        for name in ["anna", "berta"] {
            try await source.createUser(
                Credentials(username: name, password: "pass"), roles: ["clerk"])
        }
        report = try await validated(source.uri, destination.uri)
        let users = try report.one("users")
        #expect(users.outcome == .warning)
        #expect(users.number == 47)
        #expect(users.seen == "2 users, 1 role of its own")
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("searchIndexes").seen == "the source knows no search indexes")
        try await source.stop()
    }

    @Test func aCompatibilityVersionThatIsNotSettledIsRefused() async throws {
        let set = try await started("unsettled")
        let source = try await ValidationFixture.secured.value
        for mode: Value in ["alwaysOn", "off"] {
            _ = try await set.lane.run(["configureFailPoint": "failDowngrading", "mode": mode])
            _ = try? await set.lane.run(["setFeatureCompatibilityVersion": "5.0"])
            let report = try await validated(source.uri, set.uri)
            let check = try report.one("compatibilityVersion", .destination)
            #expect(check.outcome == .failure)
            #expect(check.seen.hasPrefix(mode == "off" ? "5.0 on MongoDB 6.0" : "from 6.0 to 5.0"))
        }
        try await set.stop()
    }

    @Test func aBlockThatCannotBeBypassedIsTold() async throws {
        let set = try await started("blocked")
        let source = try await ValidationFixture.secured.value
        _ = try await set.lane.run(["setUserWriteBlockMode": 1, "global": true])
        let blocked = try await validated(source.uri, set.uri).one("writeBlocking", .destination)
        #expect(blocked.outcome == .failure)
        #expect(blocked.message == "Writes are blocked on the destination")
        _ = try await set.lane.run(["setUserWriteBlockMode": 1, "global": false])
        let free = try await validated(source.uri, set.uri).one("writeBlocking", .destination)
        #expect(free.outcome == .warning)
        try await set.stop()
    }

    @Test func oldSourcesAreTakenWithTheirLimits() async throws {
        let destination = try await ValidationFixture.open.value
        let four = try await started("four", .v4_4_2)
        _ = try await four.lane.run(
            [
                "createIndexes": "places",
                "indexes": [
                    ["key": ["p": "geoHaystack", "t": 1], "name": "hay", "bucketSize": 1]
                ],
            ], on: "maps")
        var report = try await validated(four.uri, destination.uri)
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("sourceVersion").outcome == .warning)
        #expect(try report.one("geoHaystack").seen == "hay of maps.places")
        #expect(
            try report.one("writeBlocking", .source).message == "MongoDB 4.4 cannot block writes")
        let five = try await started("five", .v5_0_4)
        _ = try await five.lane.run(
            ["create": "weather", "timeseries": ["timeField": "t"]], on: "maps")
        report = try await validated(five.uri, destination.uri)
        #expect(report.failures == ["sourceVersion"])
        report = try await validated(destination.uri, five.uri)
        #expect(
            try report.one("versionPair").message
                == "Migration from MongoDB 6.0 to 5.0 is not supported")
        try await four.stop()
        try await five.stop()
    }
}
