import Mongo
import Testing

struct CertificateFileTests {
    /// From 2000-01-01 to 2001-02-03 04:05:06, both as UTCTime.
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

    /// Until 2099-12-31 23:59:59, as GeneralizedTime.
    static let lasting = """
        -----BEGIN CERTIFICATE-----
        MIIBDTCBtAIBAjAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdleHBpcmVkMCAXDTAw
        MDEwMTAwMDAwMFoYDzIwOTkxMjMxMjM1OTU5WjASMRAwDgYDVQQDDAdleHBpcmVk
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAET1LwvPF2HX4kgh3ZHeK0Qt9A8lbr
        sxNW8rXczFPOQ3kSDaJCli2JSw3VVDTNoW8bwK1yfctrQu7/tdBGii0jRjAKBggq
        hkjOPQQDAgNIADBFAiEAhMzaWHoQaRQ9yhez8UW5/MB/Whr83FYGfcMLmgD8mKAC
        IEJc6lfYI1aMTR64vN9v81QoR5drKyqI3Wv1PrVUYpaB
        -----END CERTIFICATE-----
        """

    @Test func theDatesOfEveryCertificateAreRead() throws {
        let file = try CertificateFile(pem: "a comment\n" + Self.expired + "\n" + Self.lasting)
        #expect(file.validities.map(\.begin) == [946_684_800, 946_684_800])
        #expect(file.validities.map(\.end) == [981_173_106, 4_102_444_799])
    }

    @Test func aFileWithoutACertificateIsToldApartFromADamagedOne() {
        #expect(throws: CertificateFile.Failure.noCertificate) {
            try CertificateFile(pem: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
        }
        #expect(throws: CertificateFile.Failure.malformed) {
            try CertificateFile(pem: String(Self.expired.dropLast(60)))
        }
        #expect(throws: CertificateFile.Failure.malformed) {
            try CertificateFile(
                pem: "-----BEGIN CERTIFICATE-----\nMIIBCzCB\n-----END CERTIFICATE-----")
        }
    }

    @Test func anyCutOfACertificateIsRefusedAndCrashesNothing() throws {
        let lines = Self.lasting.split(separator: "\n")
        let body = lines.dropFirst().dropLast().joined()
        for count in stride(from: 0, to: 100, by: 4) {
            let cut = body.prefix(count)
            #expect(throws: CertificateFile.Failure.malformed) {
                try CertificateFile(
                    pem: [lines[0], cut, lines[lines.count - 1]].joined(separator: "\n"))
            }
        }
    }

    @Test func aMissingFileAndAFolderAreNamedAsSuch() {
        #expect(throws: CertificateFile.Failure.missing) {
            try CertificateFile(path: "/no/such/file.pem")
        }
        #expect(throws: CertificateFile.Failure.self) { try CertificateFile(path: "/") }
    }
}
