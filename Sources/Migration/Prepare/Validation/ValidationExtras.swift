internal import BSON
internal import Mongo

/// What stays behind on the source.
extension Validation.Party {
    /// Users and roles are not migrated: told with their number.
    mutating func checkUsers() async {
        guard let login, side == .source else { return }
        let users = await login.link.number(
            of: "system.users", or: ["usersInfo": ["forAllDBs": true]], "users")
        let roles = await login.link.number(of: "system.roles", or: ["rolesInfo": 1], "roles")
        guard let users, let roles else {
            add(
                .users, .unknown, seen: "the user may not list them",
                remedy:
                    "Users and roles are not migrated: create those of your applications on the destination."
            )
            return
        }
        guard users + roles > 0 else {
            add(.users, .pass, seen: "the source has none")
            return
        }
        add(
            .users, .warning, message: "Users and roles are not migrated",
            seen:
                "\(Validation.counted(users, "user")), \(Validation.counted(roles, "role of its own", plural: "roles of their own"))",
            remedy: "Create those of your applications on the destination before the cutover.")
    }

    /// Search indexes exist on Atlas only; the stage that lists them tells whether this is such a cluster.
    mutating func checkSearchIndexes(
        _ entries: [Validation.Catalog.Entry], until deadline: ContinuousClock.Instant
    ) async {
        guard let login, side == .source else { return }
        var found: [String] = []
        for entry in entries where entry.type == "collection" {
            guard ContinuousClock.now < deadline else {
                add(.searchIndexes, .unknown, seen: "not every collection could be asked in time")
                return
            }
            let namespace = entry.namespace
            let answer = await Validation.answer { () throws(MongoError) in
                try await login.link.all(
                    [
                        "aggregate": .string(namespace.collection),
                        "pipeline": [["$listSearchIndexes": [:]]], "cursor": [:],
                    ], on: namespace.database)
            }
            switch answer {
            case .success(let indexes):
                found += indexes.map { "\($0["name"]?.string ?? "(unnamed)") of \(namespace)" }
            case .failure(let error) where error.hasNoSearchIndexes:
                add(.searchIndexes, .pass, seen: "the source knows no search indexes")
                return
            case .failure(let error):
                add(.searchIndexes, .unknown, seen: words.of(error))
                return
            }
        }
        checks.append(Validation.searchIndexes(found))
    }
}

extension Validation {
    /// What is said of the search indexes with these names.
    static func searchIndexes(_ names: [String]) -> ValidationCheck {
        guard !names.isEmpty else {
            return ValidationCheck(.searchIndexes, .source, .pass, seen: "none found")
        }
        return ValidationCheck(
            .searchIndexes, .source, .warning, message: "Search indexes are not migrated",
            seen: listed(names), remedy: "Create them on the destination after the migration.")
    }
}

extension MongoError {
    /// Unknown stage (6.0.5 and older), "only allowed on MongoDB Atlas", SearchNotEnabled.
    var hasNoSearchIndexes: Bool {
        kind == .server && [40324, 6_047_401, 31082].contains(code)
    }
}

extension Validation.Link {
    /// How many documents a collection of `admin` has, or else how many the command lists.
    fileprivate func number(of collection: String, or command: Document, _ list: String) async
        -> Int?
    {
        if let found = try? await all(
            ["find": .string(collection), "projection": ["_id": 1]], on: "admin")
        {
            return found.count
        }
        return (try? await run(command))?[list]?.elements.count
    }
}
