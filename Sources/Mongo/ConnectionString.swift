/// A `mongodb://` or `mongodb+srv://` connection string, taken apart.
///
/// Its description never shows the password or secret options. Source of the format: MongoDB's specification
/// "Connection String".
package struct ConnectionString: Hashable, Sendable {
    package let isSRV: Bool
    package let username: String?
    /// Percent-decoded. Never print it.
    package private(set) var password: String?
    package let hosts: [String]
    package let database: String?
    /// Names in lower case; the last one counts where a name comes twice. Values percent-decoded.
    package private(set) var options: [String: String]

    /// Fails with an error of kind `invalid` that says what is wrong and never repeats a secret.
    package init(_ text: String) throws(MongoError) {
        var rest = Substring(text)
        if rest.hasPrefix("mongodb+srv://") {
            isSRV = true
            rest = rest.dropFirst("mongodb+srv://".count)
        } else if rest.hasPrefix("mongodb://") {
            isSRV = false
            rest = rest.dropFirst("mongodb://".count)
        } else {
            throw .invalidURI("it must start with mongodb:// or mongodb+srv://")
        }
        let authorityEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        if rest[authorityEnd...].contains("@") {
            throw .invalidURI(
                "the user name or password holds a character that must be percent-encoded (/ is %2F, ? is %3F, @ is %40)"
            )
        }
        if let at = authority.lastIndex(of: "@") {
            let credentials = authority[..<at]
            authority = authority[authority.index(after: at)...]
            guard !credentials.contains("@") else {
                throw .invalidURI("@ in the user name or password must be written %40")
            }
            let colon = credentials.firstIndex(of: ":")
            let name = try ConnectionString.decoded(credentials[..<(colon ?? credentials.endIndex)])
            guard !name.isEmpty else { throw .invalidURI("the user name before @ is empty") }
            username = name
            password = try colon.map { (colon) throws(MongoError) in
                try ConnectionString.decoded(credentials[credentials.index(after: colon)...])
            }
        } else {
            username = nil
            password = nil
        }
        hosts = authority.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard hosts.allSatisfy({ !$0.isEmpty }) else { throw .invalidURI("a host name is empty") }
        if isSRV, hosts.count != 1 || hosts[0].contains(":") {
            throw .invalidURI("mongodb+srv:// takes exactly one host name and no port")
        }
        let tail = rest[authorityEnd...].drop { $0 == "/" }
        let question = tail.firstIndex(of: "?")
        let name = try ConnectionString.decoded(tail[..<(question ?? tail.endIndex)])
        database = name.isEmpty ? nil : name
        options = [:]
        guard let question else { return }
        var before = ""
        for pair in tail[tail.index(after: question)...].split(whereSeparator: {
            $0 == "&" || $0 == ";"
        }) {
            guard let equals = pair.firstIndex(of: "=") else {
                throw .invalidURI("an option has no value: every option is written name=value")
            }
            let value = try ConnectionString.decoded(pair[pair.index(after: equals)...])
            let option = pair[..<equals].lowercased()
            guard ConnectionString.spellings[option] != nil else {
                throw .unknownOption(option, after: before)
            }
            options[option] = value
            before = option
        }
    }

    /// A copy with these options; names in lower case.
    package func setting(_ changes: [String: String]) -> ConnectionString {
        var copy = self
        copy.options.merge(changes) { $1 }
        return copy
    }

    /// Whether connections are encrypted.
    package var usesTLS: Bool {
        let explicit = options["tls"] ?? options["ssl"]
        return explicit.map { $0 == "true" }
            ?? (isSRV || options.keys.contains { $0.hasPrefix("tls") })
    }

    /// The path of the CA file, where one is named.
    package var caFile: String? { options["tlscafile"] ?? options["sslcertificateauthorityfile"] }

    /// The whole string with its secrets, for the driver and for the file of secrets only.
    package var secretText: String { text(password: password, options: options) }

    private func text(password: String?, options: [String: String]) -> String {
        let credentials = username.map { name in
            ConnectionString.encoded(name)
                + (password.map { ":" + ConnectionString.encoded($0) } ?? "") + "@"
        }
        let query = options.sorted { $0.key < $1.key }
            .map { ConnectionString.spelled($0.key) + "=" + ConnectionString.encoded($0.value) }
            .joined(separator: "&")
        return (isSRV ? "mongodb+srv://" : "mongodb://") + (credentials ?? "")
            + hosts.joined(separator: ",")
            + "/" + (database.map(ConnectionString.encoded) ?? "")
            + (query.isEmpty ? "" : "?" + query)
    }
}

extension ConnectionString {
    /// In the place of a secret in what is shown.
    private static let redaction = "***"

