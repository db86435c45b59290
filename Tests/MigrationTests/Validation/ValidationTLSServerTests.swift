import BSON
import Foundation
import Migration
import Mongo
import Sandbox
import Testing

/// TLS in every way that does not fit.
@Suite(.serialized)
struct ValidationTLSServerTests {
    private func report(_ source: String) async throws -> ValidationReport {
        try await validated(source, try await ValidationFixture.open.value.uri)
    }

    @Test func aTrustedServerPasses() async throws {
        let report = try await report(try await ValidationFixture.encrypted.value.uri)
        #expect(!report.isBlocking, "\(report.text())")
        #expect(try report.one("sourceEncryption").outcome == .pass)
        #expect(try report.one("certificateFile", .source).outcome == .pass)
    }

    @Test func aServerThatWantsTLSSaysSo() async throws {
        let set = try await ValidationFixture.encrypted.value
        let report = try await report("mongodb://\(set.members[0].address)/")
        let check = try report.one("tlsOptions", .source)
        #expect(check.outcome == .failure)
        #expect(check.message == "Invalid SSL options provided")
        #expect(check.remedy?.contains("tls=true") == true)
        #expect(report.failures == ["tlsOptions"])
    }

    @Test func aServerWithoutTLSIsToldFromOneThatIsNotTrusted() async throws {
        let set = try await ValidationFixture.secured.value
        let report = try await report(set.uri + "&tls=true")
        let check = try report.one("tlsOptions", .source)
        #expect(check.outcome == .failure)
        #expect(check.seen.contains("does not use TLS"))
    }

    @Test func anUnknownAuthorityIsNotTrusted() async throws {
        let set = try await ValidationFixture.encrypted.value
        let wrong = try #require(set.certificates?.wrongAuthority)
        let report = try await report(
            "mongodb://\(set.members[0].address)/?tls=true&tlsCAFile=\(wrong)")
        let check = try report.one("tlsOptions", .source)
        #expect(check.outcome == .failure)
        #expect(check.seen.contains("not trusted"))
        #expect(try report.one("certificateFile", .source).outcome == .pass)
    }

    @Test func aMissingOrForeignOrExpiredCAFileCannotBeProcessed() async throws {
        let set = try await ValidationFixture.encrypted.value
        let folder = try ScratchFolder()
        let expired = folder.path + "/expired.pem"
        try ValidationTLSServerTests.expired.write(
            toFile: expired, atomically: true, encoding: .utf8)
        let foreign = folder.path + "/foreign.pem"
        try "no certificate".write(toFile: foreign, atomically: true, encoding: .utf8)
        let cases = [
            ("/no/such/ca.pem", "no such file"), (foreign, "no certificate in it"),
            (expired, "every certificate in it has expired"),
        ]
        for (path, seen) in cases {
            let report = try await report(
                "mongodb://\(set.members[0].address)/?tls=true&tlsCAFile=\(path)")
            let check = try report.one("certificateFile", .source)
            #expect(check.outcome == .failure)
            #expect(check.message == "Unable to process the provided CA file")
            #expect(check.seen.contains(seen))
            #expect(report.failures == ["certificateFile"])
        }
        try await folder.remove()
    }

    /// Until 2001.
    static let expired = """
        -----BEGIN CERTIFICATE-----
        MIIBCzCBsgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMB4XDTAw
        MDEwMTAwMDAwMFoXDTAxMDIwMzA0MDUwNlowEjEQMA4GA1UEAwwHZXhwaXJlZDBZ
        MBMGByqGSM49AgEGCCqGSM49AwEHA0IABE9S8Lzxdh1+JIId2R3itELfQPJW67MT
        VvK13MxTzkN5Eg2iQpYtiUsN1VQ0zaFvG8Ctcn3La0Lu/7XQRootI0YwCgYIKoZI
        zj0EAwIDSAAwRQIhANLlVA5Bfzl9fGBmEQalub02GC9lw/uZBOQSB75aqZREAiBy
        oelZtOmxA1yYCR87PdtjgKYmu+sEkgatpkYFDkvrLw==
        -----END CERTIFICATE-----
        """
}
