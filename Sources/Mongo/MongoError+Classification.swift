internal import BSON

/// Predicates over kinds and codes, never over message texts.
extension MongoError {
    static let notWritablePrimary: Int32 = 10107

    /// The server is not, or no longer, a primary that takes writes; another one will be.
    package var isNotPrimary: Bool {
        // InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary,
        // PrimarySteppedDown, ShutdownInProgress
        kind == .server
            && [11600, 11602, Self.notWritablePrimary, 13435, 13436, 189, 91].contains(code)
    }

    /// Passes by itself: connection, election, time limits, locks, a snapshot that is gone.
    package var isTransient: Bool {
        switch kind {
        case .network, .serverSelection: true
        case .writeConcern: true
        case .server:
            // HostUnreachable, HostNotFound, MaxTimeMSExpired, NetworkTimeout, LockTimeout, WriteConcernFailed, LockBusy,
            // WriteConflict, SnapshotUnavailable, SnapshotTooOld, ReadConcernMajorityNotAvailableYet,
            // ExceededTimeLimit, SocketException, Interrupted, InterruptedDueToStorageChange, StaleConfig, BackgroundOperation...,
            // PooledConnectionsDropped, ConflictingOperationInProgress, and what listIndexes of 6.0.5 says while an index
            // of measurements is being built
            isNotPrimary
                || [
                    6, 7, 50, 89, 24, 64, 46, 112, 246, 239, 134, 262, 9001, 11601, 355, 12586, 317,
                    117, 5_254_501,
                ]
                .contains(code) || labels.contains("TransientTransactionError") || isCursorLost
        case .authentication, .invalid, .driver: false
        }
    }

    /// The operation did not get an answer, so nobody knows whether it was done.
    package var isUnanswered: Bool { kind == .network }

    /// ChangeStreamHistoryLost: the oplog no longer holds what a change stream needs.
    package var isHistoryLost: Bool { kind == .server && code == 286 }

    /// ChangeStreamFatalError: the server does not find where the stream is to go on, or cannot make its next event.
    package var isStreamFatal: Bool { kind == .server && code == 280 }

    /// A cursor is gone or its plan was killed: CursorNotFound, CursorKilled, QueryPlanKilled, CappedPositionLost,
    /// OperationFailed is not among them.
    package var isCursorLost: Bool { kind == .server && [43, 237, 175, 136].contains(code) }

    package var isDuplicateKey: Bool { kind == .server && [11000, 11001, 12582].contains(code) }

    /// 40280 is what `$collStats` says before 6.0.
    package var isNamespaceNotFound: Bool { kind == .server && [26, 40280].contains(code) }

    /// CommandNotSupportedOnView: a view has the name by now.
    package var isOnView: Bool { kind == .server && code == 166 }

    /// The record that a `$_resumeAfter` names is gone.
    package var isKeyNotFound: Bool { kind == .server && code == 211 }

    /// `$sample` did not find as many different documents at random: by chance, or as the server counts too many.
    package var isSampleNotFound: Bool { kind == .server && code == 28799 }

    package var isNamespaceExists: Bool { kind == .server && code == 48 }

    package var isIndexNotFound: Bool { kind == .server && code == 27 }

    /// The collection of that name is not the one with the UUID that was named.
    package var isUUIDMismatch: Bool { kind == .server && code == 361 }

    /// The name that a collection with the UUID that was named now has; nil when there is none in that database.
    package var actualCollection: String? { reply?["actualCollection"]?.string }

    /// Unauthorized.
    package var isUnauthorized: Bool { kind == .server && code == 13 }

    package var isAuthenticationFailed: Bool {
        kind == .authentication || (kind == .server && code == 18)
    }

    package var isUserWritesBlocked: Bool { kind == .server && code == 371 }

    /// OutOfDiskSpace, or the server's own guard against it.
    package var isOutOfDiskSpace: Bool { kind == .server && [14031, 15926].contains(code) }

    /// UnknownError: the server's storage engine failed. It is all that a 6.0 says whose disk is full, until it ends. And
    /// TransactionTooLargeForCache, which a write of one large document meets where others fill the cache.
    package var isStorageFailure: Bool { kind == .server && [8, 388].contains(code) }

    package var isCommandNotFound: Bool { kind == .server && code == 59 }

    package var isTimeLimitExceeded: Bool { kind == .server && code == 50 }
}
