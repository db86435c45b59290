import Migration
import Mongo
import Testing

@testable import lagzero

@Suite struct NamespaceArgumentsTests {
    @Test func patternsBecomeAFilter() throws {
        let filter = try NamespaceArguments.filter(
            include: ["shop.*", "crm.people"], exclude: ["shop.system.views", "shop.logs"])
        #expect(filter.include.map(\.description) == ["shop.*", "crm.people"])
        #expect(filter.contains(Namespace("shop", "orders")))
        #expect(!filter.contains(Namespace("shop", "logs")))
        #expect(!filter.contains(Namespace("crm", "orders")))
    }

    @Test func aCollectionMayHoldDots() throws {
        let filter = try NamespaceArguments.filter(include: ["shop.orders.2024"], exclude: [])
        #expect(filter.contains(Namespace("shop", "orders.2024")))
    }

    @Test(arguments: [
        ("", "--include '': it is empty; it must be db.* or db.collection"),
        ("shop", "--include 'shop': there is no dot; for the whole database write shop.*"),
        (".orders", "--include '.orders': the database before the dot is missing"),
        (
            "shop.",
            "--include 'shop.': the collection after the dot is missing; for all of them write shop.*"
        ),
        ("*.orders", "--include '*.orders': * cannot stand for databases; name each one"),
        ("sh op.x", "--include 'sh op.x': a database's name cannot hold ' '"),
        ("sh/op.x", "--include 'sh/op.x': a database's name cannot hold '/'"),
        (
            "shop.user_*",
            "--include 'shop.user_*': * stands alone, for all collections; parts of names cannot be matched"
        ),
        ("admin.*", "--include 'admin.*': the database admin is never migrated"),
        (
            "lagzero_internal.x",
            "--include 'lagzero_internal.x': the database lagzero_internal is never migrated"
        ),
        (
            "shop.system.views",
            "--include 'shop.system.views': of system collections only system.js is migrated by itself"
        ),
    ])
    func aWrongPatternIsRefusedWithWhatIsWrongAndWhere(text: String, message: String) {
        #expect(throws: UsageError(message)) {
            try NamespaceArguments.filter(include: [text], exclude: [])
        }
    }

    @Test func theOptionThatIsWrongIsNamed() {
        #expect(
            throws: UsageError("--exclude 'x': there is no dot; for the whole database write x.*")
        ) {
            try NamespaceArguments.filter(include: ["shop.*"], exclude: ["x"])
        }
    }

    @Test(arguments: [
        (["a.b"], ["a.*"]), (["a.b", "c.*"], ["c.*", "a.b"]),
    ])
    func aFilterThatLeavesNothingIsRefused(include: [String], exclude: [String]) {
        #expect(throws: UsageError.self) {
            try NamespaceArguments.filter(include: include, exclude: exclude)
        }
    }
}
