internal import BSON
internal import Mongo

extension Validation {
    /// What a user may do, as `connectionStatus {showPrivileges: true}` tells.
    ///
    /// Source of the rules: the server's manual, "Resource Document", and its search list for resources. `{db: "",
    /// collection: ""}` reaches every collection that is not a system one, in every database but `local` and `config`.
    struct Privileges: Hashable, Sendable {
        /// A resource that actions are granted on.
        enum Resource: Hashable, Sendable {
            case cluster
            case anything
            /// Empty: any.
            case collection(database: String, name: String)
            /// The raw buckets of time-series collections. Empty: any.
            case buckets(database: String, name: String)
        }

        /// Something an action is wanted on.
        enum Target: Hashable, Sendable {
            case cluster
            /// Collections of every database, those not yet made too.
            case everyDatabase
            /// Every collection of a database that is no system one.
            case database(String)
            case collection(Namespace)
            /// `system.js` of every database.
            case everySystemCollection(String)
            /// Raw buckets of every database.
            case everyBuckets
            case buckets(database: String)
        }

        private let grants: [Resource: Set<String>]
        private let isEverything: Bool

        /// From the `authInfo` of the answer.
        init(_ information: Document) {
            var grants: [Resource: Set<String>] = [:]
            for grant in information["authenticatedUserPrivileges"]?.elements ?? [] {
                guard let grant = grant.document,
                    let resource = grant["resource"]?.document.flatMap(Resource.init)
                else { continue }
                grants[resource, default: []].formUnion(
                    grant["actions"]?.elements.compactMap(\.string) ?? [])
            }
            self.grants = grants
            isEverything = false
        }

        private init() {
            grants = [:]
            isEverything = true
        }

        /// Of a server that asks for no login.
        static let everything = Privileges()

        func allow(_ action: String, on target: Target) -> Bool {
            if isEverything { return true }
            return target.resources.contains { resource in
                guard let actions = grants[resource] else { return false }
                return actions.contains(action) || actions.contains("anyAction")
            }
        }
    }
}

extension Validation.Privileges.Resource {
    init?(_ document: Document) {
        if document["cluster"]?.bool ?? false {
            self = .cluster
        } else if document["anyResource"]?.bool ?? false {
            self = .anything
        } else if let buckets = document["system_buckets"]?.string {
            self = .buckets(database: document["db"]?.string ?? "", name: buckets)
        } else if let database = document["db"]?.string, let name = document["collection"]?.string {
            self = .collection(database: database, name: name)
        } else {
            return nil
        }
    }
}

extension Validation.Privileges.Target {
    /// Every resource a grant on which reaches the whole of the target.
    var resources: [Validation.Privileges.Resource] {
        switch self {
        case .cluster: [.cluster]
        case .everyDatabase: [.anything, .collection(database: "", name: "")]
        case .database(let database): [.anything] + Self.ordinary(database)
        case .collection(let namespace):
            [
                .anything, .collection(database: namespace.database, name: namespace.collection),
                .collection(database: "", name: namespace.collection),
            ]
                + (namespace.collection.hasExactPrefix("system.")
                    ? [] : Self.ordinary(namespace.database))
        case .everySystemCollection(let name): [.anything, .collection(database: "", name: name)]
        case .everyBuckets: [.anything, .buckets(database: "", name: "")]
        case .buckets(let database):
            [.anything, .buckets(database: database, name: ""), .buckets(database: "", name: "")]
        }
    }

    /// What reaches every ordinary collection of a database.
    private static func ordinary(_ database: String) -> [Validation.Privileges.Resource] {
        let own = Validation.Privileges.Resource.collection(database: database, name: "")
        let isApart = database == "local" || database == "config"
        return isApart ? [own] : [own, .collection(database: "", name: "")]
    }

    var words: String {
        switch self {
        case .cluster: "the cluster"
        case .everyDatabase: "every database"
        case .database(let name): "database \(name)"
        case .collection(let namespace): namespace.description
        case .everySystemCollection(let name): "\(name) of every database"
        case .everyBuckets: "time-series collections of every database"
        case .buckets(let database): "time-series collections of database \(database)"
        }
    }
}
