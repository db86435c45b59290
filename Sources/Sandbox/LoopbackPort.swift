internal import Glibc
internal import Synchronization

/// Ports on 127.0.0.1 for servers.
///
/// They are taken from below the range that the kernel gives to outgoing connections: a port from binding to 0 could be
/// lent to such a connection while its server is down, and the server could not come back to it.
package enum LoopbackPort {
    private static let given = Mutex<Set<UInt16>>([])

    /// A port that nothing is bound to and that this process was not given before.
    package static func free() throws(SandboxError) -> UInt16 {
        let limit = firstOutgoing
        for _ in 0..<1000 {
            let port = UInt16.random(in: Tuning.lowestPort..<limit)
            let isNew = given.withLock { $0.insert(port).inserted }
            if isNew, isFree(port) { return port }
        }
        throw SandboxError(.system, "no free port between \(Tuning.lowestPort) and \(limit)")
    }

    /// Whether something accepts connections there.
    package static func isListening(_ port: UInt16) -> Bool {
        let descriptor = streamSocket()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return withLoopbackAddress(port) { connect(descriptor, $0, $1) } == 0
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = streamSocket()
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        allowQuickRebind(descriptor)
        return withLoopbackAddress(port) { bind(descriptor, $0, $1) } == 0
    }

    private static var firstOutgoing: UInt16 {
        let text = readFile("/proc/sys/net/ipv4/ip_local_port_range").map {
            String(decoding: $0, as: UTF8.self)
        }
        let first =
            text?.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32768
        return max(first, Tuning.lowestPort + 1000)
    }
}

/// A TCP socket that no other program inherits; negative when there is none to be had.
func streamSocket(nonBlocking: Bool = false) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    return socket(AF_INET, nonBlocking ? type | Int32(SOCK_NONBLOCK.rawValue) : type, 0)
}

/// Lets a port be bound again while connections of its last owner still fade out.
func allowQuickRebind(_ descriptor: Int32) {
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
}

/// Calls the body with the socket address of a port on 127.0.0.1.
func withLoopbackAddress<R>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R
{
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