    fileprivate static func isSecret(_ option: String) -> Bool {
        option.contains("password") || option.contains("mechanismproperties")
    }

    /// A copy with this password. Throws where the string names no user.
    package func setting(password: String) throws(MongoError) -> ConnectionString {
        guard username != nil else {
            throw .invalidURI("it names no user for the password: mongodb://USER@HOST/")
        }
        var copy = self
        copy.password = password
        return copy
    }

    /// A copy with the other one's secrets wherever this one shows that it has one, and with its password where both
    /// name the same user and this one has none. Throws where the other one does not have what is shown.
    package func takingSecrets(of other: ConnectionString?) throws(MongoError) -> ConnectionString {
        var copy = self
        if password == nil || password == ConnectionString.redaction {
            let isKnown = other?.username == username
            guard password == nil || (isKnown && other?.password != nil) else {
                throw .invalidURI(
                    "the password of \(username ?? "this user") is not known: type it")
            }
            copy.password = isKnown ? other?.password : nil
        }
        for (name, value) in options where value == ConnectionString.redaction {
            guard ConnectionString.isSecret(name), let known = other?.options[name] else {
                throw .invalidURI(
                    "the value of \(ConnectionString.spelled(name)) is not known: type it")
            }
            copy.options[name] = known
        }
        return copy
    }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// Redacted: for screens, logs and errors.
    package var description: String {
        let secrets = options.filter { ConnectionString.isSecret($0.key) }
            .mapValues { _ in ConnectionString.redaction }
        return text(
            password: password == nil ? nil : ConnectionString.redaction,
            options: options.merging(secrets) { $1 })
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["uri": description]) }
}

extension ConnectionString {
    /// The options that are known, as the documentation writes them, by their names in lower case. Source: MongoDB's
    /// specification "URI Options", and the driver's own older names.
    private static let spellings = Dictionary(
        uniqueKeysWithValues: [
            "appName", "authMechanism", "authMechanismProperties", "authSource",
            "canonicalizeHostname", "compressors", "connectTimeoutMS", "directConnection",
            "gssapiServiceName", "heartbeatFrequencyMS", "journal",
            "loadBalanced", "localThresholdMS", "maxConnecting", "maxIdleTimeMS", "maxPoolSize",
            "maxStalenessSeconds", "minPoolSize", "readConcernLevel", "readPreference",
            "readPreferenceTags", "replicaSet", "retryReads", "retryWrites", "safe",
            "serverMonitoringMode",
            "serverSelectionTimeoutMS", "serverSelectionTryOnce", "slaveOk",
            "socketCheckIntervalMS",
            "socketTimeoutMS", "srvMaxHosts", "srvServiceName", "ssl",
            "sslAllowInvalidCertificates",
            "sslAllowInvalidHostnames", "sslCertificateAuthorityFile",
            "sslClientCertificateKeyFile", "sslClientCertificateKeyPassword", "timeoutMS", "tls",
            "tlsAllowInvalidCertificates",
            "tlsAllowInvalidHostnames", "tlsCAFile", "tlsCertificateKeyFile",
            "tlsCertificateKeyFilePassword", "tlsDisableCertificateRevocationCheck",
            "tlsDisableOCSPEndpointCheck", "tlsInsecure", "uuidRepresentation", "w",
            "waitQueueMultiple",
            "waitQueueTimeoutMS", "wTimeoutMS",
            "zlibCompressionLevel",
        ].map { ($0.lowercased(), $0) })

    private static func spelled(_ option: String) -> String { spellings[option] ?? option }

    private static func decoded(_ text: Substring) throws(MongoError) -> String {
        guard text.contains("%") else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else {
                throw .invalidURI("% must be followed by two hexadecimal digits (a plain % is %25)")
            }
            bytes.append(value)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .invalidURI("a percent-encoded part is not UTF-8")
        }
        return decoded
    }

    private static func encoded(_ text: String) -> String {
        let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~*".utf8)
        return text.utf8.map { plain.contains($0) ? String(UnicodeScalar($0)) : "%" + hex($0) }
            .joined()
    }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

extension MongoError {
    static func invalidURI(_ reason: String) -> MongoError {
        MongoError(kind: .invalid, message: "the connection string is not valid: \(reason)")
    }

    /// One that is misspelled would have no effect, and nobody would know. What follows a secret may be the rest of it,
    /// and is not repeated.
    fileprivate static func unknownOption(_ option: String, after before: String) -> MongoError {
        invalidURI(
            ConnectionString.isSecret(before)
                ? "behind \(before) stands no option of MongoDB; & in a value is written %26"
                : "\(option) is not a known option: see its spelling, or leave it out")
    }
}
