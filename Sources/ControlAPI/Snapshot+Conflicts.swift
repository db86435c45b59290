/// Clusters that other migrations have: what is written to one goes on to the other end of its migration, and what is
/// dropped there, too.
extension Snapshot {
    /// Why nothing can be migrated into a cluster now; nil where it can. `id`: the migration that would, where it is one
    /// of those that there are.
    package func conflict(into cluster: Cluster, of id: Identifier? = nil) -> ControlError? {
        for live in migrations where live.id != id {
            if !live.phase.isFinal, uses(cluster, as: live.setup.destination) {
                return ControlError(
                    .conflict, "another migration into it is under way: \(live.clusterNames)",
                    remedy: "wait until that has ended, or cancel it")
            }
            if let hold = hold(of: live), uses(cluster, as: live.setup.source) {
                return ControlError(
                    .conflict, "\(hold.reason): \(live.clusterNames)", remedy: hold.remedy)
            }
        }
        return nil
    }

    /// Why nothing can be migrated from a cluster now; nil where it can.
    package func conflict(from cluster: Cluster, of id: Identifier? = nil) -> ControlError? {
        let other = migrations.first {
            $0.id != id && !$0.phase.isFinal && uses(cluster, as: $0.setup.destination)
        }
        return other.map {
            ControlError(
                .conflict,
                "it is the destination of a migration that is under way: \($0.clusterNames)",
                remedy: "wait until that has ended, or cancel it")
        }
    }

    /// Why a migration has its source for itself; nil where it does not.
    private func hold(of live: LiveMigration) -> (reason: String, remedy: String)? {
        if !live.phase.isFinal {
            return (
                "it is the source of a migration that is under way",
                "wait until that has ended, or cancel it"
            )
        }
        if live.isSourceHeld {
            return ("a migration still holds it as its source", "release the source first")
        }
        guard live.phase == .failed, !isSuperseded(live) else { return nil }
        if live.isCutoverInDoubt {
            return (
                "a migration that has failed in a cutover may still block its writes",
                "retry or cancel that first"
            )
        }
        guard live.cutover.isSourceBlocked == true else { return nil }
        return (
            "a migration that has failed still blocks its writes",
            live.isPastPointOfNoReturn ? "retry that first" : "cancel that first"
        )
    }

    /// Whether a later migration has its destination.
    package func isSuperseded(_ live: LiveMigration) -> Bool {
        migrations.last { $0.setup.destination == live.setup.destination }?.id != live.id
    }

    private func uses(_ cluster: Cluster, as id: Identifier) -> Bool {
        if cluster.id == id { return true }
        return clusters.first { $0.id == id }?.hasServers(of: cluster) ?? false
    }
}

extension LiveMigration {
    /// `old to new`, for sentences.
    package var clusterNames: String { "\(sourceName) to \(destinationName)" }
}
