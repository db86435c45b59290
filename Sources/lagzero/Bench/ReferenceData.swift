import BSON
import Mongo
import Sandbox
import Synchronization

/// The data that every figure refers to: 1.4 GB in three collections, and six small ones to make,
/// with that of the workload, ten.
struct ReferenceData: Sendable {
    struct Part: Sendable {
        let namespace: Namespace
        let data: SampleData
    }

    static let database = "reference"
    /// What the workload of the lag writes to.
    static let load = Namespace(database, "load")

    let small: Part
    let medium: Part
    let large: Part
    private let others: [Part]

    init(scale: Double) {
        func part(_ name: String, _ shape: SampleData.Shape, _ count: Int) -> Part {
            Part(
                namespace: Namespace(ReferenceData.database, name),
                data: SampleData(shape, count: max(1, Int(Double(count) * scale))))
        }
        small = part("small", .small, 2_000_000)
        medium = part("medium", .medium, 300_000)
        large = part("large", .large, 2_000)
        others = (1...6).map { part("other\($0)", .small, 1_000) }
    }

    var parts: [Part] { [large, medium, small] + others }

    var documents: Int { parts.reduce(0) { $0 + $1.data.count } }

    var summary: String { "\(Units.count(documents)) documents in \(parts.count) collections" }

    /// Inserts all of it and builds the secondary index.
    func fill(_ set: ReplicaSet) async throws {
        let cluster = try set.cluster()
        let lanes = [cluster.lane(), cluster.lane()]
        for part in parts { try await part.data.insert(into: part.namespace, through: lanes) }
        let first: Document = ["_id": 0, "n": 0]
        _ = try await set.lane.run(
            ["insert": .string(ReferenceData.load.collection), "documents": [.document(first)]],
            on: ReferenceData.database)
        try await index(set)
    }

    func index(_ set: ReplicaSet) async throws {
        let keys: Value = ["key": ["group": 1, "created": -1], "name": "group_created"]
        _ = try await set.lane.run(
            ["createIndexes": .string(small.namespace.collection), "indexes": [keys]],
            on: ReferenceData.database)
    }

    /// The insert commands of all of it, in memory: batches as the engine makes them.
    func insertCommands() -> PreparedCommands {
        var commands: [Document] = []
        for part in parts {
            var rest = 0..<part.data.count
            while !rest.isEmpty {
                let batch = part.data.documents(in: rest)
                var command = DocumentBuilder(reserving: Tuning.benchCommandBytes)
                command.append("insert", .string(part.namespace.collection))
                command.append("ordered", false)
                command.append("bypassDocumentValidation", true)
                command.append("writeConcern", ["w": "majority"])
                command.append("documents", .array(Document(array: batch.map(Value.document))))
                commands.append(command.finish())
                rest = (rest.lowerBound + batch.count)..<rest.upperBound
            }
        }
        return PreparedCommands(commands, on: ReferenceData.database)
    }
}

/// Write commands that are sent as fast as a server takes them.
final class PreparedCommands: Sendable {
    private let commands: [Document]
    private let database: String
    private let next = Mutex(0)

    init(_ commands: [Document], on database: String) {
        self.commands = commands
        self.database = database
    }

    var bytes: Int { commands.reduce(0) { $0 + $1.count } }

    /// Sends all of them once through these lanes, each lane one after another; returns the seconds
    /// it took.
    func send(through lanes: [Lane]) async throws -> Double {
        let begin = Clock.seconds()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in lanes {
                group.addTask {
                    while let command = self.take() {
                        let reply = try await lane.write(command, on: self.database)
                        if let failure = reply.failures.first { throw failure.error }
                    }
                }
            }
            try await group.waitForAll()
        }
        return Clock.seconds() - begin
    }

    private func take() -> Document? {
        next.withLock { next in
            guard next < commands.count else { return nil }
            defer { next += 1 }
            return commands[next]
        }
    }
}
