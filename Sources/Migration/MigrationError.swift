package import Mongo

/// Why a migration stopped or was refused. The message says what happened, what it means and what to do.
package struct MigrationError: Error, Sendable {
    package enum Code: Hashable, Sendable {
        /// A validation check that blocks failed; no data was touched.
        case validationFailed
        /// Another migration, or another owner of this one, holds the destination.
        case destinationHeld
        /// This owner was replaced by another one, which goes on with the work.
        case ownershipLost
        /// The oplog no longer holds the events that are missing: the migration must start again.
        case historyLost
        /// The destination refuses a document or command for good.
        case refused
        /// Verification found differences.
        case differencesFound
        /// The deadline for the cutover has passed.
        case expired
        /// Stopped on request; can be resumed.
        case interrupted
        /// This cannot be done any more, as the destination accepts writes already.
        case tooLate
        /// The cutover cannot begin or go on; everything was undone and the migration is in sync again.
        case cutoverRefused
        /// A server answered something that no rule of this program expects.
        case unexpected
    }

    package let code: Code
    package let message: String
    package let cause: MongoError?

    package init(_ code: Code, _ message: String, cause: MongoError? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Stands before a cutover, or ends the migration there: see `MigrationOptions.endsOnDifferences`. `words`: how many
    /// there are, and the first of them.
    static func differencesFound(_ words: String, _ options: MigrationOptions) -> MigrationError {
        let next =
            options.endsOnDifferences
            ? "\(options.wording.resume) compares everything again"
            : "take note of them, and cut over again when they are repaired"
        return MigrationError(
            options.endsOnDifferences ? .differencesFound : .cutoverRefused,
            "\(words). Nothing was cut over: see who writes to the destination; \(next)")
    }
}

extension MigrationError: CustomStringConvertible {
    package var description: String { cause.map { "\(message) (\($0))" } ?? message }
}

extension MongoError {
    /// Passes without anything being changed in this program: it is waited for, and said on the screen.
    package var isWaitedFor: Bool {
        isTransient || isOutOfDiskSpace || isStorageFailure || isUnauthorized
            || isAuthenticationFailed || isUserWritesBlocked
    }
}
