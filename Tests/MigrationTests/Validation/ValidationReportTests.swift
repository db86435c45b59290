import BSON
import Mongo
import Testing

@testable import Migration

struct ValidationReportTests {
    private func check(
        _ rule: ValidationRule, _ outcome: ValidationCheck.Outcome, seen: String = "seen",
        remedy: String? = nil
    ) -> ValidationCheck {
        ValidationCheck(rule, .source, outcome, seen: seen, remedy: remedy)
    }

    @Test func whatWasNotLookedAtIsUnknownAndNotPassed() {
        let report = ValidationReport(
            [check(.hostNames, .failure)],
            expected: [(.hostNames, .source), (.credentials, .source), (.users, .source)])
        #expect(report.checks.map(\.outcome) == [.failure, .unknown, .unknown])
        #expect(report.checks.map(\.name) == ["hostNames", "credentials", "users"])
    }

    @Test func aFailureBlocksAndAWarningDoesNot() {
        #expect(ValidationReport([check(.diskSpace, .failure)], expected: []).isBlocking)
        #expect(!ValidationReport([check(.diskSpace, .warning)], expected: []).isBlocking)
        #expect(!ValidationReport([check(.diskSpace, .pass)], expected: []).isBlocking)
    }

    @Test func notToKnowBlocksOnlyWhereThePromiseRestsOnIt() {
        #expect(
            ValidationReport([check(.conflictingNamespaces, .unknown)], expected: []).isBlocking)
        #expect(!ValidationReport([check(.diskSpace, .unknown)], expected: []).isBlocking)
    }

    @Test func failuresSpeakInTheDocumentsWords() {
        #expect(check(.hostNames, .failure).message == "Could not resolve hostname")
        #expect(check(.credentials, .failure).message == "The username or password is not correct")
        #expect(check(.credentials, .pass).message == "Username and password")
        #expect(check(.credentials, .unknown).message == "Username and password")
        let destination = ValidationCheck(.reachable, .destination, .failure, seen: "")
        #expect(destination.message == "Could not reach specified destination")
    }

    @Test func everyRuleHasATitleOfItsOwnOrSharesItKnowingly() {
        let titles = ValidationRule.allCases.map { $0.title(.source) }
        #expect(Set(titles).count == titles.count - 1)  // Both sides' privileges.
        #expect(ValidationRule.allCases.allSatisfy { !$0.title(.source).isEmpty })
    }

    @Test func titlesAreThoseOfThePage() {
        #expect(ValidationRule.reachable.title(.source) == "Source cluster is reachable")
        #expect(ValidationRule.reachable.title(.destination) == "Destination cluster is reachable")
        #expect(ValidationRule.replicaSet.title(.source) == "Source cluster is a replica set")
        #expect(
            ValidationRule.sourcePrivileges.title(.source) == "User has the required permissions")
        #expect(ValidationRule.oplogWindow.title(.source) == "Oplog window")
        #expect(ValidationRule.diskSpace.title(.both) == "Available disk space on the destination")
        let conflict = ValidationCheck(.conflictingNamespaces, .both, .failure, seen: "shop.orders")
        #expect(conflict.message == "Destination has conflicting namespaces")
    }

    @Test func theTextHasALineACheckAndFitsTheColumns() {
        let report = ValidationReport(
            [
                check(.hostNames, .pass, seen: "a:1, b:2"),
                check(
                    .reachable, .failure, seen: String(repeating: "far away ", count: 12),
                    remedy: String(repeating: "go there ", count: 12)),
                check(.users, .unknown), check(.oplogWindow, .warning),
            ], expected: [])
        let lines = report.text().split(separator: "\n")
        #expect(lines.first == "pass     source: Host names resolve: a:1, b:2")
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(
            lines.contains {
                $0.hasPrefix("FAIL     source: Could not reach specified source: far")
            })
        #expect(lines.contains { $0.hasPrefix("           -> go there") })
        #expect(lines.contains { $0.hasPrefix("unknown  source: ") })
        #expect(lines.contains { $0.hasPrefix("warn     source: ") })
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } })
    }

    @Test func aLongWordStaysWhole() {
        let path = String(repeating: "x", count: 120)
        let text = ValidationReport([check(.certificateFile, .failure, seen: path)], expected: [])
            .text()
        #expect(text.contains(path))
    }

    @Test func theDocumentHoldsEveryFieldAndNullWhereThereIsNone() {
        let report = ValidationReport(
            [check(.hostNames, .failure), check(.users, .pass)], expected: [])
        #expect(report.document["blocking"]?.bool == true)
        let checks = report.document["checks"]?.elements.compactMap(\.document) ?? []
        #expect(checks.count == 2)
        #expect(
            checks[0].map(\.name) == [
                "number", "name", "title", "outcome", "side", "message", "seen", "remedy",
            ])
        #expect(checks[0]["number"] == .int32(1))
        #expect(checks[0]["outcome"] == "failure")
        #expect(checks[0]["remedy"] == .null)
        #expect(check(.typedName, .failure).document["number"] == .int32(26))
        #expect(check(.sourceVersion, .failure).document["number"] == .null)
    }
}

struct ValidationWordsTests {
    private func words(_ text: String) throws -> Validation.Words {
        Validation.Words(try ConnectionString(text))
    }

    @Test func aForeignTextThatRepeatsASecretIsNotShown() throws {
        let words = try words("mongodb://u:p%40ss%2Fword@h/?tlsCertificateKeyFilePassword=k3y")
        for text in ["bad p@ss/word", "bad p%40ss%2Fword", "bad k3y"] {
            #expect(words.quoted(text) == "(not shown: it repeats a secret)")
        }
        #expect(words.quoted("harmless") == "harmless")
    }

    @Test func aSessionTokenAmongPropertiesIsASecret() throws {
        let words = try words(
            "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:abcdef,SERVICE_NAME:x")
        #expect(words.quoted("token abcdef") == "(not shown: it repeats a secret)")
    }

    @Test func aServersWordsCannotControlTheTerminal() throws {
        #expect(try words("mongodb://h/").quoted("a\u{1B}[2Jb") == "a [2Jb")
    }

    @Test func theCommandBehindAServersWordsIsCutOff() throws {
        let error = MongoError(
            kind: .server, code: 8000,
            message: "not allowed to execute command { find: 1, lsid: {} }")
        #expect(try words("mongodb://h/").of(error) == "error 8000: not allowed")
    }

    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (12_345_678, "12 MB"),
        (3_400_000_000, "3.4 GB"),
    ])
    func sizesAreShort(bytes: Int, text: String) {
        #expect(Validation.size(bytes) == text)
    }

    @Test(arguments: [
        (5, "5 s"), (150, "2 min"), (7_500, "2 h 5 min"), (190_000, "2 d 4 h"),
        (900 * 86_400, "more than 30 d"),
    ])
    func timesAreShort(seconds: Int, text: String) {
        #expect(Validation.time(seconds: seconds) == text)
    }

    @Test func longListsAreCutWithTheirNumber() {
        #expect(Validation.listed(["a", "b"]) == "a, b")
        #expect(Validation.listed((1...9).map(String.init)) == "1, 2, 3, 4, 5 and 4 more")
    }
}
