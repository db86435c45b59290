internal import Glibc

enum UnixSocket {
    /// A descriptor, to be closed; nil where nobody listens there or, if it cannot wait, where too many wait to be heard.
    static func connect(_ path: String, canWait: Bool) -> Int32? {
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(
            AF_UNIX, Int32(canWait ? type : type | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: Tuning.connectSeconds, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if code == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// The process that listens at the other end; nil where that is not known.
    static func peer(_ descriptor: Int32) -> Int? {
        // struct ucred, which glibc shows to few: process, user, group.
        var credentials: [Int32] = [0, 0, 0]
        var length = socklen_t(credentials.count * MemoryLayout<Int32>.size)
        let code = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        return code == 0 && credentials[0] > 0 ? Int(credentials[0]) : nil
    }
}
