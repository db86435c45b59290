import ControlAPI
import Glibc
import Sandbox
import Testing

@testable import Agent

@Suite struct FilesTests {
    private let scratch: ScratchFolder
    private var folder: AgentFolder { AgentFolder(path: scratch.path + "/state") }

    init() throws { scratch = try ScratchFolder() }

    private func mode(_ path: String) -> UInt32 {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }

    @Test func theFolderIsMadeForItsOwnerOnly() throws {
        let lock = try InstanceLock(folder)
        #expect(mode(folder.path) == 0o700)
        #expect(mode(folder.lock) == 0o600)
        withExtendedLifetime(lock) {}
    }

    @Test func aFolderThatOthersMayReadIsRefused() throws {
        mkdir(folder.path, 0o755)
        chmod(folder.path, 0o755)
        let error = #expect(throws: ControlError.self) { try InstanceLock(folder) }
        #expect(error?.code == .unsafeFiles)
    }

    @Test func aFileThatOthersMayReadOrChangeIsRefused() throws {
        for path in [folder.lock, folder.store, folder.log] {
            mkdir(folder.path, 0o700)
            for mode in [0o640, 0o602] as [mode_t] {
                close(open(path, O_WRONLY | O_CREAT, 0o600))
                chmod(path, mode)
                let error = #expect(throws: ControlError.self) { try InstanceLock(folder) }
                #expect(error?.code == .unsafeFiles)
                #expect(error?.remedy?.contains("chmod 600 \(path)") == true)
            }
            unlink(path)
        }
    }

    @Test func aSecondAgentIsRefusedWithTheNumberOfTheFirst() throws {
        #expect(InstanceLock.holder(of: folder) == nil)
        let lock = try InstanceLock(folder)
        let error = #expect(throws: ControlError.self) { try InstanceLock(folder) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.message.contains("\(getpid())") == true)
        #expect(InstanceLock.holder(of: folder)?.process == Int(getpid()))
        withExtendedLifetime(lock) {}
    }

    /// As who reads between the lock and the number finds it; or the number of the agent before.
    @Test(arguments: ["", "1\n"])
    func theNumberOfTheAgentIsNotWhatAFileSaysThatIsNotItsOwn(content: String) throws {
        let lock = try InstanceLock(folder)
        try #require(truncate(folder.lock, 0) == 0)
        let file = open(folder.lock, O_WRONLY)
        #expect(write(file, content, content.utf8.count) == content.utf8.count)
        close(file)
        #expect(InstanceLock.holder(of: folder)?.process == Int(getpid()))
        let error = #expect(throws: ControlError.self) { try InstanceLock(folder) }
        #expect(error?.message.contains("process \(getpid())") == true)
        withExtendedLifetime(lock) {}
    }

    @Test func whereNothingTellsTheNumberTheFolderIsHeldAllTheSame() throws {
        let lock = try InstanceLock(folder)
        #expect(
            InstanceLock.holder(of: folder, locks: "/dev/null")?.process == Int(getpid()))
        try #require(truncate(folder.lock, 0) == 0)
        let holder = try #require(InstanceLock.holder(of: folder, locks: "/dev/null"))
        #expect(holder.process == nil && holder.description == "process unknown")
        withExtendedLifetime(lock) {}
    }

    @Test func aPathThatIsTooLongForASocketIsRefused() {
        let long = AgentFolder(path: scratch.path + "/" + String(repeating: "x", count: 100))
        let error = #expect(throws: ControlError.self) { try InstanceLock(long) }
        #expect(error?.remedy?.contains(AgentFolder.variable) == true)
    }

    @Test func secretsAreKeptForTheOwnerOnly() throws {
        let path = scratch.path + "/secrets.json"
        let id = Identifier(at: 1)
        #expect(try SecretFile(path).load().isEmpty)
        try SecretFile(path).save([id: Secret("mongodb://u:p@h/")])
        #expect(mode(path) == 0o600)
        #expect(try SecretFile(path).load() == [id: Secret("mongodb://u:p@h/")])
        chmod(path, 0o640)
        let error = #expect(throws: ControlError.self) { try SecretFile(path).load() }
        #expect(error?.code == .unsafeFiles)
    }
}
