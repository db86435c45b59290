internal import BSON
internal import Mongo

/// What kind of cluster it is.
extension Validation.Party {
    /// Replica set, primary, loopback: from what the servers say to everyone.
    mutating func checkTopology() {
        checkReplicaSet()
        checkPrimary()
        if side == .source { checkEncryption() }
        if connectionString.options["directconnection"] == "true" {
            add(
                .connectionString, .warning,
                message: "directConnection=true ties the migration to one member",
                seen: "after an election that member may refuse writes and cut the migration off",
                remedy: "Remove directConnection from the connection string.")
        }
    }

    private mutating func checkReplicaSet() {
        guard let hello else { return }
        if hello.isRouter {
            // Answered by `topologyPair`.
            add(
                .replicaSet, .pass,
                message: "The \(side.rawValue) is a sharded cluster",
                seen: "a router (mongos) answers")
            return
        }
        if hello.isUninitiated {
            add(
                .replicaSet, .failure, message: "The replica set is not initiated",
                seen: "the server was started with --replSet and has no configuration",
                remedy: "Run rs.initiate() on it.")
            return
        }
        guard let name = hello.setName else {
            add(
                .replicaSet, .failure, seen: "hello names no replica set",
                remedy:
                    "Convert it to a replica set of one member: restart it with --replSet NAME, then rs.initiate()."
            )
            return
        }
        let names = Set(hellos.compactMap(\.setName))
        if names.count > 1 || hellos.contains(where: { $0.setName == nil }) {
            add(
                .replicaSet, .failure, message: "The hosts do not belong to one replica set",
                seen: "they name \(Validation.listed(names.sorted()))"
                    + (hellos.contains { $0.setName == nil } ? ", and one of them none" : ""),
                remedy: "Leave only hosts of one replica set in the connection string.")
            return
        }
        if let wanted = connectionString.options["replicaset"], wanted != name {
            add(
                .replicaSet, .failure, message: "The replica set has another name",
                seen: "the connection string says \(wanted), the server \(name)",
                remedy: "Write replicaSet=\(name) into the connection string.")
            return
        }
        add(.replicaSet, .pass, seen: name)
    }

    private mutating func checkPrimary() {
        guard let hello, hello.setName != nil || hello.isRouter else { return }
        if hello.isRouter {
            add(.primary, .pass, seen: "a router")
        } else if let primary = hellos.compactMap(\.primary).first {
            add(.primary, .pass, seen: primary)
        } else {
            add(
                .primary, .failure, seen: "no member knows a primary",
                remedy:
                    "See rs.status() on a member: a majority of the members must be up and reach each other."
            )
        }
    }

    private mutating func checkEncryption() {
        let isLocal = addresses.allSatisfy { $0.hasPrefix("127.") || $0 == "::1" }
        switch (connectionString.usesTLS, isLocal) {
        case (true, _): add(.sourceEncryption, .pass, seen: "with TLS")
        case (false, true):
            add(
                .sourceEncryption, .pass, message: "Traffic from the source stays on this host",
                seen: "without TLS, over loopback")
        case (false, false):
            add(
                .sourceEncryption, .warning, message: "Traffic from the source is not encrypted",
                seen: "everything that is copied can be read on the way to this host",
                remedy:
                    "Enable TLS on the source and add tls=true, or use a network that nobody else can listen to."
            )
        }
    }
}

extension Validation {
    /// Whether this pair of clusters can be migrated, and is a pair.
    static func checkPair(source: Party, destination: Party) -> ValidationCheck? {
        guard let from = source.hello, let to = destination.hello else { return nil }
        switch (from.isRouter, to.isRouter) {
        case (false, false):
            guard from.setName != nil, to.setName != nil else { return nil }
            return ValidationCheck(.topologyPair, .both, .pass, seen: "replica set to replica set")
        case (true, false):
            return ValidationCheck(
                .topologyPair, .both, .failure,
                message: "Migrating a sharded cluster to a replica set is not supported",
                seen: "the source is a sharded cluster",
                remedy: "Choose a replica set as the source.")
        case (_, true):
            return ValidationCheck(
                .topologyPair, .both, .failure,
                message: "Migrating to a sharded cluster is not supported by this version",
                seen: "the destination is a sharded cluster",
                remedy: "Choose a replica set as the destination.")
        }
    }

    /// Who a primary is, as far as it may be asked.
    struct Identity: Hashable, Sendable {
        var setName: String?
        var members: Set<String> = []
        var process: ObjectID?
        /// From the set's configuration; nil where that may not be read.
        var set: ObjectID?

        /// Nil when there is nothing to compare.
        static func isSame(_ left: Identity, _ right: Identity) -> Bool? {
            if let left = left.process, left == right.process { return true }
            // Equal ids alone say nothing: a set that was restored from another's files has them too.
            if let left = left.set, let right = right.set, left != right { return false }
            guard let name = left.setName, let other = right.setName else { return nil }
            return name == other && !left.members.isDisjoint(with: right.members)
        }
    }

    static func checkDifference(source: Login, destination: Login) async -> ValidationCheck {
        async let first = Identity(source.link)
        async let second = Identity(destination.link)
        let (from, to) = await (first, second)
        switch Identity.isSame(from, to) {
        case true:
            return ValidationCheck(
                .sameCluster, .both, .failure,
                seen: "both connection strings lead to replica set \(to.setName ?? "")",
                remedy: "Correct one of them: a migration onto itself would destroy the data.")
        case false:
            return ValidationCheck(
                .sameCluster, .both, .pass,
                seen: "\(from.setName ?? "source") and \(to.setName ?? "destination")")
        case nil:
            return ValidationCheck(
                .sameCluster, .both, .unknown, seen: "the servers do not say who they are")
        }
    }
}

extension Validation.Identity {
    /// Asks the primary; what is refused stays nil.
    init(_ link: Validation.Link) async {
        let hello = try? await link.run(["hello": 1])
        let known = hello.map { Validation.Hello($0, buildInfo: [:]) }
        setName = known?.setName
        members = Set(known?.members ?? [])
        process = known?.process
        let configuration = try? await link.run(["replSetGetConfig": 1])
        let settings = configuration?["config"]?.document?["settings"]?.document
        if case .objectID(let id) = settings?["replicaSetId"] { set = id }
    }
}
