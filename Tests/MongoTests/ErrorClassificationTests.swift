import BSON
import Mongo
import Testing

/// What each code of a server means. What is not in the list is none of it.
@Suite struct ErrorClassificationTests {
    private static let predicates: [(name: String, holds: @Sendable (MongoError) -> Bool)] = [
        ("notPrimary", { $0.isNotPrimary }), ("transient", { $0.isTransient }),
        ("unanswered", { $0.isUnanswered }), ("historyLost", { $0.isHistoryLost }),
        ("streamFatal", { $0.isStreamFatal }), ("cursorLost", { $0.isCursorLost }),
        ("duplicateKey", { $0.isDuplicateKey }),
        ("namespaceNotFound", { $0.isNamespaceNotFound }), ("onView", { $0.isOnView }),
        ("keyNotFound", { $0.isKeyNotFound }), ("namespaceExists", { $0.isNamespaceExists }),
        ("indexNotFound", { $0.isIndexNotFound }), ("uuidMismatch", { $0.isUUIDMismatch }),
        ("sampleNotFound", { $0.isSampleNotFound }), ("unauthorized", { $0.isUnauthorized }),
        ("authenticationFailed", { $0.isAuthenticationFailed }),
        ("userWritesBlocked", { $0.isUserWritesBlocked }),
        ("outOfDiskSpace", { $0.isOutOfDiskSpace }), ("storageFailure", { $0.isStorageFailure }),
        ("commandNotFound", { $0.isCommandNotFound }),
        ("timeLimitExceeded", { $0.isTimeLimitExceeded }),
    ]

    private static let codes: [Int32: Set<String>] = {
        var codes: [Int32: Set<String>] = [
            286: ["historyLost"], 280: ["streamFatal"], 11000: ["duplicateKey"],
            11001: ["duplicateKey"], 12582: ["duplicateKey"], 26: ["namespaceNotFound"],
            40280: ["namespaceNotFound"], 166: ["onView"], 211: ["keyNotFound"],
            48: ["namespaceExists"], 27: ["indexNotFound"], 361: ["uuidMismatch"],
            28799: ["sampleNotFound"], 13: ["unauthorized"], 18: ["authenticationFailed"],
            371: ["userWritesBlocked"],
            14031: ["outOfDiskSpace"], 15926: ["outOfDiskSpace"], 8: ["storageFailure"],
            388: ["storageFailure"],
            59: ["commandNotFound"], 50: ["transient", "timeLimitExceeded"],
        ]
        for code: Int32 in [11600, 11602, 10107, 13435, 13436, 189, 91] {
            codes[code] = ["notPrimary", "transient"]
        }
        for code: Int32 in [43, 237, 175, 136] { codes[code] = ["cursorLost", "transient"] }
        for code: Int32 in [
            6, 7, 89, 24, 64, 46, 112, 246, 239, 134, 262, 9001, 11601, 355, 12586, 317, 117,
        ] {
            codes[code] = ["transient"]
        }
        return codes
    }()

    private func meaning(_ error: MongoError) -> Set<String> {
        Set(Self.predicates.filter { $0.holds(error) }.map(\.name))
    }

    @Test func everyCodeOfAServerMeansWhatItIsListedFor() {
        for code in Set(0...20_000).union(Self.codes.keys) {
            let error = MongoError(kind: .server, code: code, message: "not looked at")
            #expect(meaning(error) == Self.codes[code] ?? [], "\(code)")
        }
    }

    /// The codes of the driver are not those of servers.
    @Test func otherKindsDoNotGoByTheirCode() {
        let kinds: [(MongoError.Kind, Set<String>)] = [
            (.network, ["transient", "unanswered"]), (.serverSelection, ["transient"]),
            (.writeConcern, ["transient"]), (.authentication, ["authenticationFailed"]),
            (.invalid, []), (.driver, []),
        ]
        for (kind, meant) in kinds {
            for code: Int32 in [0, 6, 13, 18, 26, 43, 286, 11000, 10107] {
                #expect(meaning(MongoError(kind: kind, code: code, message: "")) == meant)
            }
        }
    }

    @Test func whatTheAnswerSaysCountsToo() {
        let aborted = MongoError(
            kind: .server, code: 251, message: "",
            reply: ["errorLabels": ["TransientTransactionError"]])
        #expect(meaning(aborted) == ["transient"])
        let renamed = MongoError(
            kind: .server, code: 361, message: "", reply: ["actualCollection": "other"])
        #expect(renamed.actualCollection == "other")
        let dropped = MongoError(
            kind: .server, code: 361, message: "", reply: ["actualCollection": .null])
        #expect(dropped.actualCollection == nil)
    }
}
