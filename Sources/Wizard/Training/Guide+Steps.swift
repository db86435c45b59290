internal import ControlAPI
internal import Terminal

extension Guide {
    static let end = "All done. d twice ends the demo, with a report."
    static let spokenEnd = "All done. q, and q again, ends the demo, with a report."

    static let steps: [Step] = [
        Step(
            text: "Enter begins a migration.",
            spoken: "The number of Migrate from Atlas begins a migration."
        ) {
            $0.page.stage == .getStarted
        },
        Step(text: "Choose {organization}, then Get Started.") {
            $0.page.stage == .setUp
        },
        Step(text: "Choose {source} and {destination}, then Continue.") {
            $0.page.stage == .validate
        },
        Step(text: "Wait for the checks; w tells why. Then Continue.") {
            $0.page.stage == .review
        },
        Step(text: "Read it, then Start Migration, and once more.") {
            $0.trained != nil
        },
        Step(text: "F lists faults: cut the network to {destination}.", isMilestone: false) {
            $0.fault(.cutNetwork)?.spans.isEmpty == false
        },
        Step(text: "See what it waits for; F brings the network back.", isMilestone: false) {
            $0.fault(.cutNetwork)?.isOver == true
        },
        Step(text: "F: step down the primary of {source}.", isMilestone: false) {
            $0.fault(.stepDown)?.isOver == true
        },
        Step(text: "F: kill the agent, and see what the page says.", isMilestone: false) {
            $0.fault(.killAgent)?.spans.isEmpty == false
        },
        Step(text: "A starts an agent, which takes the migration up.", isMilestone: false) {
            $0.fault(.killAgent)?.isOver == true && $0.trained?.isRunning == true
                && $0.world.silence == nil
        },
        Step(text: "Once in sync: Cutover to your destination cluster.") {
            if case .inSync = $0.page { true } else { false }
        },
        Step(text: "Nothing is stopped yet: I'm ready to cutover.") {
            if case .proceed = $0.page { true } else { false }
        },
        Step(text: "Read the list, type {destination}, then Proceed.") {
            if case .cutover = $0.page { true } else { false }
        },
        Step(
            text: "Space, then Finalize: it is refused, and says why.",
            spoken: "Confirm that writes have stopped, then Finalize: it is refused, and says why.",
            isMilestone: false
        ) {
            guard let obstacle = $0.world.host?.obstacleToCutOver else { return false }
            return $0.isCuttingOver && $0.note?.text == obstacle
        },
        Step(text: "s stops the application, as you would that night.") {
            $0.isCuttingOver && $0.world.host?.obstacleToCutOver == nil
        },
        Step(text: "Finalize migration. From here it takes seconds.") {
            $0.trained?.phase == .complete
        },
        Step(text: "s starts the application, now on {destination}.", isMilestone: false) {
            $0.trained?.phase == .complete && $0.world.host?.obstacleToCutOver != nil
        },
        Step(
            text: "r releases the source: it accepts writes again.",
            spoken: "The number of Release source lets it accept writes again.", isMilestone: false
        ) {
            $0.trained?.report != nil && $0.trained?.isSourceHeld == false
        },
    ]
}

extension Wizard.Model {
    /// The migration that is led through.
    fileprivate var trained: LiveMigration? { world.snapshot?.migrations.last }

    fileprivate var isCuttingOver: Bool { if case .cutover = page { true } else { false } }

    fileprivate func fault(_ kind: Fault.Kind) -> Fault? {
        world.host?.faults.first { $0.kind == kind }
    }
}
