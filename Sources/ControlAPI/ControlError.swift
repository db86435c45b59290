/// Why something was not done: what happened, and what to do about it.
package struct ControlError: Error, Codable, Sendable, Hashable {
    package enum Code: String, Codable, CaseIterable, Sendable {
        /// What was asked makes no sense: an argument is missing, unknown or out of bounds.
        case invalid
        case notFound
        /// There is one of that name already, or it is in use.
        case conflict
        /// It cannot be done in the phase the migration is in.
        case wrongPhase
        /// A name that had to be typed is another one.
        case nameMismatch
        /// Another wizard drives the migration.
        case drivenByAnother
        /// The cluster cannot be reached, or refuses what was asked.
        case cluster
        /// The validation forbids it.
        case validationFailed
        /// The migration ended by an error of its own.
        case migrationFailed
        /// The deadline for the cutover has passed.
        case expired
        /// The agent's files cannot be read or written.
        case store
        /// Others may read what only the owner may, or a path cannot be used.
        case unsafeFiles
        /// Another agent holds the state folder.
        case alreadyRunning
        /// No agent answers.
        case agentUnreachable
        /// An agent is there, and does not answer.
        case agentSilent
        /// The agent is of another version, or stopping.
        case unavailable
        /// A fault of this program.
        case unexpected
    }

    package var code: Code
    /// What happened and what it means, in one or two sentences.
    package var message: String
    /// What to do; nil where there is nothing to do.
    package var remedy: String?

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }
}

extension ControlError: CustomStringConvertible {
    package var description: String { remedy.map { "\(message): \($0)" } ?? message }
}
