import BSON
import Mongo
import Testing

@testable import Migration

struct ValidationPrivilegesTests {
    private typealias Target = Validation.Privileges.Target

    private func user(_ grants: (Value, [Value])...) -> Validation.Privileges {
        let privileges = grants.map { resource, actions -> Value in
            ["resource": resource, "actions": .array(Document(array: actions))]
        }
        return Validation.Privileges([
            "authenticatedUserPrivileges": .array(Document(array: privileges))
        ])
    }

    @Test func anEmptyResourceReachesEveryDatabaseButLocalAndConfig() {
        let user = user((["db": "", "collection": ""], ["find"]))
        #expect(user.allow("find", on: .everyDatabase))
        #expect(user.allow("find", on: .database("shop")))
        #expect(user.allow("find", on: .collection(Namespace("shop", "orders"))))
        #expect(!user.allow("find", on: .database("local")))
        #expect(!user.allow("find", on: .database("config")))
        #expect(!user.allow("find", on: .collection(Namespace("local", "oplog.rs"))))
        #expect(!user.allow("insert", on: .everyDatabase))
    }

    @Test func anEmptyResourceDoesNotReachSystemCollections() {
        let user = user((["db": "", "collection": ""], ["find"]))
        #expect(!user.allow("find", on: .collection(Namespace("shop", "system.js"))))
        #expect(!user.allow("find", on: .everySystemCollection("system.js")))
        #expect(!user.allow("find", on: .everyBuckets))
        #expect(!user.allow("find", on: .cluster))
    }

    @Test func aDatabaseIsNotEveryDatabase() {
        let user = user((["db": "shop", "collection": ""], ["find"]))
        #expect(user.allow("find", on: .database("shop")))
        #expect(user.allow("find", on: .collection(Namespace("shop", "orders"))))
        #expect(!user.allow("find", on: .database("bank")))
        #expect(!user.allow("find", on: .everyDatabase))
    }

    @Test func localIsReachedByItsOwnName() {
        let whole = user((["db": "local", "collection": ""], ["find"]))
        let one = user((["db": "local", "collection": "oplog.rs"], ["find"]))
        let oplog = Target.collection(Namespace("local", "oplog.rs"))
        #expect(whole.allow("find", on: oplog))
        #expect(one.allow("find", on: oplog))
        #expect(!one.allow("find", on: .database("local")))
    }

    @Test func aCollectionNameCountsInEveryDatabase() {
        let user = user((["db": "", "collection": "system.js"], ["find"]))
        #expect(user.allow("find", on: .everySystemCollection("system.js")))
        #expect(user.allow("find", on: .collection(Namespace("shop", "system.js"))))
        #expect(!user.allow("find", on: .everySystemCollection("system.views")))
    }

    @Test func bucketsHaveResourcesOfTheirOwn() {
        let all = user((["system_buckets": ""], ["find"]))
        let one = user((["db": "shop", "system_buckets": ""], ["find"]))
        #expect(all.allow("find", on: .everyBuckets))
        #expect(all.allow("find", on: .buckets(database: "shop")))
        #expect(one.allow("find", on: .buckets(database: "shop")))
        #expect(!one.allow("find", on: .everyBuckets))
        #expect(!one.allow("find", on: .buckets(database: "bank")))
    }

    @Test func anyResourceReachesEverythingButTheCluster() {
        let user = user((["anyResource": true], ["find"]))
        for target: Target in [
            .everyDatabase, .database("local"), .collection(Namespace("shop", "system.js")),
            .everyBuckets, .everySystemCollection("system.js"),
        ] {
            #expect(user.allow("find", on: target), "\(target)")
        }
        #expect(!user.allow("find", on: .cluster))
    }

    @Test func anyActionIsEveryAction() {
        let user = user((["anyResource": true], ["anyAction"]), (["cluster": true], ["anyAction"]))
        #expect(user.missing(Validation.Needs.destination(MigrationOptions())).isEmpty)
        #expect(user.missing(Validation.Needs.destinationBlocking).isEmpty)
    }

    @Test func grantsOnOneResourceAddUp() {
        let user = user(
            (["cluster": true], ["listDatabases"]), (["cluster": true], ["serverStatus"]))
        #expect(user.allow("listDatabases", on: .cluster))
        #expect(user.allow("serverStatus", on: .cluster))
    }

    @Test func aServerWithoutAuthenticationAllowsEverything() {
        #expect(Validation.Privileges.everything.allow("anything", on: .cluster))
    }

    @Test func missingPrivilegesAreNamedWithTheirRoles() {
        let missing = user().missing(Validation.Needs.destinationBlocking)
        #expect(
            missing.words
                == "setUserWriteBlockMode, bypassWriteBlockingMode on the cluster (role restore)")
        #expect(missing.roles == ["restore"])
    }

    @Test func withPatternsOnlyTheirDatabasesAreNeeded() {
        var options = MigrationOptions()
        options.filter.include = [.init("shop.*"), .init("bank.accounts")].compactMap(\.self)
        let needs = Validation.Needs.destination(options)
        #expect(!needs.contains { $0.target == .everyDatabase })
        #expect(needs.contains { $0.target == .database("shop") && $0.action == "insert" })
        #expect(needs.contains { $0.target == .database("bank") && $0.action == "collMod" })
        #expect(
            needs.contains { $0.target == .database("lagzero_internal") && $0.action == "insert" })
        options.drop = true
        let clearing = Validation.Needs.destination(options)
        #expect(clearing.contains { $0.target == .everyDatabase && $0.action == "dropDatabase" })
    }
}
