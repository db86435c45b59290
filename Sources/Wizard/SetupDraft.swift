internal import ControlAPI

/// What is chosen on *Set up Migration*, complete or not. Names and facts are the world's; here are identifiers only.
package struct SetupDraft: Sendable, Equatable, Codable {
    /// The name of the flow; what was kept before there were names has none.
    var flow: String?
    var source = ClusterChoice()
    var destination = ClusterChoice()
    /// Nil until the user decides here: until then the preferences do, or the size of the source.
    var verify: Bool?
    /// What was typed to confirm that the destination is cleared; nil where it is not to be.
    var clearConfirmedName: String?
    /// The cluster that was shown then.
    var clearConfirmedCluster: ClearedCluster?
    /// 1 to 4; nil until the user decides here.
    var loadLevel: Int?

    /// Whether anything was chosen that is more than a place to choose from.
    var hasEntries: Bool {
        [source, destination].contains { $0.cluster != nil } || verify != nil
            || clearConfirmedName != nil || loadLevel != nil
    }

    mutating func forgetClearing() { (clearConfirmedName, clearConfirmedCluster) = (nil, nil) }

    /// Verification is proposed up to so much data on the source, and where nobody knows how much that is: what was not
    /// compared before the cutover cannot be made good after it.
    static func proposesVerification(of source: Cluster?) -> Bool {
        guard let bytes = source?.facts?.dataBytes else { return true }
        return bytes <= Tuning.verifiedBytes
    }

    func verifies(_ world: World) -> Bool {
        verify ?? world.preferences.verify
            ?? SetupDraft.proposesVerification(of: source.cluster(in: world))
    }

    func loadLevel(_ world: World) -> Int { loadLevel ?? world.preferences.loadLevel }

    /// What the agent is asked; nil while something is missing.
    func setup(_ world: World) -> MigrationSetup? {
        guard missing(world) == nil, let source = source.cluster(in: world),
            let destination = destination.cluster(in: world)
        else { return nil }
        var setup = MigrationSetup(source: source.id, destination: destination.id)
        setup.flow = world.flow(flow).id
        setup.verify = verifies(world) ? .full : .off
        setup.clear = clearConfirmedName != nil
        setup.clearConfirmedName = clearConfirmedName
        setup.clearConfirmedCluster = clearConfirmedCluster
        setup.loadLevel = loadLevel(world)
        // Decided on *Validate*.
        if !setup.clear, let going = world.goingOn(from: source.id, to: destination.id) {
            setup.resume(with: going.setup)
        }
        return setup
    }

    /// What is to be chosen next; nil when everything is.
    func missing(_ world: World) -> String? {
        if let missing = source.missing(in: world) { return "Choose the source \(missing)." }
        return destination.missing(in: world).map { "Choose the destination \($0)." }
    }
}

/// An organization, a project of it and a cluster of that: each is chosen before the next.
package struct ClusterChoice: Sendable, Equatable, Codable {
    private(set) var organization: Identifier?
    private(set) var project: Identifier?
    private(set) var cluster: Identifier?

    /// Another organization has other projects: the only one is taken, of several none.
    mutating func choose(organization id: Identifier?, in world: World) {
        guard id != organization else { return }
        organization = id
        let projects = world.projects(of: id)
        choose(project: projects.count == 1 ? projects[0].id : nil)
    }

    mutating func choose(project id: Identifier?) {
        guard id != project else { return }
        project = id
        cluster = nil
    }

    mutating func choose(cluster id: Identifier?) { cluster = id }

    /// Nil, too, when it is no longer in the inventory.
    func cluster(in world: World) -> Cluster? {
        world.cluster(cluster).flatMap { $0.project == project ? $0 : nil }
    }

    fileprivate func missing(in world: World) -> String? {
        if !world.organizations.contains(where: { $0.id == organization }) { return "organization" }
        if !world.projects(of: organization).contains(where: { $0.id == project }) {
            return "project"
        }
        return cluster(in: world) == nil ? "cluster" : nil
    }
}

extension World {
    var organizations: [Organization] { snapshot?.organizations ?? [] }

    func projects(of organization: Identifier?) -> [Project] {
        snapshot?.projects.filter { $0.organization == organization } ?? []
    }

    func clusters(of project: Identifier?) -> [Cluster] {
        snapshot?.clusters.filter { $0.project == project } ?? []
    }

    /// `Acme / shop / shop-rs0`; unknown parts are left out.
    func path(of cluster: Cluster) -> String {
        let project = snapshot?.projects.first { $0.id == cluster.project }
        let organization = snapshot?.organizations.first { $0.id == project?.organization }
        return [organization?.name, project?.name, cluster.name].compactMap(\.self)
            .joined(separator: " / ")
    }

    /// The newest validation of two clusters, where it is one of going on with what the destination holds, and nothing is
    /// known that forbids it.
    func goingOn(from source: Identifier, to destination: Identifier) -> ValidationRun? {
        let newest = snapshot?.validations.last {
            $0.setup.source == source && $0.setup.destination == destination && !$0.setup.clear
        }
        guard let newest, newest.setup.resumes else { return nil }
        if newest.endedAt == nil { return newest }
        return newest.earlier?.canGoOn == true ? newest : nil
    }

    /// Whether a migration may still begin with the answers of a validation.
    func isFresh(_ run: ValidationRun) -> Bool { agentNow.map { run.isFresh(at: $0) } ?? true }

    /// The newest validation of exactly this setup.
    func validation(of setup: MigrationSetup?) -> ValidationRun? {
        snapshot?.validations.last { $0.setup == setup }
    }
}

extension EarlierMigration {
    var canGoOn: Bool { refusal == nil }
}

extension MigrationSetup {
    /// Goes on with what the destination holds, of what it was begun with.
    mutating func resume(with earlier: EarlierMigration) {
        (resumes, include, exclude) = (true, earlier.include, earlier.exclude)
    }

    fileprivate mutating func resume(with other: MigrationSetup) {
        (resumes, include, exclude) = (true, other.include, other.exclude)
    }
}
