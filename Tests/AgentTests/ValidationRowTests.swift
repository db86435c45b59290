import ControlAPI
import Testing

@testable import Agent
@testable import Migration

/// Answers of the engine, as they are told.
@Suite struct ValidationRowTests {
    private func row(
        _ rule: ValidationRule, _ outcome: ValidationCheck.Outcome, message: String? = nil
    ) -> ValidationRow {
        ValidationRow(
            ValidationCheck(rule, .destination, outcome, message: message, seen: "shop.orders"))
    }

    /// What was seen is beside it, without those words.
    @Test func whatFailedIsCalledWhatTheDocumentsCallIt() {
        for (rule, title) in [
            (ValidationRule.conflictingNamespaces, "Destination has conflicting namespaces"),
            (.hostNames, "Could not resolve hostname"),
            (.tlsOptions, "Invalid SSL options provided"),
            (.certificateFile, "Unable to process the provided CA file"),
            (.credentials, "The username or password is not correct"),
            (.destinationPrivileges, "User not authorized to execute command"),
            (.replicaSet, "Destination appears to be a standalone"),
            (.diskSpace, "Available disk space on the destination needs to be increased"),
            (.databaseStatistics, "Disk storage info unavailable"),
            (
                .oplogReadable,
                "Could not retrieve the latest oplog entry from the source: not found"
            ),
        ] {
            let row = row(rule, .failure)
            #expect(row.title == title)
            #expect(row.seen == "shop.orders")
        }
        let own = "Writes are blocked on the destination"
        #expect(row(.writeBlocking, .failure, message: own).title == own)
    }

    @Test func whatIsNotKnownHasNotFailed() {
        let blocking = row(.credentials, .unknown)
        #expect(blocking.state == .unknown && blocking.isBlocking)
        let advice = row(.diskSpace, .unknown)
        #expect(advice.state == .warning && !advice.isBlocking)
    }

    /// Its applications write there.
    @Test func nobodyIsAdvisedToClearADestinationThatWasCutOverTo() {
        var earlier = EarlierMigration(startedAt: 1)
        var setup = MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2))
        let failed = row(.earlierMigration, .failure)
        #expect(failed.about(earlier, in: setup).remedy?.contains("clear") == true)
        earlier.isPastPointOfNoReturn = true
        for resumes in [false, true] {
            setup.resumes = resumes
            let row = failed.about(earlier, in: setup)
            #expect(row.seen.contains("accepts writes already"))
            #expect(row.remedy?.contains("clear") != true)
        }
        earlier.refusal = ControlError(
            .silentSource, here: .init(host: "here", boot: "1", process: 7))
        #expect(failed.about(earlier, in: setup).remedy?.contains("clear") == false)
    }

    /// It is the only check then.
    @Test func goingOnWithACutoverSaysThatNothingElseIsChecked() {
        var earlier = EarlierMigration(startedAt: 1)
        earlier.isInCutover = true
        var setup = MigrationSetup(source: Identifier(at: 1), destination: Identifier(at: 2))
        let found = row(.earlierMigration, .failure).about(earlier, in: setup)
        let seen = "it holds a migration whose cutover is not finished"
        #expect(found.seen == seen)
        #expect(found.remedy == "Go on with the migration that it holds.")
        setup.resumes = true
        let undone = row(.earlierMigration, .pass).about(earlier, in: setup)
        #expect(undone.state == .warning && !undone.isBlocking)
        #expect(undone.seen == seen + "; nothing else was checked" && undone.remedy == nil)
        earlier.isPastPointOfNoReturn = true
        let finished = row(.earlierMigration, .pass).about(earlier, in: setup)
        #expect(finished.seen.hasSuffix("; nothing else was checked") && finished.remedy == nil)
    }

    @Test func whatPassedOrIsNotKnownIsCalledWhatIsChecked() {
        for outcome in [ValidationCheck.Outcome.pass, .unknown] {
            #expect(row(.conflictingNamespaces, outcome).title == "No conflicting namespaces")
        }
        #expect(row(.diskSpace, .unknown).seen == "not known: shop.orders")
    }
}
