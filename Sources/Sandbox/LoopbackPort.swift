internal import Glibc
internal import Synchronization

/// Ports on 127.0.0.1 for servers, none of them given twice: a server that is down for a moment finds its own free again.
///
/// They are taken from below the range that the kernel gives to outgoing connections: a port from binding to 0 could be
/// lent to such a connection while its server is down. Between processes they are told apart by blocks, each of which
/// belongs to one process until that ends.
package enum LoopbackPort {
    private static let block = Mutex(Block())

    /// The block in use, and how many of its ports were given.
    private struct Block {
        var ports: Range<UInt16> = 0..<0
        var given = 0
    }

    /// A port that nothing is bound to, that no other process takes and that this one was not given before.
    package static func free() throws(SandboxError) -> UInt16 {
        try block.withLock { (block) throws(SandboxError) in
            while true {
                if block.given == block.ports.count { block = Block(ports: try ownBlock()) }
                let port = block.ports.lowerBound + UInt16(block.given)
                block.given += 1
                if isFree(port) { return port }
            }
        }
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

    /// A block that no process has. It is held by a name among the kernel's abstract sockets, which is gone with the
    /// process, however that ends.
    private static func ownBlock() throws(SandboxError) -> Range<UInt16> {
        let limit = firstOutgoing
        let starts = stride(
            from: Tuning.lowestPort, through: limit - Tuning.portBlock, by: Int(Tuning.portBlock))
        for start in starts.shuffled() where hold("lagzero-ports-\(start)") {
            return start..<start + Tuning.portBlock
        }
        throw SandboxError(.system, "no free port between \(Tuning.lowestPort) and \(limit)")
    }

    /// Binds the name until this process ends; false when another one has it, or it is held here already.
    private static func hold(_ name: String) -> Bool {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) {
            UnsafeMutableRawBufferPointer(rebasing: $0.dropFirst()).copyBytes(from: name.utf8)
        }
        let length = MemoryLayout<sa_family_t>.size + 1 + name.utf8.count
        let isHeld =
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(length))
                }
            } == 0
        if !isHeld { close(descriptor) }
        return isHeld
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
