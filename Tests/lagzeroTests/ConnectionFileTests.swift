import Glibc
import Testing

@testable import lagzero

@Suite struct ConnectionFileTests {
    /// Writes a file with this mode, hands its path over and removes it.
    private func with(_ text: String, mode: mode_t = 0o600, _ body: (String) throws -> Void) throws
    {
        var template = Array("/tmp/lagzero-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { unlink(path) }
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        fchmod(descriptor, mode)
        close(descriptor)
        try body(path)
    }

    @Test func theOnlyLineIsTaken() throws {
        try with("# the shop\n\n  mongodb://u:p@h/?w=1  \r\n") {
            let text = try ConnectionFile.read($0)
            #expect(text == "mongodb://u:p@h/?w=1")
        }
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o620] as [mode_t])
    func aFileThatOthersCanReadOrWriteIsRefused(mode: mode_t) throws {
        try with("mongodb://h", mode: mode) { path in
            #expect(
                throws: UsageError(
                    "\(path): others may read or change this file; `chmod 600` it first")
            ) { try ConnectionFile.read(path) }
        }
    }

    @Test(arguments: [("", 0), ("# nothing\n", 0), ("mongodb://a\nmongodb://b\n", 2)])
    func anotherNumberOfLinesIsRefused(text: String, count: Int) throws {
        try with(text) { path in
            #expect(
                throws: UsageError(
                    "\(path): it must hold one connection string, and has \(count) lines")
            ) { try ConnectionFile.read(path) }
        }
    }

    @Test func aFileThatIsNotThereIsRefused() {
        #expect(throws: UsageError("/nowhere/at/all: No such file or directory")) {
            try ConnectionFile.read("/nowhere/at/all")
        }
        #expect(throws: UsageError("/tmp: this is a folder")) { try ConnectionFile.read("/tmp") }
    }
}
