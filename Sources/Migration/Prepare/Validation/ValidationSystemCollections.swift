internal import Mongo

extension Validation {
    /// Which collections of the servers' own databases are not the servers' own.
    enum SystemCollections {
        private static let own: [String: Set<String>] = [
            "admin": ["tempusers", "temproles"],
            "config": [
                "actionlog", "analyzeShardKeySplitPoints", "changelog", "chunks",
                "clusterParameters", "collections",
                "csrs.indexes", "databases", "external_validation_keys", "image_collection",
                "lockpings", "locks",
                "migrationCoordinators", "migrations", "mongos", "placementHistory",
                "queryAnalyzers", "rangeDeletions",
                "reshardingOperations", "sampledQueries", "sampledQueriesDiff", "settings",
                "shard.indexes", "shards",
                "tags", "tenantMigrationDonors", "tenantMigrationRecipients", "tenantSplitDonors",
                "transactions",
                "transaction_coordinators", "user_writes_critical_sections", "vectorClock",
                "vectorClockState", "version",
            ],
            "local": [
                "clustermanager", "me", "oplog.rs", "startup_log", "temp_oplog_buffer",
                "initialSyncOplogBuffer",
            ],
        ]
        private static let families = [
            "system.", "replset.", "cache.", "localReshardingOperations.",
            "localReshardingConflictStash.",
        ]

        static func isForeign(_ namespace: Namespace) -> Bool {
            guard let own = own[namespace.database] else { return false }
            return !own.contains(namespace.collection)
                && !families.contains { namespace.collection.hasExactPrefix($0) }
        }
    }
}
