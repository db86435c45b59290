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

    @Test func whatPassedOrIsNotKnownIsCalledWhatIsChecked() {
        for outcome in [ValidationCheck.Outcome.pass, .unknown] {
            #expect(row(.conflictingNamespaces, outcome).title == "No conflicting namespaces")
        }
        #expect(row(.diskSpace, .unknown).seen == "not known: shop.orders")
    }
}
