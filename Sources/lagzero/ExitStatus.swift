import Migration
import Mongo

/// What the process says to whoever started it. The numbers are part of the interface.
enum ExitStatus: Int32, CaseIterable, Sendable {
    case done = 0
    /// The reason is on stderr.
    case failed = 1
    case usage = 2
    case validationFailed = 3
    /// Verification found differences.
    case differences = 4
    /// The deadline for the cutover has passed.
    case expired = 5
    /// Another agent has the state folder: whoever watches over the process need not start it again.
    case alreadyRunning = 6
    /// Can be resumed.
    case interrupted = 130
}

extension ExitStatus {
    init(_ report: MigrationReport) {
        self =
            switch report.phase {
            case .expired: .expired
            case _ where !report.verification.mismatches.isEmpty: .differences
            case .complete: .done
            default: .failed
            }
    }

    /// What an error that ended a migration means.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as MigrationError: ExitStatus(error.code)
            case is CancellationError: .interrupted
            case let error as MongoError where error.kind == .invalid: .usage
            default: .failed
            }
    }

    private init(_ code: MigrationError.Code) {
        self =
            switch code {
            case .validationFailed: .validationFailed
            case .differencesFound: .differences
            case .expired: .expired
            case .interrupted: .interrupted
            default: .failed
            }
    }
}

/// Arguments that parse one by one but make no sense, with what is wrong and where.
struct UsageError: Error, Hashable, CustomStringConvertible {
    let message: String

    init(_ message: String) { self.message = message }

    var description: String { message }
}
