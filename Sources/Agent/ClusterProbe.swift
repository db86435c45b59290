internal import BSON
internal import ControlAPI
internal import Mongo

/// Asks a cluster what it is. What the user may not ask stays unknown.
struct ClusterProbe: Sendable {
    private let lane: Lane

    /// Throws `ControlError` when it cannot be reached or refuses the login.
    static func facts(_ text: Secret) async throws -> ClusterFacts {
        do {
            let cluster = try await Mongo.Cluster.open(ConnectionString(text.revealed))
            let lane = cluster.lane()
            return try await ClusterProbe(lane: lane).facts()
        } catch let error as MongoError {
            throw ControlError(error)
        }
    }

    private func facts() async throws -> ClusterFacts {
        var facts = ClusterFacts()
        let hello = try await lane.run(["hello": 1])
        facts.replicaSet = hello["setName"]?.string
        facts.isSharded = hello["msg"]?.string == "isdbgrid"
        facts.version = try await lane.run(["buildInfo": 1])["version"]?.string
        facts.members =
            hello["hosts"]?.elements.compactMap(\.string).map { ClusterFacts.Member(host: $0) }
            ?? []
        if let status = try? await lane.run(["replSetGetStatus": 1]) {
            facts.members =
                status["members"]?.elements.compactMap(\.document).compactMap { member in
                    member["name"]?.string.map {
                        ClusterFacts.Member(host: $0, state: member["stateStr"]?.string)
                    }
                } ?? facts.members
        }
        try await addDatabases(&facts)
        facts.oplogWindowSeconds = await oplogWindow()
        return facts
    }

    private func addDatabases(_ facts: inout ClusterFacts) async throws {
        let ours: Set<String> = ["admin", "config", "local", "lagzero_internal"]
        let answer = try await lane.run(["listDatabases": 1])
        let databases = (answer["databases"]?.elements ?? []).compactMap(\.document)
        facts.databases = databases.compactMap { database in
            guard let name = database["name"]?.string, !ours.contains(name) else { return nil }
            return ClusterFacts.Database(name: name, bytes: Self.number(database["sizeOnDisk"]))
        }
        var sums = (data: 0, collections: 0, documents: 0)
        for database in facts.databases ?? [] {
            guard let stats = try? await lane.run(["dbStats": 1], on: database.name) else { return }
            sums.data += Self.number(stats["dataSize"]) ?? 0
            sums.collections += Self.number(stats["collections"]) ?? 0
            sums.documents += Self.number(stats["objects"]) ?? 0
        }
        (facts.dataBytes, facts.collections, facts.documents) = sums
        guard let disk = try? await lane.run(["dbStats": 1], on: "admin"),
            let total = Self.number(disk["fsTotalSize"]), let used = Self.number(disk["fsUsedSize"])
        else { return }
        facts.freeDiskBytes = total - used
    }

    private func oplogWindow() async -> Int? {
        func edge(_ order: Int) async -> Int? {
            let batch = try? await lane.open(
                [
                    "find": "oplog.rs", "sort": ["$natural": .integer(order)], "limit": 1,
                    "projection": ["ts": 1],
                ], on: "local")
            return batch?.documents.first { _ in true }?["ts"]?.timestamp.map { Int($0.seconds) }
        }
        guard let first = await edge(1), let last = await edge(-1) else { return nil }
        return last - first
    }

    private static func number(_ value: Value?) -> Int? {
        value?.integer ?? value?.double.map { Int($0) }
    }
}

extension ControlError {
    init(_ error: MongoError) {
        self.init(
            error.kind == .invalid ? .invalid : .cluster, "\(error)",
            remedy: error.kind == .invalid
                ? nil : "see that the cluster runs, can be reached from here, and knows the user")
    }
}
