internal import BSON
internal import Mongo

/// The state of the copy: partitions that are planned and those that are done.
///
/// All of it names the collection of the destination that the copy is made to: what was noted of an earlier one of the
/// same source, however late, is not found.
extension StateStore {
    func partitions(of collection: MigratedCollection) async throws -> [Partition] {
        try await find(
            "partitions",
            filter: [
                "_id.c": .uuid(collection.source), "_id.d": .uuid(collection.destination),
            ]
        )
        .compactMap { Partition($0, of: collection.source) }.sorted { $0.index < $1.index }
    }

    func add(_ partitions: [Partition], to destination: BinaryUUID) async throws {
        try await upsert(
            "partitions", partitions.map { (id: $0.id(destination), set: $0.fields) })
    }

    func finish(_ partition: Partition, to destination: BinaryUUID) async throws {
        try await upsert("partitions", id: partition.id(destination), set: ["done": true])
    }

    func forgetPartitions(of collection: BinaryUUID) async throws {
        try await delete("partitions", filter: ["_id.c": .uuid(collection)])
    }

    func markCopied(_ collection: BinaryUUID, to destination: BinaryUUID) async throws {
        try await upsert(
            "collections", id: .uuid(collection), set: ["copied": .uuid(destination)])
    }
}
