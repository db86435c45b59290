import Glibc
import Sandbox

/// A real SSH server on this machine behind a proxy that delays and throttles. Ends with its folder.
struct SlowLink {
    private let scratch: ScratchFolder
    private let proxy: FaultProxy

    private static let server = "/usr/sbin/sshd"
    private static let client = "/usr/bin/ssh"

    static var isHere: Bool { access(server, X_OK) == 0 && access(client, X_OK) == 0 }

    /// Returns when the server listens.
    static func start() async throws -> SlowLink {
        let scratch = try ScratchFolder()
        // Where the server gives up privileges; its service would make it.
        if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
        for key in ["host", "user"] {
            let maker = try scratch.start(
                ChildProcess.Launch(
                    path: "/usr/bin/ssh-keygen",
                    arguments: ["-q", "-t", "ed25519", "-N", "", "-f", scratch.path + "/" + key]))
            try await maker.ended(within: Tuning.benchDemoPatience)
        }
        let port = try LoopbackPort.free()
        let settings = [
            "Port=\(port)", "ListenAddress=127.0.0.1", "HostKey=\(scratch.path)/host",
            "AuthorizedKeysFile=\(scratch.path)/user.pub", "StrictModes=no", "UsePAM=no",
            "PasswordAuthentication=no", "KbdInteractiveAuthentication=no",
            "PermitRootLogin=yes", "PidFile=none", "PrintMotd=no",
        ]
        _ = try scratch.start(
            ChildProcess.Launch(
                path: server,
                arguments: ["-D", "-e", "-f", "/dev/null"] + settings.flatMap { ["-o", $0] },
                output: scratch.path + "/log"))
        try await eventually("the SSH server listens") { LoopbackPort.isListening(port) }
        let proxy = try FaultProxy(to: port)
        proxy.delay(milliseconds: Tuning.benchLinkDelay)
        proxy.throttle(bytesPerSecond: Tuning.benchLinkBytes)
        return SlowLink(scratch: scratch, proxy: proxy)
    }

    func end() async {
        proxy.stop()
        // What is left is removed by the watchdog when this process ends.
        try? await scratch.remove()
    }

    /// The program on the other side of the link.
    func over(_ program: ScreenProgram) -> ScreenProgram {
        let settings = [
            "Port=\(proxy.port)", "IdentityFile=\(scratch.path)/user", "IdentitiesOnly=yes",
            "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR",
        ]
        let words =
            ["env"] + program.environment.map { "\($0.key)=\($0.value)" } + [program.path]
            + program.arguments
        var far = ScreenProgram(
            name: program.name, path: Self.client,
            arguments: ["-F", "none", "-tt"] + settings.flatMap { ["-o", $0] } + ["127.0.0.1"]
                + words,
            environment: program.environment, mark: program.mark)
        far.openField = program.openField
        return far
    }
}
