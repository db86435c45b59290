package import BSON
internal import Mongo

/// Keeps the rest of the engine away from a collection while its name or its existence changes.
package protocol CatalogGate: Sendable {
    /// Returns when nothing reads or writes the collection any more, and nothing will until `open`.
    func close(_ source: BinaryUUID) async throws
    func open(_ source: BinaryUUID) async
}

/// Makes the destination's catalog what the source's demands until the cutover.
package struct Reconciler: Sendable {
    /// What one run did, and what it leaves.
    package struct Report: Sendable {
        /// Everything done, in order, for the event log.
        package var actions: [CatalogAction] = []
        /// Indexes to build now.
        package var builds: [IndexBuild] = []
        package var problems: [CatalogProblem] = []
        /// Changes that must wait for an index build to end.
        package var waiting: [CatalogAction] = []
        /// Both sides as the last pass read them.
        package var source = Catalog([])
        package var destination = Catalog([])
        /// Nothing is left but index builds. False: problems, waiting changes, or a source that
        /// changes faster than it can be followed; run it again.
        package var isSettled = false
    }

    let source: CatalogReader
    let destination: CatalogReader
    let executor: CatalogExecutor
    let filter: NamespaceFilter
    let gate: any CatalogGate
    let followsTimeSeries: Bool

    /// `followsTimeSeries`: see `CatalogPlan`.
    package init(
        source: CatalogReader, destination: CatalogReader, executor: CatalogExecutor,
        filter: NamespaceFilter, gate: any CatalogGate, followsTimeSeries: Bool = true
    ) {
        self.source = source
        self.destination = destination
        self.executor = executor
        self.filter = filter
        self.gate = gate
        self.followsTimeSeries = followsTimeSeries
    }

    /// Reads both sides, plans and acts until nothing is left to do. `indexable`: see
    /// `CatalogPlan`.
    ///
    /// Whatever it throws, a later run goes on where this one stopped.
    package func run(indexable: Set<BinaryUUID>) async throws -> Report {
        var report = Report()
        for _ in 0..<Tuning.reconcilerPasses {
            try Task.checkCancellation()
            let plan = try await readAndPlan(indexable, &report)
            report.builds = plan.builds
            report.problems = plan.problems
            report.waiting = []
            if plan.actions.isEmpty {
                report.isSettled = plan.problems.isEmpty
                return report
            }
            guard try await act(on: plan, &report) else { return report }
        }
        return report
    }

    /// Drops the destination's side of a collection, and forgets that they belonged together: the next
    /// run creates it anew.
    func drop(_ collection: MigratedCollection) async throws {
        let kind: CollectionInfo.Kind = collection.kind == .buckets ? .buckets : .collection
        try await gate.close(collection.source)
        try await executor.outlast()
        _ = try await executor.perform([
            .drop(
                collection.destination, kind, collection.destinationName, source: collection.source)
        ])
    }

    private func readAndPlan(
        _ indexable: Set<BinaryUUID>, _ report: inout Report
    ) async throws -> CatalogPlan {
        let journal = executor.journal
        // Before anything is read that they could change.
        try await executor.outlast()
        report.source = try await source.read(filter: filter)
        var state = try await journal.load()
        let databases = report.source.databases
            .union(state.entries.values.map(\.namespace.database)).union(
                state.views.map(\.database))
        report.destination = try await destination.read(databases: databases)
        if try await adopt(state, report) { state = try await journal.load() }
        let plan = CatalogPlan.make(
            source: report.source, destination: report.destination, state: state,
            indexable: indexable, followsTimeSeries: followsTimeSeries)
        for uuid in plan.forgotten { try await journal.unpair(uuid) }
        for view in plan.claims { try await journal.claim(view: view) }
        for view in plan.releases { try await journal.release(view: view) }
        return plan
    }

    /// A collection of an intended name that nobody owns and that holds nothing was created by a
    /// run that did not live to write that down. Returns whether there was one.
    private func adopt(_ state: CatalogState, _ report: Report) async throws -> Bool {
        let owned = Set(state.pairs.values)
        var hasAdopted = false
        for var entry in state.entries.values where entry.destination == nil {
            guard let found = report.destination[entry.namespace], let uuid = found.uuid,
                !owned.contains(uuid), try await executor.isEmpty(uuid, entry.namespace)
            else { continue }
            if let info = report.source[entry.source] {
                let wanted = ComparableOptions.wanted(for: info, .untilCutover)
                guard wanted == ComparableOptions.found(on: found, .untilCutover) else { continue }
            }
            entry.destination = uuid
            try await executor.journal.pair([entry])
            hasAdopted = true
        }
        return hasAdopted
    }

    /// Returns whether anything was done or has to be looked at again.
    private func act(on plan: CatalogPlan, _ report: inout Report) async throws -> Bool {
        /// Names that later actions cannot count on.
        var uncertain: Set<Namespace> = []
        var isWorthAnotherPass = false
        for batch in Reconciler.batches(of: plan.actions) {
            let possible = batch.filter { uncertain.isDisjoint(with: $0.namespaces) }
            for action in batch where !possible.contains(action) {
                uncertain.formUnion(action.namespaces)
            }
            for (action, outcome) in zip(possible, try await perform(possible)) {
                report.note(action, outcome)
                switch outcome {
                case .done: isWorthAnotherPass = true
                case .outdated:
                    isWorthAnotherPass = true
                    uncertain.formUnion(action.namespaces)
                case .busy, .refused: uncertain.formUnion(action.namespaces)
                }
            }
        }
        return isWorthAnotherPass
    }

    /// Neighbours that do not depend on one another, together.
    private static func batches(of actions: [CatalogAction]) -> [[CatalogAction]] {
        var batches: [[CatalogAction]] = []
        for action in actions {
            if let last = batches.last, last.count < Tuning.catalogBatch,
                last.allSatisfy({ $0.isIndependent(of: action) })
            {
                batches[batches.count - 1].append(action)
            } else {
                batches.append([action])
            }
        }
        return batches
    }

    private func perform(_ actions: [CatalogAction]) async throws -> [CatalogExecutor.Outcome] {
        var closed: [BinaryUUID] = []
        do {
            for source in actions.compactMap(\.closed) {
                try await gate.close(source)
                closed.append(source)
            }
            let outcomes = try await executor.perform(actions)
            for source in closed { await gate.open(source) }
            return outcomes
        } catch {
            for source in closed { await gate.open(source) }
            throw error
        }
    }
}

extension Reconciler.Report {
    fileprivate mutating func note(
        _ action: CatalogAction, _ outcome: CatalogExecutor.Outcome
    ) {
        switch outcome {
        case .done: actions.append(action)
        case .outdated: break
        case .busy: waiting.append(action)
        case .refused(let problem): problems.append(problem)
        }
    }
}

extension CatalogAction {
    /// The collection that nothing may use meanwhile.
    fileprivate var closed: BinaryUUID? {
        switch self {
        case .drop(_, _, _, let source), .rename(_, _, _, let source): source
        default: nil
        }
    }
}
