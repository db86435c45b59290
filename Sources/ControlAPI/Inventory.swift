package struct Organization: Codable, Sendable, Hashable, Identifiable {
    package var id: Identifier
    package var name: String

    package init(id: Identifier, name: String) {
        self.id = id
        self.name = name
    }
}

package struct Project: Codable, Sendable, Hashable, Identifiable {
    package var id: Identifier
    package var organization: Identifier
    package var name: String

    package init(id: Identifier, organization: Identifier, name: String) {
        self.id = id
        self.organization = organization
        self.name = name
    }
}

/// A cluster of the inventory, with what was seen of it last.
package struct Cluster: Codable, Sendable, Hashable, Identifiable {
    package var id: Identifier
    package var project: Identifier
    package var name: String
    /// Redacted: fit for every screen and log.
    package var connectionString: String
    /// Nil until it was reached for the first time.
    package var facts: ClusterFacts?
    /// When it was reached last, milliseconds since 1970; nil until then.
    package var lastSeenAt: Int64?
    /// Why it could not be reached the last time; nil where it could.
    package var trouble: ControlError?

    package init(id: Identifier, project: Identifier, name: String, connectionString: String) {
        self.id = id
        self.project = project
        self.name = name
        self.connectionString = connectionString
    }
}

/// What a cluster says of itself. Nil means unknown, never zero.
package struct ClusterFacts: Codable, Sendable, Hashable {
    package struct Member: Codable, Sendable, Hashable {
        package var host: String
        /// `PRIMARY`, `SECONDARY`, ... as the cluster names it; nil where the user may not ask.
        package var state: String?

        package init(host: String, state: String? = nil) {
            self.host = host
            self.state = state
        }
    }

    /// A user database; those of the server and of lagzero are left out.
    package struct Database: Codable, Sendable, Hashable {
        package var name: String
        /// On disk.
        package var bytes: Int?

        package init(name: String, bytes: Int? = nil) {
            self.name = name
            self.bytes = bytes
        }
    }

    package var replicaSet: String?
    package var isSharded: Bool?
    package var version: String?
    package var members: [Member] = []
    /// Nil where the user may not list them; empty where there are none.
    package var databases: [Database]?
    package var collections: Int?
    /// Of the data, uncompressed.
    package var dataBytes: Int?
    package var documents: Int?
    package var oplogWindowSeconds: Int?
    package var freeDiskBytes: Int?

    package init() {}

    /// Whether there is no user database; nil where that is unknown.
    package var isEmpty: Bool? { databases.map(\.isEmpty) }
}

/// What is needed to add a cluster.
package struct NewCluster: Codable, Sendable, Hashable {
    /// Of the cluster; no two clusters of a project have one name.
    package var name: String
    /// Made where there is none of this name.
    package var organization: String
    /// Made where there is none of this name in the organization.
    package var project: String
    package var connectionString: Secret

    package init(name: String, organization: String, project: String, connectionString: Secret) {
        self.name = name
        self.organization = organization
        self.project = project
        self.connectionString = connectionString
    }
}

/// What is to be another than before of a cluster; what is nil stays.
package struct ClusterChange: Codable, Sendable, Hashable {
    package var name: String?
    /// As it is shown, with what is new in it. Where it has `***`, or the same user without a password, the secret
    /// stays the one that is stored.
    package var connectionString: Secret?
    /// Of the user in the connection string, as it is, that is not percent-encoded.
    package var password: Secret?

    package init() {}

    package var isEmpty: Bool { self == ClusterChange() }
}
