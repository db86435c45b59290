/// What the operator asks of a migration.
package struct MigrationSetup: Codable, Sendable, Hashable {
    /// How the destination is compared with the source before the cutover.
    package enum Verify: String, Codable, CaseIterable, Sendable {
        case full, counts, off
    }

    package var source: Identifier
    package var destination: Identifier
    package var verify: Verify = .full
    /// Drop every user database of the destination first.
    package var clear = false
    /// What was typed to confirm `clear`: the destination's name in the inventory, or its replica set's.
    package var clearConfirmedName: String?
    /// The destination as it was shown when its name was typed: nothing else is ever cleared.
    package var clearConfirmedCluster: ClearedCluster?
    /// `db.*` or `db.collection`; everything where it is empty.
    package var include: [String] = []
    package var exclude: [String] = []
    /// 1 (gentle) to 4 (all that the servers bear).
    package var loadLevel = 3
    /// Seconds without a write that are required of a source whose writes cannot be blocked.
    package var quietPeriod = 10
    /// Lift the source's write block after the cutover.
    package var keepSourceWritable = false

    /// Go on with the migration whose state the destination holds, wherever it was run before.
    package var resumes = false

    /// Which of the wizard's flows it is shown in; the agent only keeps it.
    package var flow = "fromAtlas"

    package init(source: Identifier, destination: Identifier) {
        self.source = source
        self.destination = destination
    }
}

/// Which cluster was looked at when it was confirmed that its data may be dropped.
package struct ClearedCluster: Codable, Sendable, Hashable {
    /// Nil where it was not known.
    package var replicaSet: String?
    /// Redacted.
    package var connectionString: String

    package init(_ cluster: Cluster) {
        replicaSet = cluster.facts?.replicaSet
        connectionString = cluster.connectionString
    }
}

extension MigrationSetup {
    /// What was stored before there was `resumes`, or `flow`, has none.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            source: try values.decode(Identifier.self, forKey: .source),
            destination: try values.decode(Identifier.self, forKey: .destination))
        verify = try values.decode(Verify.self, forKey: .verify)
        clear = try values.decode(Bool.self, forKey: .clear)
        clearConfirmedName = try values.decodeIfPresent(String.self, forKey: .clearConfirmedName)
        clearConfirmedCluster = try values.decodeIfPresent(
            ClearedCluster.self, forKey: .clearConfirmedCluster)
        include = try values.decode([String].self, forKey: .include)
        exclude = try values.decode([String].self, forKey: .exclude)
        loadLevel = try values.decode(Int.self, forKey: .loadLevel)
        quietPeriod = try values.decode(Int.self, forKey: .quietPeriod)
        keepSourceWritable = try values.decode(Bool.self, forKey: .keepSourceWritable)
        resumes = try values.decodeIfPresent(Bool.self, forKey: .resumes) ?? false
        flow = try values.decodeIfPresent(String.self, forKey: .flow) ?? flow
    }
}
