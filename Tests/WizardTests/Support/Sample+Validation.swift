import ControlAPI

/// What the agent says of the clusters of the tests, word for word as in
/// `Sources/Migration/Prepare/Validation`, which the tests of the wizard cannot import.
extension Sample {
    static let passing: [ValidationRow] = [reachable(source, .source), versionPair]

    static let failing = passing + [conflicts]

    /// Ten of its checks, in its order; one warns and one fails.
    static let checked: [ValidationRow] = [
        reachable(source, .source), reachable(destination, .destination),
        // ValidationTopology.swift
        row("replicaSet", .source, "Source cluster is a replica set", .pass, "rs0"),
        // ValidationServer.swift
        row(
            "sourcePrivileges", .source, "User has the required permissions", .pass,
            "everything the migration does is allowed"),
        row("writeBlocking", .source, "Writes can be blocked", .pass, "possible"),
        versionPair, conflicts,
        // ValidationSizes.swift
        row(
            "diskSpace", .both, "Available disk space on the destination", .pass,
            "198 GB are needed, 1.2 TB are free on the destination"),
        // ValidationOplog.swift
        row(
            "oplogWindow", .source, "Oplog window", .pass,
            "the oplog covers about 1 d 7 h; the copy takes about 2 h 51 min"),
        // ValidationUnique.swift
        row(
            "uniqueViolations", .source, "Unique indexes hold", .pass,
            "7 unique indexes searched"),
    ]

    /// Of a destination with a migration that can go on: ValidationRule.swift, and
    /// EarlierMigration+Found.swift of the agent.
    static let held = row(
        "earlierMigration", .destination, "Another migration holds the destination", .failure,
        "a migration from this source that is not finished",
        "Go on with it, or go back and clear the destination to begin anew.")

    /// What is checked, of the rows whose title says what came out: ValidationRule.swift.
    private static let titles = [
        "versionPair": "Pair of versions", "conflictingNamespaces": "No conflicting namespaces",
    ]

    /// The row while it is still being looked at.
    static func checking(_ row: ValidationRow) -> ValidationRow {
        self.row(row.check, row.side, titles[row.check] ?? row.title, .checking, "")
    }

    /// ValidationCheck.swift, as the agent maps what need not be known.
    static func notLookedAt(_ row: ValidationRow) -> ValidationRow {
        self.row(
            row.check, row.side, row.title, .warning,
            "not known: not looked at, because of what failed before")
    }

    static func row(
        _ check: String, _ side: ValidationRow.Side, _ title: String, _ state: ValidationRow.State,
        _ seen: String, _ remedy: String? = nil
    ) -> ValidationRow {
        var row = ValidationRow(
            check: check, side: side, title: title, state: state, seen: seen, remedy: remedy)
        row.isBlocking = state == .failure
        return row
    }

    /// ValidationReach.swift: the host of the connection string, and the members that it leads to.
    private static func reachable(_ cluster: Cluster, _ side: ValidationRow.Side) -> ValidationRow {
        let name = side == .source ? "Source" : "Destination"
        let members = cluster.facts?.members.map(\.host) ?? []
        return row(
            "reachable", side, "\(name) cluster is reachable", .pass,
            (["\(cluster.name).example.net"] + members).joined(separator: ", "))
    }

    /// ValidationVersions.swift
    private static let versionPair = row(
        "versionPair", .both, "Atlas does not list migrations from MongoDB 6.0 to 6.0", .warning,
        "6.0.5 to 6.0.5", "lagzero can do it; test your application with the destination.")

    /// ValidationContents.swift
    private static let conflicts = row(
        "conflictingNamespaces", .destination, "Destination has conflicting namespaces", .failure,
        "shop.carts, shop.customers, shop.events, shop.items, shop.orders",
        "Drop them there, or go back and clear the destination.")
}
