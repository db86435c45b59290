import Glibc
import Mongo
import Sandbox

/// A port that answers to nothing, as behind a firewall that drops packets: its queue of connections is full, and
/// nobody takes any out.
final class DeafHost: Sendable {
    let address: String
    private let descriptors: [Int32]

    /// Returns when a connection is not answered any more.
    init() async throws {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, type, 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        var callers: [Int32] = []
        let isFilling = withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(listener, generic, length) == 0, listen(listener, 0) == 0,
                    getsockname(listener, generic, &length) == 0
                else { return false }
                // More than the queue holds; what it has no room for goes on asking.
                for _ in 0..<16 {
                    let caller = socket(AF_INET, type | Int32(SOCK_NONBLOCK.rawValue), 0)
                    callers.append(caller)
                    guard connect(caller, generic, length) == 0 || errno == EINPROGRESS else {
                        return false
                    }
                }
                return true
            }
        }
        descriptors = [listener] + callers
        address = "127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
        guard isFilling, let host = HostAddress(address) else {
            throw SandboxError(.system, "cannot listen on loopback")
        }
        try await eventually("\(address) does not answer") {
            HostProbe.reach(host, within: .milliseconds(500)) == .silent
        }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }
}
