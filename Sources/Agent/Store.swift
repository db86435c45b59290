package import ControlAPI
internal import FoundationEssentials
internal import GRDB
internal import Synchronization
package import Migration

/// What a migration needs to be taken up again.
package struct StoredMigration: Codable, Hashable, Sendable {
    package var live: LiveMigration
    /// The destination holds its state: from now on it is resumed, never begun.
    package var hasBegun = false
    /// Nil where it was not seen yet.
    package var identity: MigrationIdentity?

    package init(
        live: LiveMigration, hasBegun: Bool = false, identity: MigrationIdentity? = nil
    ) {
        self.live = live
        self.hasBegun = hasBegun
        self.identity = identity
    }
}

/// The agent's database: the inventory, the migrations and their logs. No secrets.
package final class Store: Sendable {
    let queue: DatabaseQueue
    /// The number of the state of each migration that is written.
    private let written = Mutex<[Identifier: Int]>([:])

    /// Opens it, or makes it, and brings its schema up to date. Throws `store` when it is damaged or of a newer version.
    package init(_ path: String) throws {
        do {
            var configuration = Configuration()
            // Others may be reading it: a support bundle does.
            configuration.busyMode = .timeout(Tuning.storePatience)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let migrator = Store.migrator
            if try queue.read({ try migrator.hasBeenSuperseded($0) }) {
                throw ControlError(
                    .store, "\(path) was written by a newer version of lagzero",
                    remedy:
                        "use that version, or move the file away and go on from the destinations, which hold every migration's own state"
                )
            }
            try migrator.migrate(queue)
            let answer = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
            guard answer == "ok" else { throw Store.damaged(path) }
        } catch let error as DatabaseError {
            throw Store.explain(error, path)
        }
    }

    /// Opens one to look into, as it is and whoever has it: nothing of it is changed. Throws `store` when it cannot be read.
    package init(reading path: String) throws {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(Tuning.storePatience)
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw Store.explain(error, path)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE organizations (id TEXT PRIMARY KEY, body BLOB NOT NULL);
                    CREATE TABLE projects (
                        id TEXT PRIMARY KEY, organization TEXT NOT NULL REFERENCES organizations(id),
                        body BLOB NOT NULL);
                    CREATE TABLE clusters (
                        id TEXT PRIMARY KEY, project TEXT NOT NULL REFERENCES projects(id),
                        body BLOB NOT NULL);
                    CREATE TABLE migrations (
                        id TEXT PRIMARY KEY, startedAt INTEGER NOT NULL, body BLOB NOT NULL);
                    CREATE TABLE logLines (
                        migration TEXT NOT NULL REFERENCES migrations(id),
                        sequence INTEGER NOT NULL, time INTEGER NOT NULL, text TEXT NOT NULL,
                        PRIMARY KEY (migration, sequence)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("2") { database in
            try database.execute(
                sql: """
                    ALTER TABLE clusters ADD COLUMN name TEXT;
                    UPDATE clusters SET name = json_extract(CAST(body AS TEXT), '$.name');
                    """)
            try Store.renameTwins(database)
            try database.execute(
                sql: "CREATE UNIQUE INDEX clusterNames ON clusters (project, name)")
        }
        migrator.registerMigration("3") { database in
            try database.execute(
                sql: """
                    CREATE TABLE toldOccasions (
                        migration TEXT NOT NULL REFERENCES migrations(id),
                        kind TEXT NOT NULL, about INTEGER NOT NULL,
                        PRIMARY KEY (migration, kind, about)) WITHOUT ROWID;
                    CREATE TABLE outbox (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        migration TEXT NOT NULL REFERENCES migrations(id),
                        kind TEXT NOT NULL, time INTEGER NOT NULL, subject TEXT NOT NULL,
                        text TEXT NOT NULL, channels TEXT NOT NULL);
                    """)
        }
        migrator.registerMigration("4") { database in
            try database.execute(sql: "ALTER TABLE outbox ADD COLUMN deadline INTEGER")
        }
        return migrator
    }

    /// Clusters that have the name of an older one of their project get another.
    private static func renameTwins(_ database: Database) throws {
        let twins = """
            SELECT id, name FROM clusters AS twin WHERE EXISTS (
                SELECT 1 FROM clusters WHERE project = twin.project AND name = twin.name
                AND id < twin.id)
            """
        for row in try Row.fetchAll(database, sql: twins) {
            let (id, name): (String, String) = (row["id"], row["name"])
            let other = "\(name) (\(id))"
            try database.execute(
                sql: """
                    UPDATE clusters SET name = ?,
                    body = CAST(json_set(CAST(body AS TEXT), '$.name', ?) AS BLOB) WHERE id = ?
                    """, arguments: [other, other, id])
        }
    }

    private static func damaged(_ path: String) -> ControlError {
        ControlError(
            .store, "\(path) is damaged",
            remedy:
                "move it away and add the clusters again; every migration's own state is on its destination, and a new setup of the same clusters offers to go on from there"
        )
    }

    private static func explain(_ error: DatabaseError, _ path: String) -> ControlError {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: damaged(path)
        case .SQLITE_FULL:
            ControlError(
                .store, "the disk is full: \(path) cannot be written", remedy: "make room there"
            )
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE:
            ControlError(.conflict, "there is one of this name already")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR:
            ControlError(
                .store, "\(path) cannot be read or written: \(error.message ?? "no reason given")",
                remedy: "see the folder's owner, permissions and free space")
        default: ControlError(.store, "\(path): \(error.message ?? "an error of SQLite")")
        }
    }

    // MARK: Reading

    package struct Contents: Sendable {
        package var organizations: [Organization] = []
        package var projects: [Project] = []
        package var clusters: [ControlAPI.Cluster] = []
        /// Oldest first.
        package var migrations: [StoredMigration] = []
    }

    package func load() async throws -> Contents {
        try await perform { queue in
            try await queue.read { database in
                Contents(
                    organizations: try Store.all("organizations", "id", database),
                    projects: try Store.all("projects", "id", database),
                    clusters: try Store.all("clusters", "id", database),
                    migrations: try Store.all("migrations", "startedAt, id", database))
            }
        }
    }

    private static func all<Element: Decodable>(
        _ table: String, _ order: String, _ database: Database
    ) throws -> [Element] {
        let bodies = try Data.fetchAll(database, sql: "SELECT body FROM \(table) ORDER BY \(order)")
        return try bodies.map { body in
            do {
                return try JSONDecoder().decode(Element.self, from: body)
            } catch { throw damaged("the table \(table) of the store") }
        }
    }

    /// With `after` nil the last ones; oldest first.
    package func log(of migration: Identifier, after: Int?, limit: Int) async throws -> [LogLine] {
        try await perform { queue in
            try await queue.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT sequence, time, text FROM logLines
                        WHERE migration = ? AND sequence > ?
                        ORDER BY sequence \(after == nil ? "DESC" : "ASC") LIMIT ?
                        """, arguments: [migration.text, after ?? 0, limit])
                let lines = rows.map {
                    LogLine(sequence: $0["sequence"], time: $0["time"], text: $0["text"])
                }
                return after == nil ? lines.reversed() : lines
            }
        }
    }

    /// The highest number of a line of its log; 0 where there is none.
    package func lastLine(of migration: Identifier) async throws -> Int {
        try await log(of: migration, after: nil, limit: 1).last?.sequence ?? 0
    }

    // MARK: Writing

    /// Adds a cluster to the project of that name, which is made where there is none, as its organization is: all of it or
    /// nothing. Throws `conflict` where the project has one of that name.
    package func add(
        _ new: NewCluster, shownAs connectionString: String, id: Identifier, at seconds: Int64
    ) async throws -> Added {
        try await named(new.name) { database in
            let organizations: [Organization] = try Store.all("organizations", "id", database)
            let organization =
                organizations.first { $0.name == new.organization }
                ?? Organization(id: Identifier(at: seconds), name: new.organization)
            let projects: [Project] = try Store.all("projects", "id", database)
            let project =
                projects.first { $0.organization == organization.id && $0.name == new.project }
                ?? Project(
                    id: Identifier(at: seconds), organization: organization.id, name: new.project)
            let cluster = ControlAPI.Cluster(
                id: id, project: project.id, name: new.name, connectionString: connectionString)
            try Store.put(
                "organizations", organization.id, ["body": try Store.body(organization)], database)
            try Store.put(
                "projects", project.id,
                ["organization": organization.id.text, "body": try Store.body(project)], database)
            try Store.put(cluster, database)
            return Added(organization: organization, project: project, cluster: cluster)
        }
    }

    package struct Added: Sendable {
        package let organization: Organization
        package let project: Project
        package let cluster: ControlAPI.Cluster
    }

    /// Throws `conflict` where its project has another one of that name, whoever has added that meanwhile.
    package func save(_ cluster: ControlAPI.Cluster) async throws {
        try await named(cluster.name) { try Store.put(cluster, $0) }
    }

    private static func put(_ cluster: ControlAPI.Cluster, _ database: Database) throws {
        try put(
            "clusters", cluster.id,
            ["project": cluster.project.text, "name": cluster.name, "body": try body(cluster)],
            database)
    }

    /// Writes a cluster of that name.
    private func named<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable (Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await perform { try await $0.write(body) }
        } catch let error as ControlError where error.code == .conflict {
            throw ControlError(takenName: name)
        }
    }

    /// `number`: of this state among all of its agent. Does nothing where one with a higher number is written already:
    /// whoever is suspended may come late.
    package func save(_ migration: StoredMigration, number: Int = 0) async throws {
        let id = migration.live.id
        let body = try Store.body(migration)
        try await perform { [self] queue in
            try await queue.write { [self] database in
                guard isNewest(number, of: id) else { return }
                try Store.put(
                    "migrations", id, ["startedAt": migration.live.startedAt, "body": body],
                    database)
            }
        }
    }

    private func isNewest(_ number: Int, of migration: Identifier) -> Bool {
        written.withLock { written in
            guard number >= written[migration] ?? 0 else { return false }
            written[migration] = number
            return true
        }
    }

    /// All of them or none.
    package func append(_ lines: [LogLine], to migration: Identifier) async throws {
        try await perform { queue in
            try await queue.write { database in
                for line in lines { try Store.insert(line, of: migration, into: database) }
            }
        }
    }

    static func insert(_ line: LogLine, of migration: Identifier, into database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO logLines VALUES (?, ?, ?, ?)",
            arguments: [migration.text, line.sequence, line.time, line.text])
    }

    package func remove(cluster id: Identifier) async throws {
        try await perform { queue in
            try await queue.write { database in
                try database.execute(sql: "DELETE FROM clusters WHERE id = ?", arguments: [id.text])
            }
        }
    }

    private static func body(_ value: some Encodable) throws -> Data {
        try JSONEncoder().encode(value)
    }

    private static func put(
        _ table: String, _ id: Identifier,
        _ columns: [String: any DatabaseValueConvertible & Sendable], _ database: Database
    ) throws {
        let names = columns.keys.sorted()
        let values: [any DatabaseValueConvertible & Sendable] = names.compactMap { columns[$0] }
        let list = names.joined(separator: ", ")
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let changes = names.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        try database.execute(
            sql: """
                INSERT INTO \(table) (id, \(list)) VALUES (?, \(marks))
                ON CONFLICT (id) DO UPDATE SET \(changes)
                """, arguments: StatementArguments([id.text] + values))
    }

    func perform<Result: Sendable>(
        _ body: (DatabaseQueue) async throws -> Result
    ) async throws -> Result {
        do {
            return try await body(queue)
        } catch let error as DatabaseError {
            throw Store.explain(error, queue.path)
        }
    }
}

extension ControlError {
    /// Of a cluster.
    init(takenName name: String) {
        self.init(.conflict, "its project has a cluster \(name) already")
    }
}
