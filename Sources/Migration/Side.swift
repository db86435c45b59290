internal import BSON
package import Mongo

/// One of the two clusters of a migration.
package struct Side: Sendable {
    package enum Role: String, Sendable {
        case source, destination
    }

    package let role: Role
    package let cluster: Cluster
    /// The same cluster with a time limit of a day, for index builds and whatever is answered only after a long scan.
    package let patientCluster: Cluster
    /// The same cluster for changes of the catalog by name: see `Lane.outlast`.
    let catalogCluster: Cluster
    package let version: ServerVersion
    package let replicaSet: String
    /// False for a source that did not answer, or was another one, when nothing but its block was left.
    let isReached: Bool

    /// Connects and asks the primary who it is.
    package init(_ role: Role, _ connectionString: ConnectionString) async throws {
        self.role = role
        cluster = try await Cluster.open(connectionString)
        patientCluster = try await Cluster.open(connectionString, patience: .endless)
        catalogCluster = try await Cluster.open(
            connectionString, appName: "lagzero catalog", canOutlast: true)
        let lane = cluster.lane()
        guard let version = ServerVersion(buildInfo: try await lane.run(["buildInfo": 1])) else {
            throw MigrationError(.unexpected, "the \(role) does not say which version it is")
        }
        self.version = version
        replicaSet = try await lane.run(["hello": 1])["setName"]?.string ?? ""
        isReached = true
    }

    /// One that nobody asks anything: its name may not even resolve.
    init(unreached role: Role) throws {
        self.role = role
        cluster = try Cluster(ConnectionString("mongodb://unreached.invalid"))
        patientCluster = cluster
        catalogCluster = cluster
        version = ServerVersion(0, 0)
        replicaSet = ""
        isReached = false
    }

    package func lane() -> Lane { cluster.lane() }

    /// Leaves no cursor behind where the servers answer.
    func close() async {
        async let first: Void = cluster.closeCursors(within: Tuning.closingLimit)
        async let second: Void = patientCluster.closeCursors(within: Tuning.closingLimit)
        async let third: Void = catalogCluster.closeCursors(within: Tuning.closingLimit)
        _ = await (first, second, third)
    }
}
