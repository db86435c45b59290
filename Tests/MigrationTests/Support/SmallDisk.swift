import Foundation
import Glibc
import Sandbox

/// A file system of its own for the data of a server, which can be full: a `tmpfs` in the mount namespace of a process
/// that does nothing else. It needs no privileges where a user may have namespaces.
final class SmallDisk: Sendable {
    /// In place of the server's program: starts it where the disk is, which a restart finds as it was.
    let mongod: String
    private let folder: ScratchFolder
    private let keeper: ChildProcess

    init(megabytes: Int = 256) async throws {
        let folder = try ScratchFolder()
        let errors = folder.path + "/errors"
        let keeper = try folder.start(
            .init(
                path: "/usr/bin/unshare",
                arguments: ["--user", "--map-root-user", "--mount", "sleep", "infinity"],
                output: errors))
        try await eventually("there is a namespace for a disk") {
            guard keeper.isRunning else { throw SandboxError(.ended, readText(errors) ?? "") }
            return readText("/proc/\(keeper.pid)/comm") == "sleep\n"
        }
        mongod = folder.path + "/mongod"
        let script = """
            #!/bin/sh
            exec nsenter --target \(keeper.pid) --user --mount --preserve-credentials sh -c '
                data=$(printf "%s\\n" "$@" | sed -n "/^--dbpath$/{n;p}")
                mountpoint -q "$data" || mount -t tmpfs -o size=\(megabytes)m disk "$data"
                exec "$0" "$@"' '\(try MongodBinary.find().path)' "$@"

            """
        try script.write(toFile: mongod, atomically: false, encoding: .utf8)
        guard chmod(mongod, 0o700) == 0 else { throw SandboxError(.system, "chmod: \(errno)") }
        self.folder = folder
        self.keeper = keeper
    }

    /// Leaves no byte for the only member of the set.
    func fill(for set: ReplicaSet) throws {
        let file = open(ballast(of: set), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SandboxError(.system, "\(ballast(of: set)): \(errno)") }
        defer { close(file) }
        for size in [1 << 20, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) == size {}
        }
        guard errno == ENOSPC else { throw SandboxError(.system, "no full disk: \(errno)") }
    }

    /// Gives back what `fill` took.
    func empty(for set: ReplicaSet) {
        unlink(ballast(of: set))
    }

    private func ballast(of set: ReplicaSet) -> String {
        "/proc/\(keeper.pid)/root\(set.folder.path)/\(set.options.name)-1/ballast"
    }
}
