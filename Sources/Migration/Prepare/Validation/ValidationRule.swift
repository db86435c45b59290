/// Everything that is checked, in the order in which it is shown. The raw value is the check's stable name.
enum ValidationRule: String, CaseIterable, Sendable {
    // Getting there.
    case connectionString, hostNames, reachable, tlsOptions, certificateFile, sourceEncryption
    // Who it is.
    case replicaSet, topologyPair, primary, sameCluster
    // Who we are.
    case credentials, scram, sourcePrivileges, destinationPrivileges, oplogReadable, writeBlocking
    // What it runs.
    case sourceVersion, versionPair, rapidRelease, compatibilityVersion, storageEngine
    // What is there.
    case earlierMigration, typedName, conflictingNamespaces, otherData, diskSpace,
        databaseStatistics
    case oplogWindow, namespaceFilter, systemCollections
    case uniqueTwins, geoHaystack, removedOptions, searchIndexes, uniqueViolations, users

    /// Of the documents' list of rules.
    var number: Int? {
        switch self {
        case .hostNames: 1
        case .reachable: 2
        case .tlsOptions: 4
        case .certificateFile: 5
        case .credentials: 6
        case .scram: 7
        case .sourcePrivileges: 8
        case .writeBlocking: 9
        case .oplogReadable: 10
        case .replicaSet: 11
        case .topologyPair: 12
        case .versionPair: 16
        case .rapidRelease: 17
        case .compatibilityVersion: 18
        case .primary: 19
        case .conflictingNamespaces, .otherData: 25
        case .typedName: 26
        case .uniqueTwins: 30
        case .geoHaystack: 31
        case .searchIndexes: 34
        case .diskSpace: 36
        case .databaseStatistics: 37
        case .oplogWindow: 38
        case .storageEngine: 39
        case .users: 47
        case .sameCluster: 54
        case .connectionString, .sourceEncryption, .destinationPrivileges, .sourceVersion,
            .earlierMigration,
            .namespaceFilter, .systemCollections, .removedOptions, .uniqueViolations:
            nil
        }
    }

    /// What is checked, for people: on the pages of `interface.md` as they have it.
    func title(_ side: ValidationCheck.Side) -> String {
        let cluster = side == .destination ? "Destination cluster" : "Source cluster"
        return switch self {
        case .connectionString: "Connection string"
        case .hostNames: "Host names resolve"
        case .reachable: "\(cluster) is reachable"
        case .tlsOptions: "TLS options fit the server"
        case .certificateFile: "CA file"
        case .sourceEncryption: "Traffic is encrypted"
        case .replicaSet: "\(cluster) is a replica set"
        case .topologyPair: "Kinds of clusters"
        case .primary: "Primary"
        case .sameCluster: "Two different clusters"
        case .credentials: "Username and password"
        case .scram: "SCRAM authentication"
        case .sourcePrivileges, .destinationPrivileges: "User has the required permissions"
        case .oplogReadable: "Oplog can be read"
        case .writeBlocking: "Writes can be blocked"
        case .sourceVersion: "Version of the source"
        case .versionPair: "Pair of versions"
        case .rapidRelease: "No rapid release"
        case .compatibilityVersion: "Feature compatibility version"
        case .storageEngine: "Storage engine"
        case .earlierMigration: "No other migration"
        case .typedName: "Name typed to confirm clearing"
        case .conflictingNamespaces: "No conflicting namespaces"
        case .otherData: "Other data on the destination"
        case .diskSpace: "Available disk space on the destination"
        case .databaseStatistics: "Sizes of the databases"
        case .oplogWindow: "Oplog window"
        case .namespaceFilter: "Namespace filter"
        case .systemCollections: "Collections in system databases"
        case .uniqueTwins: "Unique indexes with a twin"
        case .geoHaystack: "geoHaystack indexes"
        case .removedOptions: "Options the destination knows"
        case .searchIndexes: "Search indexes"
        case .uniqueViolations: "Unique indexes hold"
        case .users: "Users and roles"
        }
    }

    /// What the documents say when it fails; nil where they have no words and the title does.
    func refusal(_ side: ValidationCheck.Side) -> String? {
        switch self {
        case .hostNames: "Could not resolve hostname"
        case .reachable:
            "Could not reach specified \(side == .destination ? "destination" : "source")"
        case .tlsOptions: "Invalid SSL options provided"
        case .certificateFile: "Unable to process the provided CA file"
        case .credentials: "The username or password is not correct"
        case .scram: "User must support both SCRAM-SHA-1 and SCRAM-SHA-256"
        case .sourcePrivileges, .destinationPrivileges: "User not authorized to execute command"
        case .oplogReadable: "Could not retrieve the latest oplog entry from the source: not found"
        case .replicaSet:
            "\(side == .destination ? "Destination" : "Source") appears to be a standalone"
        case .primary: "You can't migrate a cluster in a down state"
        case .diskSpace: "Available disk space on the destination needs to be increased"
        case .databaseStatistics: "Disk storage info unavailable"
        case .connectionString: "The connection string is not valid"
        case .sameCluster: "Source and destination are the same cluster"
        case .conflictingNamespaces: "Destination has conflicting namespaces"
        case .earlierMigration: "Another migration holds the destination"
        case .typedName: "The typed name is not the destination's"
        default: nil
        }
    }

    /// Whether the migration must not start while the answer is unknown.
    var mustBeKnown: Bool {
        switch self {
        case .hostNames, .reachable, .tlsOptions, .connectionString, .replicaSet, .topologyPair,
            .primary,
            .sameCluster, .credentials, .sourcePrivileges, .destinationPrivileges, .oplogReadable,
            .sourceVersion, .versionPair, .compatibilityVersion, .earlierMigration,
            .conflictingNamespaces:
            true
        default: false
        }
    }

    /// The sides that must have an answer. `typedName` is asked only when clearing was.
    func sides(_ options: MigrationOptions) -> [ValidationCheck.Side] {
        switch self {
        case .connectionString, .hostNames, .reachable, .tlsOptions, .certificateFile, .replicaSet,
            .primary,
            .credentials, .scram, .writeBlocking, .rapidRelease, .compatibilityVersion,
            .storageEngine:
            [.source, .destination]
        case .topologyPair, .sameCluster, .versionPair, .diskSpace: [.both]
        case .sourceEncryption, .sourcePrivileges, .oplogReadable, .sourceVersion,
            .databaseStatistics,
            .oplogWindow, .namespaceFilter, .systemCollections, .uniqueTwins, .geoHaystack,
            .removedOptions,
            .searchIndexes, .uniqueViolations, .users:
            [.source]
        case .destinationPrivileges, .earlierMigration, .conflictingNamespaces, .otherData:
            [.destination]
        case .typedName: options.drop ? [.destination] : []
        }
    }
}
