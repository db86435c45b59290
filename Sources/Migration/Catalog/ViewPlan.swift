internal import BSON
internal import Mongo

/// Views: changed ones are dropped and created again, below before above.
extension CatalogPlanner {
    mutating func planViewDrops() {
        let found = destination.sorted.filter { $0.kind == .view }
        let dropped = found.filter { view in
            guard state.views.contains(view.namespace) else { return false }
            return !isAsWanted(view)
        }
        for view in ViewOrder.sorted(dropped).reversed() {
            plan.actions.append(.dropView(view.namespace))
            vacate(view)
        }
        plan.claims = found.filter { !state.views.contains($0.namespace) && isAsWanted($0) }.map(
            \.namespace)
        plan.releases = state.views.filter { destination[$0]?.kind != .view }.sorted()
            .filter { source[$0]?.kind != .view }
    }

    mutating func planViews() {
        var missing: [CollectionInfo] = []
        for view in source.sorted where view.kind == .view {
            guard let obstacle = occupied[view.namespace] else {
                missing.append(view)
                continue
            }
            if obstacle.kind == .view, isAsWanted(obstacle) { continue }
            if !isOurs(obstacle) { reportForeign(obstacle) }
        }
        plan.actions += ViewOrder.sorted(missing).map(CatalogAction.createView)
    }

    private func isAsWanted(_ view: CollectionInfo) -> Bool {
        guard let wanted = source[view.namespace], wanted.kind == .view else { return false }
        return ComparableOptions.wanted(for: wanted, .untilCutover)
            == ComparableOptions.found(on: view, .untilCutover)
    }
}

enum ViewOrder {
    /// Every view after those it reads from, otherwise in the order given. Servers refuse cycles;
    /// should there be one, its views come in the order given.
    static func sorted(_ views: [CollectionInfo]) -> [CollectionInfo] {
        let byName = Dictionary(views.map { ($0.namespace, $0) }) { first, _ in first }
        var sorted: [CollectionInfo] = []
        var visited: Set<Namespace> = []
        func visit(_ view: CollectionInfo) {
            guard visited.insert(view.namespace).inserted else { return }
            for name in sources(of: view).sorted() {
                if let below = byName[Namespace(view.namespace.database, name)] { visit(below) }
            }
            sorted.append(view)
        }
        views.forEach(visit)
        return sorted
    }

    /// Names of collections and views of its database that a view reads: what it is on, and what
    /// stages join.
    private static func sources(of view: CollectionInfo) -> Set<String> {
        var names: Set<String> = []
        func collect(_ document: Document, depth: Int) {
            guard depth < 100 else { return }
            for element in document {
                if ["from", "coll", "$unionWith"].contains(element.name),
                    let name = element.value?.string
                {
                    names.insert(name)
                }
                if let inner = element.document { collect(inner, depth: depth + 1) }
            }
        }
        if let name = view.options["viewOn"]?.string { names.insert(name) }
        if let pipeline = view.options["pipeline"]?.document { collect(pipeline, depth: 0) }
        return names
    }
}
