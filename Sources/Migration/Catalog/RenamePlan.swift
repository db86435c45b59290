internal import BSON
internal import Mongo

/// Renames: what has a free name goes first, cycles go through a temporary name.
extension CatalogPlanner {
    /// Where a collection waits whose name another one needs first. It is found again by its UUID,
    /// so a crash here only leaves a rename to be done.
    static func temporaryName(_ uuid: BinaryUUID, in database: String) -> Namespace {
        Namespace(database, "lagzero.moving.\(uuid)")
    }

    mutating func planRenames() {
        var pending = matches.indices.filter {
            matches[$0].namespace != matches[$0].source.namespace
        }
        while !pending.isEmpty {
            if let free = pending.firstIndex(where: {
                occupied[matches[$0].source.namespace] == nil
            }) {
                let index = pending.remove(at: free)
                rename(index, to: matches[index].source.namespace)
                continue
            }
            let moving = Set(pending.map { matches[$0].uuid })
            let stuck = pending.firstIndex { index in
                let obstacle = occupied[matches[index].source.namespace]?.uuid
                return obstacle.map { !moving.contains($0) } ?? true
            }
            guard let stuck else {
                // All that are left wait for one another.
                let uuid = matches[pending[0]].uuid
                let database = matches[pending[0]].source.namespace.database
                rename(pending[0], to: CatalogPlanner.temporaryName(uuid, in: database))
                continue
            }
            let target = matches[pending.remove(at: stuck)].source.namespace
            if let obstacle = occupied[target], !isOurs(obstacle) { reportForeign(obstacle) }
        }
    }

    private mutating func rename(_ index: Int, to target: Namespace) {
        let match = matches[index]
        plan.actions.append(
            .rename(match.uuid, from: match.namespace, to: target, source: match.sourceUUID))
        occupied[match.namespace] = nil
        occupied[target] = match.destination
        matches[index].namespace = target
    }
}
