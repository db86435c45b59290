import BSON
import Mongo
import Sandbox

/// The sample data of the demo, and the application that changes them.
struct Shop: Sendable {
    private static let customers = Namespace("shop", "customers")
    private static let orders = Namespace("shop", "orders")
    private static let reports = Namespace("shop", "reports")
    private static let visits = Namespace("shop", "visits")

    let megabytes: Int
    private let parts: [(namespace: Namespace, data: SampleData)]

    init(megabytes: Int) {
        self.megabytes = megabytes
        let bytes = megabytes * 1_000_000
        parts = [
            (Shop.customers, SampleData(.small, bytes: bytes * 3 / 10)),
            (Shop.orders, SampleData(.medium, bytes: bytes * 5 / 10)),
            (Shop.reports, SampleData(.large, bytes: bytes * 2 / 10)),
        ]
    }

    func fill(_ set: ReplicaSet) async throws {
        let cluster = try set.cluster()
        for part in parts {
            try await part.data.insert(
                into: part.namespace, through: [cluster.lane(), cluster.lane()])
        }
        _ = try await set.lane.run(
            [
                "createIndexes": "customers",
                "indexes": [
                    ["key": ["number": 1], "name": "number", "unique": true],
                    ["key": ["group": 1, "created": -1], "name": "group_created"],
                ],
            ], on: "shop")
        _ = try await set.lane.run(
            [
                "createIndexes": "orders",
                "indexes": [["key": ["customer": 1], "name": "customer"]],
            ],
            on: "shop")
    }

    func application(writesPerSecond: Int) -> WorkloadOptions {
        var options = WorkloadOptions(
            [Shop.orders, Shop.visits], writesPerSecond: Double(writesPerSecond))
        options.sample = parts.first { $0.namespace == Shop.orders }?.data
        return options
    }
}
