internal import ControlAPI
internal import Terminal

/// The button that starts a migration and its dialog, on the last page before the migration; in the dialog the focus is
/// on the way back.
enum StartDialog {
    static func modal(_ setup: MigrationSetup, _ world: World) -> Modal {
        let texts = world.flow(setup.flow).start
        return Modal(
            texts.button, question(setup, texts, world),
            buttons: [Button("Cancel"), Button(texts.button, .ready)], focused: 0, escape: 0)
    }

    private static func question(
        _ setup: MigrationSetup, _ texts: Flow.Start, _ world: World
    ) -> [Run] {
        let destination = world.cluster(setup.destination)
        let values = [
            "source": world.cluster(setup.source)?.name ?? Figure.unknown,
            "destination": destination?.name ?? Figure.unknown,
            "contents": Clearing.consequence(for: destination),
        ]
        let earlier = world.validation(of: setup)?.earlier
        if setup.resumes, earlier?.isPastPointOfNoReturn == true {
            return [Run(Flow.fill(texts.finishQuestion, values))]
        }
        if setup.resumes, earlier?.isInCutover == true {
            return [Run(Flow.fill(texts.undoQuestion, values))]
        }
        let question = setup.resumes ? texts.resumeQuestion + " " : texts.question + "\n\n"
        var runs = [Run(Flow.fill(question, values))]
        if setup.clear { runs.append(Run(Flow.fill(texts.clearing, values) + "\n\n", .error)) }
        runs.append(Run(texts.advice))
        return runs
    }

    static func button(_ texts: Flow.Start, isAsking: Bool, isFree: Bool) -> Button {
        isAsking
            ? Button(texts.starting, .grey(reason: ""))
            : Button(texts.button, isFree ? .ready : .grey(reason: ""))
    }

    /// What the agent's refusal says, and where to go with it where it has no remedy of its own.
    static func refusal(_ error: ControlError) -> String {
        guard error.remedy == nil else { return Words.error(error) }
        let advice =
            switch error.code {
            case .validationFailed: " Go back and validate again."
            case .nameMismatch: " Go back to Set up Migration, untick Clear and tick it again."
            case .conflict: " End the other migration first, or choose another destination."
            case .notFound: " Go back and choose again."
            case .agentUnreachable, .agentSilent, .unavailable: " Try again when the agent answers."
            default: ""
            }
        return Words.error(error) + advice
    }
}
