internal import ControlAPI
internal import GRDB

/// What was told, and what is still on its way.
extension Store {
    func toldOccasions() async throws -> [Identifier: [Occasion]] {
        try await perform { queue in
            try await queue.read { database in
                var told: [Identifier: [Occasion]] = [:]
                for row in try Row.fetchAll(database, sql: "SELECT * FROM toldOccasions") {
                    // What another version has told is nothing that this one would.
                    guard let id = Identifier(row["migration"]),
                        let kind = Occasion.Kind(row["kind"] as String)
                    else { continue }
                    told[id, default: []].append(Occasion(kind: kind, about: row["about"]))
                }
                return told
            }
        }
    }

    /// Oldest first.
    func outbox() async throws -> [OutgoingMessage] {
        try await perform { queue in
            try await queue.read { database in
                try Row.fetchAll(database, sql: "SELECT * FROM outbox ORDER BY id").compactMap {
                    row in
                    guard let id = Identifier(row["migration"]),
                        let kind = Occasion.Kind(row["kind"] as String)
                    else { return nil }
                    let names = (row["channels"] as String).split(separator: " ")
                    let channels = Set(names.compactMap { Message.Channel(rawValue: "\($0)") })
                    // Only for channels of another version.
                    guard !channels.isEmpty else { return nil }
                    return OutgoingMessage(
                        id: row["id"], migration: id, occasion: kind,
                        letter: Letter(subject: row["subject"], text: row["text"]),
                        time: row["time"],
                        channels: channels, deadline: row["deadline"])
                }
            }
        }
    }

    /// Tells of an occasion: in one step it counts as told, stands in the event log and is on its way, and what it
    /// supersedes is not any more. Does nothing and returns nil where it was told already. `deadline`: see `OutgoingMessage`.
    func tell(
        _ occasion: Occasion, of migration: Identifier, _ line: LogLine, _ letter: Letter,
        deadline: Int64? = nil, superseding old: [Int64]
    ) async throws -> OutgoingMessage? {
        try await perform { queue in
            try await queue.write { database in
                try database.execute(
                    sql: "INSERT OR IGNORE INTO toldOccasions VALUES (?, ?, ?)",
                    arguments: [migration.text, "\(occasion.kind)", occasion.about])
                guard database.changesCount > 0 else { return nil }
                try Store.insert(line, of: migration, into: database)
                for id in old { try Store.removeMessage(id, from: database) }
                let channels = Message.Channel.allCases
                try database.execute(
                    sql: """
                        INSERT INTO outbox
                        (migration, kind, time, subject, text, channels, deadline)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        migration.text, "\(occasion.kind)", line.time, letter.subject, letter.text,
                        Store.text(of: Set(channels)), deadline,
                    ])
                return OutgoingMessage(
                    id: database.lastInsertedRowID, migration: migration, occasion: occasion.kind,
                    letter: letter, time: line.time, channels: Set(channels), deadline: deadline)
            }
        }
    }

    /// The occasion is over: when it comes again, it is told again.
    func forget(_ occasion: Occasion, of migration: Identifier) async throws {
        try await perform { queue in
            try await queue.write { database in
                try database.execute(
                    sql:
                        "DELETE FROM toldOccasions WHERE migration = ? AND kind = ? AND about = ?",
                    arguments: [migration.text, "\(occasion.kind)", occasion.about])
            }
        }
    }

    /// Only these channels have not taken the message yet; one that all have taken is gone.
    func keep(_ channels: Set<Message.Channel>, ofMessage id: Int64) async throws {
        try await perform { queue in
            try await queue.write { database in
                guard !channels.isEmpty else {
                    return try Store.removeMessage(id, from: database)
                }
                try database.execute(
                    sql: "UPDATE outbox SET channels = ? WHERE id = ?",
                    arguments: [Store.text(of: channels), id])
            }
        }
    }

    private static func removeMessage(_ id: Int64, from database: Database) throws {
        try database.execute(sql: "DELETE FROM outbox WHERE id = ?", arguments: [id])
    }

    private static func text(of channels: Set<Message.Channel>) -> String {
        channels.map(\.rawValue).sorted().joined(separator: " ")
    }
}
