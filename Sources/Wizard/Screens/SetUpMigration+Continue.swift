internal import ControlAPI
package import Terminal

/// What leads on from the page: testing clusters, clearing, validating.
extension SetUpMigration {
    package func keys(_ world: World) -> KeyMap {
        if open != nil { return OpenList.keys }
        if let clearing { return clearing.keys(in: world.body) }
        var keys = [KeyMap.Binding(.tab, label: "Next field")]
        switch focus.focused {
        case .verify, .clear: keys.append(.init(.space, label: "Tick"))
        case .loadLevel: keys.append(.init(.left, .right, label: "Change"))
        case .back: keys.append(.init(.enter, label: "Back"))
        case .next: keys.append(.init(.enter, label: continueTitle(world)))
        default: keys.append(.init(.enter, label: "Open list"))
        }
        keys.append(.init(.escape, label: "Back"))
        keys.append(
            .init(
                .character("v"), label: "Results",
                reason: run(world) ?? staleRun(world) == nil ? "nothing validated yet" : nil))
        keys.append(
            .init(
                .character("t"), label: "Test again",
                reason: tested(world) == nil ? "choose a cluster first" : nil))
        return KeyMap(keys + Copied.helped(copied(world)))
    }

    /// Why something was not done, or what has the focus: of a cluster its connection string.
    func copied(_ world: World) -> Copied? {
        if let refusal { return Copied("reason", refusal.text) }
        switch focus.focused {
        case .sourceCluster, .destinationCluster: return tested(world).map(ClusterDetails.address)
        case let part?: return list(part, world)?.chosen.map { Copied("name", $0) }
        case nil: return nil
        }
    }

    func continueTitle(_ world: World) -> String {
        let texts = flow(world).setUp
        return isValidating(world) ? texts.validating : texts.next
    }

    /// The cluster on the side of the focus; elsewhere one that is in trouble.
    private func tested(_ world: World) -> Cluster? {
        let (source, destination) = (
            draft.source.cluster(in: world), draft.destination.cluster(in: world)
        )
        switch focus.focused {
        case .sourceOrganization, .sourceProject, .sourceCluster: return source
        case .destinationProject, .destinationCluster: return destination
        default:
            return [source, destination].compactMap(\.self).first { $0.trouble != nil } ?? source
        }
    }

    mutating func test(_ world: World) -> [Action] {
        guard let cluster = tested(world) else {
            refusal = Refusal(part: focus.focused ?? .next, text: "Choose a cluster to test.")
            return []
        }
        return [.perform(.testCluster(cluster.id)), .say("Testing \(cluster.name).", .dim)]
    }

    // MARK: Clearing

    mutating func toggleClear(_ world: World) -> [Action] {
        guard mayChange() else { return [] }
        if draft.clearConfirmedName != nil {
            draft.forgetClearing()
            return []
        }
        guard let cluster = draft.destination.cluster(in: world) else {
            refusal = Refusal(part: .clear, text: "Choose the destination cluster first.")
            return []
        }
        clearing = Clearing.dialog(
            for: cluster, title: flow(world).setUp.label(.clear) ?? "Clear \(cluster.name)")
        cleared = ClearedCluster(cluster)
        return [.discardTypeAhead]
    }

    mutating func handleClearing(_ key: Key, _ world: World) -> [Action] {
        clearing?.handle(key, in: world.body)
        switch clearing?.choice {
        case .confirmed:
            (draft.clearConfirmedName, draft.clearConfirmedCluster) = (clearing?.typed, cleared)
            clearing = nil
        case .cancelled: clearing = nil
        case nil: break
        }
        return []
    }

    // MARK: Validating

    /// Results that still hold are shown; otherwise the agent is asked anew.
    mutating func goOn(_ world: World) -> [Action] {
        guard let setup = draft.setup(world) else {
            refusal = Refusal(part: .next, text: nextStep(world))
            return []
        }
        guard !asking.isOpen else { return [] }
        if let run = run(world), run.isPassed != false, run.isPassed == nil || world.isFresh(run) {
            return [.open(.validate(Validate(run.id, of: setup, in: flow(world))))]
        }
        asking.isOpen = true
        return [.perform(.validate(setup))]
    }

    /// What is missing, and how to get it.
    func nextStep(_ world: World) -> String {
        if world.snapshot == nil { return "The agent has not answered yet." }
        if world.snapshot?.clusters.isEmpty == true { return Self.emptyInventory }
        return draft.missing(world) ?? ""
    }

    mutating func results(_ world: World) -> [Action] {
        guard let run = run(world) ?? staleRun(world) else {
            let next = flow(world).setUp.next
            refusal = Refusal(part: .next, text: "Nothing was validated yet: \(next) validates.")
            return []
        }
        return [.open(.validate(Validate(run.id, of: draft.setup(world), in: flow(world))))]
    }

    package mutating func answer(
        _ answer: Answer, to command: Command, _ world: World
    ) -> [Action] {
        defer { dropStaleRefusal(world) }
        switch (command, answer) {
        case (.validate(let setup), .made(let id)):
            asking.isOpen = false
            validated = id
            return [.open(.validate(Validate(id, of: setup, in: flow(world))))]
        case (.validate, .refused(let error)):
            asking.isOpen = false
            refusal = Refusal(part: .next, text: Words.error(error))
            noteRefusal(world)
        case (.testCluster, .refused(let error)): return [.say(Words.error(error), .error)]
        case (.testCluster, .cluster(let cluster)): return [.say("Tested \(cluster.name).", .dim)]
        default: break
        }
        return []
    }
}
