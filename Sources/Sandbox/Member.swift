package import BSON
package import Mongo

/// One server of a replica set, with the connection that the sandbox itself uses to talk to it.
package final class Member: Sendable {
    package let process: ServerProcess
    /// Stands in front of the server when the set was made with `isBehindProxy`.
    package let proxy: FaultProxy?
    /// Host and port that clients and the other members use.
    package let address: String
    /// Directly to this server, past the proxy, as the root user where there is one. It waits up to 8 s for a server
    /// that is down and 30 s for one that is frozen.
    package let lane: Lane

    init(process: ServerProcess, proxy: FaultProxy?, address: String, lane: Lane) {
        self.process = process
        self.proxy = proxy
        self.address = address
        self.lane = lane
    }

    /// What the server says about itself; nil when it is down, frozen or just closing its connections.
    package func hello() async -> Document? {
        guard process.isResponsive else { return nil }
        return try? await lane.run(["hello": 1])
    }
}
