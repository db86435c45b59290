internal import Glibc
internal import Synchronization

/// A TCP proxy on loopback in front of one loopback port that can behave like a bad network.
///
/// Every method returns at once; the proxy's own thread, on which all forwarding runs, acts within a millisecond.
package final class FaultProxy: Sendable {
    package enum Direction: Sendable {
        case toServer, toClient, both
    }

    /// Where clients connect to. It stays ours until `stop()`.
    package let port: UInt16
    private let core: ProxyCore

    /// Starts forwarding to the port on 127.0.0.1; nothing needs to listen there yet.
    package init(to target: UInt16) throws(SandboxError) {
        core = try ProxyCore(target: target)
        port = core.port
        try BackgroundThread.start { [core] in ProxyLoop(core).run() }
    }

    deinit { stop() }

    /// Lets every byte arrive so much later, each way.
    package func delay(milliseconds: Int) {
        core.change { $0.delay = UInt64(milliseconds) * 1_000_000 }
    }

    /// Lets all connections together carry so much each way; nil for no limit.
    package func throttle(bytesPerSecond: Int?) {
        core.change { $0.bytesPerSecond = bytesPerSecond }
    }

    /// Resets all connections. New ones are accepted or, until `heal()`, refused.
    ///
    /// With `deliveringRequests` only the clients' side is reset at once: what they had sent reaches the server, at the
    /// latest after `heal()`, although nobody waits for the answer any more.
    package func cut(refusing: Bool = false, deliveringRequests: Bool = false) {
        core.change {
            $0.cuts += 1
            $0.isDeliveringRequests = deliveringRequests
            $0.isRefusing = refusing
        }
    }

    /// Keeps connections open, accepts new ones, and forwards nothing in that direction. What is sent meanwhile is
    /// held and arrives after `heal()`, as after a partition.
    package func halfOpen(_ direction: Direction = .both) {
        core.change {
            $0.holdsRequests = direction != .toClient
            $0.holdsReplies = direction != .toServer
        }
    }

    /// Ends every fault. Connections that were cut stay cut.
    package func heal() {
        core.change {
            $0 = ProxyFaults(cuts: $0.cuts, isDeliveringRequests: $0.isDeliveringRequests)
        }
    }

    /// Closes all connections and the port, for good.
    package func stop() {
        core.change { $0.isStopped = true }
    }

    /// Clients that are connected now.
    package var connectionCount: Int { core.traffic.connections }
    /// Bytes that clients have sent and the server has not got.
    package var heldBytes: Int { core.traffic.held }
    /// Bytes that were handed to the server since the start.
    package var bytesToServer: Int { core.traffic.toServer }
    /// Bytes that were handed to clients since the start.
    package var bytesToClient: Int { core.traffic.toClient }
}

/// What the network does at the moment.
struct ProxyFaults: Sendable {
    /// Number of cuts so far: the loop sees by it that there was one more.
    var cuts = 0
    var isDeliveringRequests = false
    /// Nanoseconds.
    var delay: UInt64 = 0
    var bytesPerSecond: Int?
    var holdsRequests = false
    var holdsReplies = false
    var isRefusing = false
    var isStopped = false
}

struct ProxyTraffic: Sendable {
    var connections = 0
    var toServer = 0
    var toClient = 0
    var held = 0
}

/// What the proxy and its thread share.
final class ProxyCore: Sendable {
    let port: UInt16
    let target: UInt16
    let listener: Int32
    /// What is written to `waker` can be read from `wake`, and so interrupts the thread's wait.
    let wake: Int32
    private let waker: Int32
    private let state = Mutex((faults: ProxyFaults(), traffic: ProxyTraffic()))

    init(target: UInt16) throws(SandboxError) {
        self.target = target
        let listener = streamSocket(nonBlocking: true)
        self.listener = listener
        var ends: [Int32] = [-1, -1]
        let type =
            Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            | Int32(SOCK_NONBLOCK.rawValue)
        socketpair(AF_UNIX, type, 0, &ends)
        wake = ends[0]
        waker = ends[1]
        // A port that was asked for by number is kept while nothing listens on it.
        port = try LoopbackPort.free()
        allowQuickRebind(listener)
        let isBound =
            withLoopbackAddress(port) { bind(listener, $0, $1) } == 0
            && listen(listener, SOMAXCONN) == 0
        guard isBound, wake >= 0 else {
            throw SandboxError(.system, "cannot listen on loopback: \(errorText())")
        }
    }

    deinit {
        close(listener)
        close(wake)
        close(waker)
    }

    var faults: ProxyFaults { state.withLock { $0.faults } }
    var traffic: ProxyTraffic { state.withLock { $0.traffic } }

    func change(_ body: (inout ProxyFaults) -> Void) {
        state.withLock { body(&$0.faults) }
        // When it is full, the thread has been woken more than enough.
        var one: UInt8 = 1
        _ = send(waker, &one, 1, Int32(MSG_NOSIGNAL))
    }

    func publish(_ traffic: ProxyTraffic) { state.withLock { $0.traffic = traffic } }
}
