/// Certificates for servers on loopback, made anew with the `openssl` program.
package struct Certificates: Sendable {
    /// The authority that signed the server's certificate.
    package let authority: String
    /// An authority that signed nothing here, for tests of refusal.
    package let wrongAuthority: String
    /// Certificate and key for `localhost` and `127.0.0.1`, in one file as mongod wants them.
    package let server: String

    /// Writes them into the folder. Runs openssl three times, about 50 ms.
    init(in folder: String) async throws {
        authority = folder + "/authority.pem"
        wrongAuthority = folder + "/wrong-authority.pem"
        server = folder + "/server.pem"
        let key = folder + "/authority.key"
        let log = folder + "/openssl.log"
        try await ChildProcess.run(
            "openssl", Self.selfSigned("lagzero sandbox", key: key, output: authority), log: log)
        try await ChildProcess.run(
            "openssl",
            Self.selfSigned(
                "someone else", key: folder + "/wrong-authority.key", output: wrongAuthority),
            log: log)
        let serverKey = folder + "/server.key"
        let certificate = folder + "/server.crt"
        try await ChildProcess.run(
            "openssl",
            Self.selfSigned("localhost", key: serverKey, output: certificate) + [
                "-CA", authority, "-CAkey", key,
                "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-addext", "basicConstraints=critical,CA:FALSE",
                "-addext", "extendedKeyUsage=serverAuth,clientAuth",
            ], log: log)
        let parts = [certificate, serverKey].map {
            readFile($0).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        try writeFile(server, parts.joined())
    }

    /// By itself, `req -x509` makes a certificate that may sign others.
    private static func selfSigned(_ name: String, key: String, output: String) -> [String] {
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc",
            "-subj", "/CN=\(name)", "-days", "3650", "-keyout", key, "-out", output,
        ]
    }
}
