internal import BSON
package import Mongo

/// A real replica set on loopback in a temporary folder: started by `start`, gone after `stop()` or with this process.
package final class ReplicaSet: Sendable {
    package let options: ReplicaSetOptions
    package let members: [Member]
    /// Present when the set uses TLS.
    package let certificates: Certificates?
    /// A lane to the primary, past nothing: through the proxies, as the root user where there is one.
    package let lane: Lane
    /// Where the servers keep their data, logs and keys.
    package let folder: ScratchFolder

    private init(
        options: ReplicaSetOptions, members: [Member], certificates: Certificates?, lane: Lane,
        folder: ScratchFolder
    ) {
        self.options = options
        self.members = members
        self.certificates = certificates
        self.lane = lane
        self.folder = folder
    }

    /// Starts the servers, initiates the set, makes the root user, and returns when a primary takes writes and the others
    /// follow: after about a second for one member and three for three.
    package static func start(_ options: ReplicaSetOptions = ReplicaSetOptions()) async throws
        -> ReplicaSet
    {
        precondition(
            (1...3).contains(options.members) && (options.members == 1 || !options.isStandalone))
        let folder = try ScratchFolder(in: options.parent)
        do {
            let set = try await ReplicaSet(options, in: folder)
            try await set.bringUp()
            return set
        } catch {
            try? await folder.remove()
            throw error
        }
    }

    private convenience init(_ options: ReplicaSetOptions, in folder: ScratchFolder) async throws {
        let binary =
            try options.mongod.map { (path) throws(SandboxError) in try MongodBinary.at(path) }
            ?? MongodBinary.find(options.version)
        let certificates = options.usesTLS ? try await Certificates(in: folder.path) : nil
        let keyFile = options.root == nil ? nil : folder.path + "/key"
        if let keyFile { try writeFile(keyFile, "bm90IGEgc2VjcmV0OiBvbmx5IGZvciB0ZXN0cw==") }
        let arguments = options.arguments(keyFile: keyFile, certificates: certificates)
        let members = try (1...options.members).map { number in
            let port = try LoopbackPort.free()
            let proxy = options.isBehindProxy ? try FaultProxy(to: port) : nil
            let process = try ServerProcess(
                binary, name: "\(options.name)-\(number)", port: port, in: folder,
                arguments: arguments)
            let direct = Self.uri(
                hosts: ["127.0.0.1:\(port)"], user: options.root, certificates: certificates,
                options: ["directConnection": "true"])
            return Member(
                process: process, proxy: proxy, address: "127.0.0.1:\(proxy?.port ?? port)",
                lane: try Cluster(ConnectionString(direct)).lane())
        }
        let uri = Self.uri(
            hosts: members.map(\.address), user: options.root, certificates: certificates,
            options: Self.setOption(options))
        self.init(
            options: options, members: members, certificates: certificates,
            lane: try Cluster(ConnectionString(uri)).lane(), folder: folder)
    }

    /// Kills the servers and removes their folder.
    package func stop() async throws {
        for member in members {
            try await member.process.kill()
            member.proxy?.stop()
        }
        try await folder.remove()
    }

    /// The connection string, secrets and all, as the root user where there is one.
    package var uri: String { uri(as: options.root) }

    /// The connection string for a user of `admin`, or for nobody; further options win over the sandbox's.
    package func uri(as user: Credentials?, options more: [String: String] = [:]) -> String {
        Self.uri(
            hosts: members.map(\.address), user: user, certificates: certificates,
            options: Self.setOption(options).merging(more) { $1 })
    }

    /// A cluster for that connection string.
    package func cluster(as user: Credentials? = nil) throws -> Cluster {
        try Cluster(ConnectionString(uri(as: user ?? options.root)))
    }

    /// Directly to one member, as nobody.
    func strangersLane(to member: Member) throws -> Lane {
        let uri = Self.uri(
            hosts: ["127.0.0.1:\(member.process.port)"], user: nil, certificates: certificates,
            options: ["directConnection": "true"])
        return try Cluster(ConnectionString(uri)).lane()
    }

    private static func setOption(_ options: ReplicaSetOptions) -> [String: String] {
        options.isStandalone ? ["directConnection": "true"] : ["replicaSet": options.name]
    }

    private static func uri(
        hosts: [String], user: Credentials?, certificates: Certificates?, options: [String: String]
    ) -> String {
        var query = user == nil ? [:] : ["authSource": "admin"]
        if let certificates {
            query["tls"] = "true"
            query["tlsCAFile"] = certificates.authority
        }
        query.merge(options) { $1 }
        let credentials =
            user.map { "\(percentEncoded($0.username)):\(percentEncoded($0.password))@" } ?? ""
        let pairs = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(percentEncoded($0.value))" }
        return
            "mongodb://\(credentials)\(hosts.joined(separator: ","))/?\(pairs.joined(separator: "&"))"
    }
}

/// A part of a connection string, with every byte that is not plainly allowed written as %XX.
private func percentEncoded(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
        plain.contains(byte) ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
    }.joined()
}
