import BSON
import Mongo
import Testing

@testable import Migration

@Suite struct ChangeEventTests {
    private static let update: Document = [
        "_id": ["_data": "82"], "operationType": "update", "clusterTime": .timestamp(.zero),
        "ns": ["db": "shop", "coll": "items"], "documentKey": ["_id": 1],
    ]

    @Test func allEventsOfABatchAreTaken() throws {
        let drop = ChangeEventTests.update.removing("documentKey")
            .setting("operationType", to: "shardCollection")
        let events = try ChangeEvent.all(in: [ChangeEventTests.update, drop])
        #expect(events.map(\.operation) == ["update", "shardCollection"])
    }

    /// Passed over, it would be lost: the position moves past it.
    @Test(arguments: ["documentKey", "operationType", "clusterTime"])
    func anEventThatCannotBeUnderstoodEndsTheMigration(missing: String) {
        let broken = ChangeEventTests.update.removing(missing)
        #expect {
            _ = try ChangeEvent.all(in: [ChangeEventTests.update, broken])
        } throws: {
            guard let error = $0 as? MigrationError else { return false }
            return error.message.contains("items") && error.message.contains("begin anew")
        }
    }

    @Test func laterFragmentsSayNothing() throws {
        let fragment: Document = ["_id": ["_data": "83"], "splitEvent": ["fragment": 2, "of": 2]]
        let events = try ChangeEvent.all(in: [ChangeEventTests.update, fragment])
        #expect(events.count == 1)
    }
}
