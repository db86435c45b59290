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
        #expect(InstanceLock.holder(of: folder) == Int(getpid()))
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
