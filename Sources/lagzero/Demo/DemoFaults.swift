import Sandbox
import Wizard

/// What can happen to the demo, done to what there is: the network to the destination, the servers of the source, and the
/// agent.
actor DemoFaults {
    private let clusters: SandboxClusters
    private let agent: DemoAgent
    private(set) var faults: [Fault]
    /// The member that is frozen.
    private var frozen: Member?

    init(_ clusters: SandboxClusters, _ agent: DemoAgent) {
        (self.clusters, self.agent) = (clusters, agent)
        let (source, destination) = (
            clusters.source.options.name, clusters.destination.options.name
        )
        faults = [
            Fault(
                .cutNetwork, setting: "Cut the network to \(destination)",
                ending: "Bring the network to \(destination) back", state: "network cut"),
            Fault(
                .slowNetwork, setting: "Slow the network to \(destination)",
                ending: "Let the network to \(destination) be fast again", state: "network slow"),
            Fault(
                .silentNetwork, setting: "Let the network to \(destination) swallow all",
                ending: "Let the network to \(destination) pass on again", state: "network silent"),
            Fault(
                .stepDown, setting: "Step down the primary of \(source)", ending: nil,
                state: "election"),
            Fault(
                .freeze, setting: "Freeze the primary of \(source)",
                ending: "Thaw the member of \(source)", state: "member frozen"),
            Fault(
                .killAgent, setting: "Kill the agent", ending: "Start another agent",
                state: "agent killed"),
        ]
    }

    /// Lets it happen, or ends it where it is set. Returns what was done, when it is; nil where it is under way already.
    func toggle(_ kind: Fault.Kind) async throws -> String? {
        switch kind {
        case .cutNetwork, .slowNetwork, .silentNetwork: return network(kind)
        case .stepDown: return try await stepDown()
        case .freeze: return try await freezeOrThaw()
        case .killAgent: return try await killOrStartAgent()
        }
    }

    /// To be called when an agent answers again, whoever has started it.
    func agentAnswers() { end(.killAgent) }

    private func network(_ kind: Fault.Kind) -> String? {
        let isEnding = self[kind].isSet
        if isEnding { end(kind) } else { begin(kind) }
        applyToNetwork()
        return done(isEnding ? self[kind].ending : self[kind].setting)
    }

    private func stepDown() async throws -> String? {
        guard self[.stepDown].obstacle == nil, !self[.stepDown].isSet else { return nil }
        begin(.stepDown)
        do {
            let next = try await clusters.source.stepDown()
            end(.stepDown)
            return "\(next.address) is the primary of \(clusters.source.options.name) now."
        } catch {
            withdraw(.stepDown)
            throw error
        }
    }

    private func freezeOrThaw() async throws -> String? {
        if let member = frozen {
            member.process.thaw()
            frozen = nil
            end(.freeze)
            return done(self[.freeze].ending)
        }
        guard self[.freeze].obstacle == nil, !self[.freeze].isSet else { return nil }
        begin(.freeze)
        do {
            let member = try await clusters.source.primary()
            member.process.freeze()
            frozen = member
            return done(self[.freeze].setting)
        } catch {
            withdraw(.freeze)
            throw error
        }
    }

    private func killOrStartAgent() async throws -> String? {
        guard self[.killAgent].isSet else {
            begin(.killAgent)
            agent.kill()
            return done(self[.killAgent].setting)
        }
        try await agent.start()
        end(.killAgent)
        return done(self[.killAgent].ending)
    }

    private func done(_ what: String?) -> String? { what.map { "\($0): done." } }

    /// All that is set holds at once.
    private func applyToNetwork() {
        for proxy in clusters.destination.members.compactMap(\.proxy) {
            proxy.heal()
            if self[.slowNetwork].isSet {
                proxy.delay(milliseconds: Tuning.slowNetworkMilliseconds)
                proxy.throttle(bytesPerSecond: Tuning.slowNetworkBytes)
            }
            if self[.silentNetwork].isSet { proxy.halfOpen() }
            if self[.cutNetwork].isSet { proxy.cut(refusing: true) }
        }
    }

    // MARK: What is noted

    private subscript(kind: Fault.Kind) -> Fault {
        get { faults[index(kind)] }
        set { faults[index(kind)] = newValue }
    }

    private func index(_ kind: Fault.Kind) -> Int {
        guard let index = faults.firstIndex(where: { $0.kind == kind }) else {
            preconditionFailure("every kind is in the list")
        }
        return index
    }

    private func begin(_ kind: Fault.Kind) {
        self[kind].spans.append(.init(begunAt: Clock.milliseconds()))
        noteObstacles()
    }

    private func end(_ kind: Fault.Kind) {
        guard let last = self[kind].spans.indices.last, self[kind].isSet else { return }
        self[kind].spans[last].endedAt = Clock.milliseconds()
        noteObstacles()
    }

    /// It did not come to it.
    private func withdraw(_ kind: Fault.Kind) {
        self[kind].spans.removeLast()
        noteObstacles()
    }

    /// A primary that is frozen, or none, cannot step down or be frozen.
    private func noteObstacles() {
        self[.stepDown].obstacle = self[.freeze].isSet ? self[.freeze].state : nil
        self[.freeze].obstacle = self[.stepDown].isSet ? self[.stepDown].state : nil
    }
}
