import Glibc
import Migration

extension Lease.Owner {
    /// This process on this host since its last boot.
    static var thisProcess: Lease.Owner {
        Lease.Owner(
            host: hostName, boot: bootIdentifier, pids: processNamespace, process: Int(getpid()))
    }

    /// Whether there is such a process on this host; it may be another one that was given the
    /// number.
    var isAlive: Bool { kill(pid_t(clamping: process), 0) == 0 || errno == EPERM }

    private static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Such as `pid:[4026531836]`.
    private static var processNamespace: String {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/pid", &buffer, buffer.count)
        guard count > 0 else { return unique }
        return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Equal to no other: where the system does not tell who is who, nobody is taken for gone.
    private static var unique: String { String(UInt64.random(in: 1 ... .max), radix: 16) }

    private static var bootIdentifier: String {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return unique }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).filter {
            !$0.isWhitespace
        }
    }
}
