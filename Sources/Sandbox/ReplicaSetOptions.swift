/// A name and a password.
package struct Credentials: Sendable {
    package let username: String
    package let password: String

    package init(username: String, password: String) {
        self.username = username
        self.password = password
    }
}

/// What a replica set of the sandbox is like. The defaults make the fastest one: one member, open to all.
package struct ReplicaSetOptions: Sendable {
    /// 1 to 3.
    package var members = 1
    /// Nil: 6.0.27, or 6.0.5 where that is not there.
    package var version: MongodBinary.Version?
    /// Path of a server to be used in place of those; its version is not asked for.
    package var mongod: String?
    package var name = "rs"
    /// A single server without `--replSet`, and so without change streams.
    package var isStandalone = false
    /// Access control with a key file, and a user with the role `root` in `admin`.
    package var root: Credentials?
    /// Servers that accept nothing but TLS, with certificates made for them.
    package var usesTLS = false
    /// The folder that the set's temporary one is made in; nil for the usual place.
    package var parent: String?
    /// Megabytes at start, where 1 is accepted; `replSetResizeOplog` later takes 990 and more. Nil: 5 % of the disk.
    package var oplogMegabytes: Int?
    package var cacheGigabytes = Tuning.cacheGigabytes
    /// For `--setParameter`; they come after the sandbox's own and so win.
    package var parameters: [String: String] = [:]
    /// Further arguments of mongod.
    package var arguments: [String] = []
    /// Puts a `FaultProxy` in front of every member. The set is configured with the proxies' addresses, so members too
    /// reach each other through them.
    package var isBehindProxy = false

    package init(members: Int = 1, version: MongodBinary.Version? = nil) {
        self.members = members
        self.version = version
    }

    /// What all members are started with.
    func arguments(keyFile: String?, certificates: Certificates?) -> [String] {
        // Journal files are not made in advance: that alone would be 300 MB a member. A no-op every second lets change
        // streams advance while nothing is written. Of the rounds of SCRAM, which every connection does, the least.
        var result = [
            "--wiredTigerCacheSizeGB", String(cacheGigabytes),
            "--wiredTigerEngineConfigString", "log=(prealloc=false)",
        ]
        var parameters = [
            "diagnosticDataCollectionEnabled": "false", "periodicNoopIntervalSecs": "1",
            "scramIterationCount": "5000", "scramSHA256IterationCount": "5000",
        ]
        parameters.merge(self.parameters) { $1 }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            result += ["--setParameter", "\(name)=\(value)"]
        }
        if !isStandalone { result += ["--replSet", name] }
        if let oplogMegabytes { result += ["--oplogSize", String(oplogMegabytes)] }
        if let keyFile { result += isStandalone ? ["--auth"] : ["--keyFile", keyFile] }
        if let certificates {
            result += [
                "--tlsMode", "requireTLS", "--tlsCertificateKeyFile", certificates.server,
                "--tlsCAFile", certificates.authority, "--tlsAllowConnectionsWithoutCertificates",
            ]
        }
        return result + arguments
    }
}
