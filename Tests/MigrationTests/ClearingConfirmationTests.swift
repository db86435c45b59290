import BSON
import Testing

@testable import Migration

@Suite struct ClearingConfirmationTests {
    private func stored(_ fields: Document) -> StoredMigration { StoredMigration(fields) }

    private let nothing = ClearingConfirmation()
    private let earlier = ClearingConfirmation(startedAt: 5)

    @Test func whatWasThereIsCleared() {
        #expect(nothing.refusal(of: stored([:])) == nil)
        #expect(earlier.refusal(of: stored(["startedAt": .date(5)])) == nil)
        #expect(earlier.refusal(of: stored(["startedAt": .date(5), "phase": "expired"])) == nil)
        let open = ClearingConfirmation(startedAt: 5, isPastPointOfNoReturn: true)
        #expect(open.refusal(of: stored(["startedAt": .date(5), "cutover": "finished"])) == nil)
    }

    @Test func whatHasComeSinceIsNot() {
        let others: [(ClearingConfirmation, Document, String)] = [
            (nothing, ["startedAt": .date(5)], "another migration."),
            (nothing, ["startedAt": .date(5), "cutover": "accepted"], "which has cut over"),
            (nothing, ["cutover": "finished"], "has cut over"),
            (earlier, ["startedAt": .date(6), "cutover": "finished"], "another migration, which"),
            (earlier, ["startedAt": .date(5), "cutover": "accepted"], "has cut over since"),
            (earlier, [:], "is gone"),
        ]
        for (confirmation, state, words) in others {
            let error = confirmation.refusal(of: stored(state))
            #expect(error?.code == .destinationHeld)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }

    @Test func whatItHasBegunItselfGoesOn() {
        let own = stored(["dropping": true, "clearing": .int64(earlier.number)])
        #expect(earlier.refusal(of: own) == nil)
        #expect(earlier.hasBegun(own))
        #expect(!nothing.hasBegun(own))
        #expect(!nothing.hasBegun(stored([:])))
    }
}
