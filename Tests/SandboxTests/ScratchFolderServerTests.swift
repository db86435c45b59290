import Glibc
import Testing

@testable import Sandbox

@Suite(.timeLimit(.minutes(10)))
struct ScratchFolderServerTests {
    @Test func serversAndFolderGoWithAnOwnerThatIsKilled() async throws {
        let outer = try ScratchFolder()
        let note = outer.path + "/note"
        await #expect(processExitsWith: .signal(SIGKILL)) { [note = note as String] in
            let set = try await ReplicaSet.start()
            set.members[0].process.freeze()
            let file = fopen(note, "w")
            fputs("\(set.members[0].process.pid ?? 0) \(set.folder.path)", file)
            fclose(file)
            kill(getpid(), SIGKILL)
        }
        let words = try #require(read(note)).split(separator: " ").map(String.init)
        let pid = try #require(words.first.flatMap { pid_t($0) })
        let folder = try #require(words.last)
        #expect(pid > 0)
        try await eventually("the server is gone") { kill(pid, 0) != 0 }
        try await eventually("the folder is gone") { access(folder, F_OK) != 0 }
        try await outer.remove()
    }

    @Test func whatAnOwnerAndItsWatchdogLeaveBehindIsRemovedLater() async throws {
        let outer = try ScratchFolder()
        let note = outer.path + "/note"
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [note = note as String, path = outer.path as String] in
            var options = ReplicaSetOptions()
            options.parent = path
            let set = try await ReplicaSet.start(options)
            let file = fopen(note, "w")
            fputs("\(set.members[0].process.pid ?? 0) \(set.folder.path)", file)
            fclose(file)
            kill(set.folder.watchdog.pid, SIGKILL)
            kill(getpid(), SIGKILL)
        }
        let words = try #require(read(note)).split(separator: " ").map(String.init)
        let pid = try #require(words.first.flatMap { pid_t($0) })
        let folder = try #require(words.last)
        #expect(pid > 0 && kill(pid, 0) == 0)
        let other = try ScratchFolder(in: outer.path)
        #expect(try await ScratchFolder.removeAbandoned(in: outer.path) == 1)
        try await eventually("the server is gone") { kill(pid, 0) != 0 }
        #expect(access(folder, F_OK) != 0)
        #expect(access(other.path, F_OK) == 0)
        try await other.remove()
        try await outer.remove()
    }

    @Test func aSetThatNobodyHoldsIsEnded() async throws {
        var set: ReplicaSet? = try await ReplicaSet.start()
        let pid = try #require(set?.members[0].process.pid)
        let path = try #require(set?.folder.path)
        set = nil
        try await eventually("the server is gone") { kill(pid, 0) != 0 }
        try await eventually("the folder is gone") { access(path, F_OK) != 0 }
    }

    @Test func aRemovedFolderIsGone() async throws {
        let folder = try ScratchFolder()
        #expect(access(folder.path, F_OK) == 0)
        try await folder.remove()
        #expect(access(folder.path, F_OK) != 0)
    }

    @Test func aFolderThatNobodyHoldsIsRemoved() async throws {
        let path = try ScratchFolder().path
        try await eventually("the folder is gone") { access(path, F_OK) != 0 }
    }

    @Test func aMissingServerIsNamedWithTheRemedy() async throws {
        let outer = try ScratchFolder()
        await #expect(processExitsWith: .success) { [path = outer.path as String] in
            setenv("LAGZERO_CACHE", path, 1)
            let error = #expect(throws: SandboxError.self) { try MongodBinary.find(.v5_0_4) }
            #expect(error?.code == .missingProgram)
            #expect(error?.message.contains("make deps") == true)
        }
        try await outer.remove()
    }

    private func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        guard let line = fgets(&buffer, Int32(buffer.count), file) else { return nil }
        return String(cString: line)
    }
}
