import BSON
import Migration
import Mongo
import Sandbox
import Testing

/// What users of real servers may do.
@Suite(.serialized)
struct ValidationPrivilegeServerTests {
    private func uri(_ user: Credentials) async throws -> String {
        try await ValidationFixture.secured.value.uri(as: user)
    }

    private func open() async throws -> String { try await ValidationFixture.open.value.uri }

    @Test func theDocumentedRolesOfTheSourceAreEnough() async throws {
        let user = try await ValidationFixture.user("reader", roles: ["readAnyDatabase", "backup"])
        let report = try await validated(try await uri(user), try await open())
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("sourcePrivileges").outcome == .pass)
        #expect(try report.one("oplogReadable").outcome == .pass)
        #expect(try report.one("writeBlocking", .source).outcome == .pass)
        #expect(try report.one("compatibilityVersion", .source).outcome == .pass)
    }

    @Test func withoutBackupTheOplogAndBlockingAreMissing() async throws {
        let user = try await ValidationFixture.user("only-reader", roles: ["readAnyDatabase"])
        let report = try await validated(try await uri(user), try await open())
        let oplog = try report.one("oplogReadable")
        #expect(oplog.outcome == .failure)
        #expect(oplog.remedy?.contains("backup") == true)
        let blocking = try report.one("writeBlocking", .source)
        #expect(blocking.outcome == .warning)
        #expect(
            blocking.message
                == "User does not have the required permissions for blocking writes during cutover")
        #expect(try report.one("compatibilityVersion", .source).outcome == .unknown)
        // What a block would wait for must be seen then.
        #expect(try report.one("sourcePrivileges").seen.contains("inprog"))
    }

    @Test func whatTheSourcesUserLacksIsNamedWithItsRole() async throws {
        let user = try await ValidationFixture.user("nobody", roles: [])
        let report = try await validated(try await uri(user), try await open())
        let check = try report.one("sourcePrivileges")
        #expect(check.outcome == .failure)
        #expect(check.message == "User not authorized to execute command")
        #expect(check.seen.contains("changeStream"))
        #expect(check.seen.contains("role readAnyDatabase"))
        #expect(report.isBlocking)
        // What may not be read is not passed.
        for name in ["users", "storageEngine"] {
            #expect(try report.one(name, .source).outcome == .unknown)
        }
    }

    @Test func threeBuiltInRolesAreEnoughForTheDestination() async throws {
        let user = try await ValidationFixture.user(
            "writer", roles: ["readWriteAnyDatabase", "restore", "clusterMonitor"])
        let report = try await validated(try await open(), try await uri(user))
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("destinationPrivileges").outcome == .pass)
        #expect(try report.one("writeBlocking", .destination).outcome == .pass)
    }

    @Test func clearingTheDestinationNeedsOneMore() async throws {
        let user = try await ValidationFixture.user(
            "clearing-writer", roles: ["readWriteAnyDatabase", "restore", "clusterMonitor"])
        var options = MigrationOptions()
        options.drop = true
        options.dropConfirmation = "secured"
        let report = try await validated(try await open(), try await uri(user), options)
        let check = try report.one("destinationPrivileges")
        #expect(check.seen == "missing: dropDatabase on every database (role dbAdminAnyDatabase)")
        #expect(report.failures == ["destinationPrivileges"])
    }

    @Test func whatTheDestinationsUserLacksIsNamedWithItsRole() async throws {
        let user = try await ValidationFixture.user("half-writer", roles: ["readWriteAnyDatabase"])
        let report = try await validated(try await open(), try await uri(user))
        let check = try report.one("destinationPrivileges")
        #expect(check.outcome == .failure)
        #expect(
            check.seen.contains(
                "collMod, bypassDocumentValidation on every database (role restore)"))
        #expect(!check.seen.contains("insert"))
        #expect(check.remedy?.contains("restore") == true)
        #expect(try report.one("writeBlocking", .destination).outcome == .warning)
        // For what takes long there is time once it may begin.
        for name in ["uniqueTwins", "searchIndexes", "uniqueViolations"] {
            #expect(try report.one(name).seen.hasPrefix("not looked at"))
        }
        #expect(try report.one("conflictingNamespaces").outcome != .unknown)
    }

    @Test func anAdministratorMayDoEverything() async throws {
        let user = try await ValidationFixture.user("administrator", roles: ["root"])
        let report = try await validated(try await open(), try await uri(user))
        #expect(try report.one("destinationPrivileges").outcome == .pass)
        #expect(try report.one("writeBlocking", .destination).outcome == .pass)
    }

    @Test func aUserOfOneDatabaseIsEnoughForAFilteredMigration() async throws {
        let source = try await ValidationFixture.open.value
        _ = try await source.lane.write(
            ["insert": "orders", "documents": [["_id": 1]]], on: "shop")
        let set = try await ValidationFixture.secured.value
        try? await set.createRole(
            "shopkeeper",
            privileges: [
                [
                    "resource": ["db": "shop", "system_buckets": ""],
                    "actions": [
                        "find", "insert", "update", "remove", "listIndexes",
                        "bypassDocumentValidation",
                    ],
                ],
                [
                    "resource": ["db": "shop", "collection": "system.js"],
                    "actions": ["bypassDocumentValidation"],
                ], ["resource": ["cluster": true], "actions": ["listDatabases"]],
            ])
        let roles = ["shop", "lagzero_internal"].flatMap { database -> [Value] in
            ["readWrite", "dbAdmin"].map { ["role": .string($0), "db": .string(database)] }
        }
        let user = try await ValidationFixture.user("shop-writer", roles: roles + ["shopkeeper"])
        var options = MigrationOptions()
        options.filter.include = [try #require(NamespaceFilter.Pattern("shop.*"))]
        let report = try await validated(source.uri, try await uri(user), options)
        #expect(try report.one("destinationPrivileges").outcome == .pass)
        let whole = try await validated(source.uri, try await uri(user))
        #expect(try whole.one("destinationPrivileges").outcome == .failure)
    }

    @Test func aUserWithOneKindOfSCRAMIsToldOf() async throws {
        let set = try await ValidationFixture.secured.value
        let user = Credentials(username: "modern", password: ValidationFixture.root.password)
        _ = try await set.lane.run([
            "createUser": .string(user.username), "pwd": .string(user.password),
            "roles": ["readAnyDatabase", "backup"], "mechanisms": ["SCRAM-SHA-256"],
        ])
        let check = try await validated(set.uri(as: user), try await open()).one("scram", .source)
        #expect(check.outcome == .warning)
        #expect(check.message == "User must support both SCRAM-SHA-1 and SCRAM-SHA-256")
    }
}
