package import ControlAPI
internal import Migration
internal import Mongo

/// Validations: begun, followed, ended.
extension Supervisor {
    package func validate(_ setup: MigrationSetup) async throws -> Identifier {
        let options = try options(setup)
        let text = (try secret(of: setup.source), try secret(of: setup.destination))
        let uris: (source: ConnectionString, destination: ConnectionString)
        do {
            uris = (try ConnectionString(text.0.revealed), try ConnectionString(text.1.revealed))
        } catch { throw ControlError(any: error) }
        var run = ValidationRun(
            id: Identifier(at: Clock.now / 1_000), setup: setup, startedAt: Clock.now)
        run.rows = Validation.expected(options).map { check in
            ValidationRow(
                check: check.name, side: ValidationRow.Side(rawValue: check.side.rawValue) ?? .both,
                title: check.title, state: .checking)
        }
        if state.validations.count >= Tuning.validations, let oldest = state.validations.first {
            publish(.removed(oldest.id))
        }
        publish(.validation(run))
        let id = run.id
        Task {
            let validation = Validation(
                source: uris.source, destination: uris.destination, options: options,
                observe: { checks in Task { await self.take(checks, into: id) } })
            let validating = Task { await validation.run() }
            // Where a cluster cannot be asked, the rows say so.
            let found = try? await FoundMigration.find(
                source: uris.source, destination: uris.destination, owner: owner,
                isRunning: isRunning)
            if let found, found.isInCutover, found.obstacle == nil, !setup.clear {
                validating.cancel()
                take(Validation.ofCutover(options), found, into: id)
            } else {
                take(await validating.value, found, into: id)
            }
        }
        return id
    }

    private func take(_ checks: [ValidationCheck], into id: Identifier) {
        guard var run = state.validations.first(where: { $0.id == id }), run.endedAt == nil else {
            return
        }
        let decided = EarlierMigration.check
        for row in checks.map(ValidationRow.init) where row.check != decided {
            let place = run.rows.firstIndex {
                $0.check == row.check && $0.side == row.side && $0.state == .checking
            }
            if let place { run.rows[place] = row }
        }
        publish(.validation(run))
    }

    private func take(_ report: ValidationReport, _ found: FoundMigration?, into id: Identifier) {
        guard var run = state.validations.first(where: { $0.id == id }) else { return }
        let earlier = found.map { EarlierMigration($0, here: owner) }
        run.rows = report.checks.map { check in
            let row = ValidationRow(check)
            return check.name == EarlierMigration.check
                ? row.about(earlier, in: run.setup) : row
        }
        run.endedAt = Clock.now
        run.isPassed = !run.rows.contains(where: \.isBlocking)
        run.earlier = earlier
        publish(.validation(run))
    }
}

extension ValidationRow {
    init(_ check: ValidationCheck) {
        let state: State =
            switch check.outcome {
            case .pass: .pass
            case .warning: .warning
            case .failure: .failure
            case .unknown: check.isBlocking ? .unknown : .warning
            }
        self.init(
            check: check.name, side: Side(rawValue: check.side.rawValue) ?? .both,
            title: check.message, state: state,
            seen: check.outcome == .unknown ? "not known: \(check.seen)" : check.seen,
            remedy: check.remedy)
        isBlocking = check.isBlocking
    }
}
