internal import BSON
internal import Mongo

extension Validation {
    /// Bytes of what is to be copied, and of the room for it: pure but for `init`.
    struct Sizes: Hashable, Sendable {
        /// Uncompressed documents, as the copy moves them.
        var data = 0
        var storage = 0
        var indexes = 0
        /// Databases that would not tell their size, with the reason.
        var refused: [String: String] = [:]
    }

    /// Room on the disk of the destination's primary, in bytes.
    struct Room: Hashable, Sendable {
        var free: Int
        /// What clearing frees.
        var freed = 0
        /// What is there of the databases that a migration which goes on has copied to.
        var stored = 0
    }

    static func diskSpace(_ sizes: Sizes?, _ room: Room?) -> ValidationCheck {
        guard let sizes, sizes.refused.isEmpty else {
            return ValidationCheck(
                .diskSpace, .both, .unknown, seen: "the source does not tell how much it stores",
                remedy: "See that the destination has more free disk space than the source uses.")
        }
        let needed = sizes.storage + sizes.indexes
        guard let room else {
            return ValidationCheck(
                .diskSpace, .both, .unknown,
                seen: "\(size(needed)) are needed; the destination does not tell how much is free",
                remedy: "See that the destination has more free disk space than that.")
        }
        let available = room.free + room.freed + min(room.stored, needed)
        let seen =
            "\(size(needed)) are needed, \(size(available)) are free on the destination"
            + (room.freed > 0 ? " after clearing" : "")
            + (room.stored > 0 ? " or hold what was copied before" : "")
        if available < sizes.storage {
            return ValidationCheck(
                .diskSpace, .both, .failure, seen: seen,
                remedy: "Enlarge the destination's disk, or migrate less.")
        }
        if available < needed + needed / 5 {
            return ValidationCheck(
                .diskSpace, .both, .warning, message: "Disk space on the destination is short",
                seen: seen,
                remedy:
                    "Compression and journals may need more than the source does: enlarge the destination's disk."
            )
        }
        return ValidationCheck(.diskSpace, .both, .pass, seen: seen)
    }

    static func databaseStatistics(_ sizes: Sizes) -> ValidationCheck {
        guard let (name, reason) = sizes.refused.min(by: { $0.key < $1.key }) else {
            return ValidationCheck(
                .databaseStatistics, .source, .pass, seen: "\(size(sizes.data)) of documents")
        }
        return ValidationCheck(
            .databaseStatistics, .source, .warning,
            seen: "\(listed(sizes.refused.keys.sorted())): \(name): \(reason)",
            remedy:
                "Grant the role readAnyDatabase on admin; without sizes there is no progress in percent."
        )
    }
}

extension Validation.Sizes {
    /// Asks the source for the sizes of what is migrated.
    init(
        _ catalog: Validation.Catalog, _ filter: NamespaceFilter, _ link: Validation.Link,
        _ words: Validation.Words,
        until deadline: ContinuousClock.Instant
    ) async {
        let migrated = Dictionary(grouping: catalog.migrated(filter), by: \.namespace.database)
        for (database, entries) in migrated.sorted(by: { $0.key < $1.key }) {
            guard ContinuousClock.now < deadline else {
                refused[database] = "no time was left to ask"
                continue
            }
            let isWhole =
                entries.count == catalog.ordinary.count { $0.namespace.database == database }
            do throws(MongoError) {
                if isWhole {
                    let answer = try await link.run(["dbStats": 1], on: database)
                    add(
                        data: answer["dataSize"], storage: answer["storageSize"],
                        indexes: answer["indexSize"])
                } else {
                    for entry in entries where entry.type != "view" {
                        let answer = try await link.run(
                            ["collStats": .string(entry.namespace.collection)], on: database)
                        add(
                            data: answer["size"], storage: answer["storageSize"],
                            indexes: answer["totalIndexSize"])
                    }
                }
            } catch {
                refused[database] = words.of(error)
            }
        }
    }

    private mutating func add(data: Value?, storage: Value?, indexes: Value?) {
        self.data += data?.integer ?? 0
        self.storage += storage?.integer ?? 0
        self.indexes += indexes?.integer ?? 0
    }
}

extension Validation.Room {
    /// Asks the destination. Nil where it does not tell: it does so only for databases that hold something, hence
    /// `admin`. `cleared`: the databases that are dropped first; `copied`: those that are gone on with.
    init?(_ link: Validation.Link, cleared: Set<String>, copied: Set<String>) async {
        let statistics = try? await link.run(["dbStats": 1])
        guard let total = statistics?["fsTotalSize"]?.integer, total > 0,
            let used = statistics?["fsUsedSize"]?.integer
        else { return nil }
        self.init(free: total - used)
        for database in cleared.union(copied) {
            let statistics = try? await link.run(["dbStats": 1], on: database)
            let bytes = statistics?["totalSize"]?.integer ?? 0
            if cleared.contains(database) { freed += bytes } else { stored += bytes }
        }
    }
}
