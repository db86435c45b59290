internal import Mongo

extension Validation {
    /// Something a user must be allowed to do, and the built-in role that has it.
    struct Need: Hashable, Sendable {
        let action: String
        let target: Privileges.Target
        let role: String
    }

    enum Needs {
        /// What the migration does on the source: reads everything through a cluster-wide stream, whatever the filter.
        static let source: [Need] =
            needs(
                ["find", "changeStream", "listCollections", "listIndexes", "collStats"],
                .everyDatabase, "readAnyDatabase")
            + needs(
                ["find", "listIndexes", "collStats"], .everySystemCollection("system.js"),
                "readAnyDatabase")
            + needs(["listDatabases"], .cluster, "readAnyDatabase")
            + needs(["serverStatus"], .cluster, "backup")

        /// Raw buckets have privileges of their own from 5.0 on; those of older versions are not migrated.
        static let sourceBuckets = needs(
            ["find", "listIndexes", "collStats"], .everyBuckets, "readAnyDatabase")

        static let oplog = Need(
            action: "find", target: .collection(Namespace("local", "oplog.rs")), role: "backup")

        /// Asked for where writes cannot be blocked: nothing else tells that a transaction is open in the cutover.
        static let sourceTransactions = needs(["inprog"], .cluster, "clusterMonitor")

        /// What lets writes be blocked on a server of 6.0 and newer.
        static let sourceBlocking = needs(["setUserWriteBlockMode"], .cluster, "backup")
        /// On the destination the migration's own writes must go on.
        static let destinationBlocking = needs(
            ["setUserWriteBlockMode", "bypassWriteBlockingMode"], .cluster, "restore")

        /// What the migration does on the destination. With patterns only their databases are written to; without any,
        /// databases may appear on the source while the migration runs.
        static func destination(_ options: MigrationOptions) -> [Need] {
            var needs = needs(["listDatabases"], .cluster, "readWriteAnyDatabase")
            let databases = Set(options.filter.include.map(\.database))
            if databases.isEmpty {
                needs += contents(.everyDatabase)
                needs += rawWrites(.everySystemCollection("system.js"))
                needs += rawWrites(.everyBuckets)
            } else {
                for database in databases.sorted() {
                    needs += contents(.database(database))
                    needs += rawWrites(.collection(Namespace(database, "system.js")))
                    needs += rawWrites(.buckets(database: database))
                }
                needs += state(NamespaceFilter.stateDatabase)
            }
            if options.drop {
                needs += Needs.needs(["dropDatabase"], .everyDatabase, "dbAdminAnyDatabase")
            }
            var seen: Set<Need> = []
            return needs.filter { seen.insert($0).inserted }
        }

        private static func contents(_ target: Privileges.Target) -> [Need] {
            needs(
                [
                    "find", "insert", "update", "remove", "createCollection", "dropCollection",
                    "convertToCapped", "createIndex", "dropIndex",
                    "listCollections", "listIndexes", "collStats", "renameCollectionSameDB",
                ], target, "readWriteAnyDatabase")
                + needs(["collMod", "bypassDocumentValidation"], target, "restore")
        }

        private static func rawWrites(_ target: Privileges.Target) -> [Need] {
            needs(
                ["find", "insert", "update", "remove", "listIndexes"], target,
                "readWriteAnyDatabase")
                + needs(["bypassDocumentValidation"], target, "restore")
        }

        private static func state(_ database: String) -> [Need] {
            needs(
                [
                    "find", "insert", "update", "remove", "createCollection", "dropCollection",
                    "createIndex",
                ],
                .database(database), "readWriteAnyDatabase")
                + needs(["bypassDocumentValidation"], .database(database), "restore")
        }

        private static func needs(_ actions: [String], _ target: Privileges.Target, _ role: String)
            -> [Need]
        {
            actions.map { Need(action: $0, target: target, role: role) }
        }
    }
}

extension Validation.Privileges {
    func missing(_ needs: [Validation.Need]) -> [Validation.Need] {
        needs.filter { !allow($0.action, on: $0.target) }
    }
}

extension [Validation.Need] {
    /// "insert, update on every database (role readWriteAnyDatabase); ...": all of them, in the order given.
    var words: String {
        var groups: [(target: String, role: String, actions: [String])] = []
        for need in self {
            if let index = groups.firstIndex(where: {
                $0.target == need.target.words && $0.role == need.role
            }) {
                groups[index].actions.append(need.action)
            } else {
                groups.append((need.target.words, need.role, [need.action]))
            }
        }
        return groups.map {
            "\($0.actions.joined(separator: ", ")) on \($0.target) (role \($0.role))"
        }
        .joined(separator: "; ")
    }

    /// The roles that have them, each once.
    var roles: [String] { Set(map(\.role)).sorted() }
}
