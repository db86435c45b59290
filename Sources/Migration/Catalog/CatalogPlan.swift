package import BSON
internal import Mongo

/// What makes the destination's catalog what it must be until the cutover, in an order that works.
///
/// Touches only what this migration made: collections that are paired and views that are claimed.
/// An empty plan means that the catalogs are equal.
package struct CatalogPlan: Sendable {
    package internal(set) var actions: [CatalogAction] = []
    /// Indexes to build now. Not among the actions, as they take long and other changes need not
    /// wait for them.
    package internal(set) var builds: [IndexBuild] = []
    package internal(set) var problems: [CatalogProblem] = []
    /// Source UUIDs whose collection on neither side is there any more.
    var forgotten: [BinaryUUID] = []
    /// Views on the destination that are exactly as needed but not claimed, and claims of views
    /// that are gone.
    var claims: [Namespace] = []
    var releases: [Namespace] = []

    package var isEmpty: Bool { actions.isEmpty && builds.isEmpty && problems.isEmpty }

    /// - `source`: only what the filter lets through; what is paired and not in it is dropped.
    /// - `destination`: at least every database that `source` and `state` name, unfiltered.
    /// - `indexable`: source UUIDs of the collections that are copied, so that their indexes may be
    ///   built.
    /// - `followsTimeSeries`: whether changes of time-series collections are heard of.
    package static func make(
        source: Catalog, destination: Catalog, state: CatalogState, indexable: Set<BinaryUUID>,
        followsTimeSeries: Bool = true
    ) -> CatalogPlan {
        var planner = CatalogPlanner(
            source: source, destination: destination, state: state,
            followsTimeSeries: followsTimeSeries)
        planner.matchCollections()
        planner.planIndexes(indexable: indexable)
        planner.planViewDrops()
        planner.planDrops()
        planner.planRenames()
        planner.planCreates()
        planner.planModifications()
        planner.planViews()
        return planner.plan
    }
}

/// The plan in the making.
struct CatalogPlanner {
    /// A collection that is there on both sides.
    struct Match {
        let source: CollectionInfo
        let sourceUUID: BinaryUUID
        let destination: CollectionInfo
        let uuid: BinaryUUID
        /// Its name on the destination at this point of the plan.
        var namespace: Namespace
    }

    let source: Catalog
    let destination: Catalog
    let state: CatalogState
    private let followsTimeSeries: Bool
    private let pairs: [BinaryUUID: BinaryUUID]
    private let ownUUIDs: Set<BinaryUUID>
    var plan = CatalogPlan()
    /// In the order of their names on the source.
    var matches: [Match] = []
    /// What is on the destination at this point of the plan, under each name that it takes.
    var occupied: [Namespace: CollectionInfo] = [:]

    init(
        source: Catalog, destination: Catalog, state: CatalogState, followsTimeSeries: Bool
    ) {
        self.source = source
        self.destination = destination
        self.state = state
        self.followsTimeSeries = followsTimeSeries
        pairs = state.pairs
        ownUUIDs = Set(pairs.values)
        for info in destination.collections.values { occupy(info, as: info.namespace) }
    }

    mutating func matchCollections() {
        for info in source.sorted {
            guard let uuid = info.uuid, let paired = pairs[uuid],
                let found = destination[paired],
                CatalogPlanner.canFollow(info, found)
            else { continue }
            matches.append(
                Match(
                    source: info, sourceUUID: uuid, destination: found, uuid: paired,
                    namespace: found.namespace))
        }
    }

    /// Whether the collection of the destination can become the one of the source without being
    /// copied again: no rename leads from one database to another with the UUID kept, and
    /// time-series collections cannot be renamed.
    private static func canFollow(_ source: CollectionInfo, _ destination: CollectionInfo) -> Bool {
        guard source.kind == destination.kind, source.isCapped == destination.isCapped else {
            return false
        }
        return source.namespace == destination.namespace
            || (source.kind == .collection
                && source.namespace.database == destination.namespace.database)
    }

    mutating func planDrops() {
        let kept = Set(matches.map(\.uuid))
        // `system.js` comes last: it can be dropped with its database only.
        let entries = state.entries.values.sorted {
            ($0.namespace.isStoredFunctions ? 1 : 0, $0.namespace)
                < ($1.namespace.isStoredFunctions ? 1 : 0, $1.namespace)
        }
        for entry in entries {
            guard let paired = entry.destination, let info = destination[paired] else {
                if source[entry.source] == nil { plan.forgotten.append(entry.source) }
                continue
            }
            guard !kept.contains(paired) else { continue }
            plan.actions.append(.drop(paired, info.kind, info.namespace, source: entry.source))
            vacate(info)
        }
    }

    mutating func planCreates() {
        let matched = Set(matches.map(\.sourceUUID))
        for info in source.sorted {
            guard let uuid = info.uuid, !matched.contains(uuid) else { continue }
            if info.kind == .buckets, !followsTimeSeries {
                plan.problems.append(.unfollowed(timeSeries: info.displayName))
                continue
            }
            if let obstacle = info.names.compactMap({ occupied[$0] }).first {
                if obstacle.namespace.isStoredFunctions, state.entries[uuid] == nil {
                    // It may be what was left of an earlier one, and is adopted then.
                    plan.actions.append(.create(info))
                    continue
                }
                // One of ours in the way is there because its own move is impossible, which has
                // been said.
                if !isOurs(obstacle) { reportForeign(obstacle) }
                continue
            }
            plan.actions.append(.create(info))
            occupy(info, as: info.namespace)
        }
    }

    mutating func planModifications() {
        for match in matches {
            let wanted = ComparableOptions.wanted(for: match.source, .untilCutover)
            let found = ComparableOptions.found(on: match.destination, .untilCutover)
            let differences = wanted.differences(from: found)
            guard !differences.isEmpty else { continue }
            let change = OptionChange(
                to: Translation.untilCutover.options(of: match.source), changing: differences)
            if !change.arguments.isEmpty {
                plan.actions.append(
                    .modify(
                        match.uuid, match.namespace, change.arguments, changes: change.names,
                        source: match.sourceUUID))
            }
            for name in change.impossible {
                plan.problems.append(.unchangeable(option: name, of: match.source.displayName))
            }
        }
    }

    // MARK: Names

    func isOurs(_ info: CollectionInfo) -> Bool {
        guard let uuid = info.uuid else { return state.views.contains(info.namespace) }
        return ownUUIDs.contains(uuid) || source[uuid] == info
    }

    mutating func reportForeign(_ info: CollectionInfo) {
        let problem = CatalogProblem.foreign(info.displayName, isView: info.kind == .view)
        if !plan.problems.contains(problem) { plan.problems.append(problem) }
    }

    mutating func occupy(_ info: CollectionInfo, as namespace: Namespace) {
        var named = info
        named.namespace = namespace
        for name in named.names { occupied[name] = info }
    }

    mutating func vacate(_ info: CollectionInfo) {
        for name in info.names { occupied[name] = nil }
    }
}

extension CatalogProblem {
    static func unchangeable(option: String, of namespace: Namespace) -> CatalogProblem {
        CatalogProblem(
            .unchangeable, namespace,
            reason:
                "option \(option) differs on the destination, and no command can change it there",
            remedy: "drop the collection on the destination, then resume: it is copied again")
    }
}
