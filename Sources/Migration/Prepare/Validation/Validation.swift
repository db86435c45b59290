internal import BSON
package import Mongo

/// The validation of a migration from replica set to replica set: looks at everything, changes nothing.
///
/// Bounded: what is refused before or at a login, or by what the servers say of themselves, is
/// refused within 15 s, and what would take longer than `Tuning.catalogLimit` and
/// `Tuning.scanLimit` is answered with unknown. What takes long is not looked at where the
/// migration is refused without it. Blocks no thread of Swift's pool.
package struct Validation: Sendable {
    private let source: ConnectionString
    private let destination: ConnectionString
    private let options: MigrationOptions
    private let observe: @Sendable ([ValidationCheck]) -> Void

    /// A check that is going to be made.
    package struct Expected: Hashable, Sendable {
        package let name: String
        package let title: String
        package let side: ValidationCheck.Side
    }

    /// The checks that every report of these options holds, in its order.
    package static func expected(_ options: MigrationOptions) -> [Expected] {
        ValidationRule.allCases.flatMap { rule in
            rule.sides(options).map {
                Expected(name: rule.rawValue, title: rule.title($0), side: $0)
            }
        }
    }

    /// The only answer where the destination holds a migration in its cutover: nothing is looked at before that is undone or
    /// finished.
    package static func ofCutover(_ options: MigrationOptions) -> ValidationReport {
        ValidationReport([earlierMigration(isThere: true, options)], expected: [])
    }

    /// - `observe`: gets answers as they come in, some more than once; the report has all of them.
    package init(
        source: ConnectionString, destination: ConnectionString, options: MigrationOptions,
        observe: @escaping @Sendable ([ValidationCheck]) -> Void = { _ in }
    ) {
        self.observe = observe
        self.source = source
        self.destination = destination
        self.options = options
    }

    /// Runs every check. Never throws: what goes wrong is an answer. `isBrief`: only what may block is looked at; the rest
    /// is unknown, as is what is left when the task is cancelled.
    package func run(isBrief: Bool = false) async -> ValidationReport {
        let words = Words(source, destination)
        async let first = Party.meet(.source, source, words)
        async let second = Party.meet(.destination, destination, words)
        var (from, to) = await (first, second)
        observe(from.checks + to.checks)
        let pair = Task.isCancelled ? [] : await compare(&from, &to, words, isBrief)
        from.login?.link.close()
        to.login?.link.close()
        let expected = ValidationRule.allCases.flatMap { rule in
            rule.sides(options).map { (rule, $0) }
        }
        return ValidationReport(from.checks + to.checks + pair, expected: expected)
    }

    /// What needs logins, on one side or both.
    private func compare(
        _ from: inout Party, _ to: inout Party, _ words: Words, _ isBrief: Bool
    ) async -> [ValidationCheck] {
        var checks = [Validation.checkPair(source: from, destination: to)].compactMap(\.self)
        if let source = from.version, let destination = to.version {
            checks.append(Versions.pair(source: source, destination: destination))
        }
        to.checkTypedName(options)
        if let source = from.login, let destination = to.login {
            checks.append(
                await Validation.checkDifference(source: source, destination: destination))
        }
        let (left, right) = (from, to)
        async let asked = ask(left)
        async let other = ask(right)
        let window: OplogWindow?
        ((from, window), (to, _)) = await (asked, other)
        observe(from.checks + to.checks + checks)
        guard !checks.contains(where: { $0.rule == .sameCluster && $0.outcome == .failure }),
            !Task.isCancelled
        else { return checks }
        let isRefused = (from.checks + to.checks + checks).contains(where: \.isBlocking)
        let limit = isRefused ? Tuning.refusedLimit : Tuning.catalogLimit
        return checks
            + (await look(
                &from, to, window, words, isBrief: isBrief || isRefused, until: .now + limit))
    }

    /// One side about itself.
    private func ask(_ party: Party) async -> (Party, OplogWindow?) {
        var party = party
        await party.checkServer(options)
        let window = await party.checkOplog()
        await party.checkEarlierMigration(options)
        await party.checkUsers()
        return (party, window)
    }

    /// What both clusters hold. What takes long comes last, where nothing refuses the migration.
    private func look(
        _ from: inout Party, _ to: Party, _ window: OplogWindow?, _ words: Words, isBrief: Bool,
        until deadline: ContinuousClock.Instant
    ) async -> [ValidationCheck] {
        async let first = catalog(of: from, until: deadline)
        async let second = catalog(of: to, until: deadline)
        let (listed, destination) = await (first, second)
        var checks: [ValidationCheck] = []
        var contents: Contents?
        if let left = from.version, let right = to.version {
            let both = Contents(
                options: options, source: listed, destination: destination, sourceVersion: left,
                destinationVersion: right)
            checks += both.checks
            contents = both
        } else if let left = from.version {
            checks.append(Versions.source(left, hasTimeSeries: nil))
        }
        guard !Task.isCancelled else { return checks }
        var sizes: Sizes?
        if let listed, let link = from.login?.link {
            let isRefused = checks.contains(where: \.isBlocking)
            let end = isRefused ? min(deadline, .now + Tuning.refusedLimit) : deadline
            let measured = await Sizes(listed, options.filter, link, words, until: end)
            checks.append(Validation.databaseStatistics(measured))
            sizes = measured
        }
        if let window { checks.append(window.check(bytes: sizes?.data)) }
        if let link = to.login?.link, from.login != nil {
            let migrated = listed?.migrated(options.filter).map(\.namespace.database) ?? []
            let room = await Room(
                link, cleared: options.drop ? Set(destination?.userDatabases ?? []) : [],
                copied: options.resume ? Set(migrated) : [])
            checks.append(Validation.diskSpace(sizes, room))
        }
        guard !isBrief, !Task.isCancelled, !checks.contains(where: \.isBlocking),
            var source = listed, let link = from.login?.link
        else { return checks }
        await source.addIndexes(options.filter, link, until: deadline)
        checks += contents?.indexes(source) ?? []
        let migrated = source.migrated(options.filter)
        await from.checkSearchIndexes(migrated, until: deadline)
        var findings = await Validation.searchUnique(migrated, link)
        if !source.hasIndexes { findings.unsure.append("indexes that could not be listed in time") }
        checks.append(findings.check)
        return checks
    }

    private func catalog(of party: Party, until deadline: ContinuousClock.Instant) async -> Catalog?
    {
        guard let link = party.login?.link else { return nil }
        return try? await Catalog(link, until: deadline)
    }
}
