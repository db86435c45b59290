import Glibc
import Migration
import Sandbox
import Testing

@testable import lagzero

struct OwnerTests {
    private func owner(_ pid: pid_t) -> Lease.Owner {
        Lease.Owner(host: "h", boot: "", process: Int(pid))
    }

    @Test func thisProcessIsAlive() {
        #expect(owner(getpid()).isAlive)
        #expect(!owner(pid_t.max).isAlive)
    }

    @Test func aProcessThatHasEndedIsNotAliveThoughNobodyHasWaitedForIt() async throws {
        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&pid, "/bin/true", nil, nil, &arguments, environ) == 0)
        try await eventually("it has ended", within: .seconds(20)) { !owner(pid).isAlive }
        #expect(kill(pid, 0) == 0)
        #expect(waitpid(pid, nil, 0) == pid)
    }
}
