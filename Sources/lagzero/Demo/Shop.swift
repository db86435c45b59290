import BSON
import Mongo
import Sandbox
import Synchronization

/// The sample data of the demo, and the application that changes them.
struct Shop: Sendable {
    private static let customers = Namespace("shop", "customers")
    private static let orders = Namespace("shop", "orders")
    private static let reports = Namespace("shop", "reports")
    private static let visits = Namespace("shop", "visits")

    let megabytes: Int
    /// With the share of each in the whole.
    private let parts: [(namespace: Namespace, data: SampleData, share: Double)]

    init(megabytes: Int) {
        self.megabytes = megabytes
        let bytes = Double(megabytes) * 1e6
        parts = [
            (Shop.customers, .small, 0.3), (Shop.orders, .medium, 0.5), (Shop.reports, .large, 0.2),
        ].map { ($0, SampleData($1, bytes: Int(bytes * $2)), $2) }
    }

    /// Makes the collections with their indexes, so that whoever begins to migrate them meanwhile finds them whole, and
    /// puts the documents in. `progress` is told how much of them is there, 0...1.
    func fill(
        _ set: ReplicaSet, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws {
        try await makeIndexes(set)
        let cluster = try set.cluster()
        let filled = Mutex(0.0)
        for part in parts {
            let share = part.share / Double(part.data.count)
            try await part.data.insert(
                into: part.namespace, through: [cluster.lane(), cluster.lane()]
            ) { count in
                progress(
                    filled.withLock { filled in
                        filled += share * Double(count)
                        return filled
                    })
            }
        }
    }

    private func makeIndexes(_ set: ReplicaSet) async throws {
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
