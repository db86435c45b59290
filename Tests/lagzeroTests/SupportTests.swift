import ControlAPI
import Foundation
import Sandbox
import Testing

/// One file for those who help, in which nothing secret is.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SupportTests {
    private static let password = "geheim-hunter2"

    @Test func t17ABundleHoldsWhatIsKnownAndNoSecret() async throws {
        let session = try WizardSession()
        let state = ["--state", session.folder.path]
        let uri =
            "mongodb://anna:\(Self.password)@127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=100"
        let added = try await LagzeroProcess.run(
            ["clusters", "add", "shop-rs0", "--uri", uri] + state)
        #expect(added.status == 0)
        // As if something had written it down.
        let log = try FileHandle(forWritingTo: URL(filePath: session.folder.log))
        try log.seekToEnd()
        try log.write(contentsOf: Data("tried \(uri) and \(Self.password)\n".utf8))
        let file = session.scratch.path + "/bundle.txt"
        let made = try await LagzeroProcess.run(["support", "--output", file] + state)
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.contains(file))
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for part in [
            "== Program ==", "libmongoc 1.", "== Folder \(session.folder.path) ==", "600  ",
            "== Agent ==", "VmRSS", "== Cluster shop-rs0 ==", "anna:", "== Log of the agent ==",
            "tried mongodb://anna:",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains(Self.password))
        var information = stat()
        #expect(stat(file, &information) == 0 && information.st_mode & 0o777 == 0o600)
        // What is there already is not written over.
        let again = try await LagzeroProcess.run(["support", "--output", file] + state)
        #expect(again.status == 2 && again.errors.contains("File exists"))
        try await session.end()
    }

    @Test func withoutAnAgentItSaysWhatIsMissing() async throws {
        let scratch = try ScratchFolder()
        let file = scratch.path + "/bundle.txt"
        let state = ["--state", scratch.path + "/state"]
        let made = try await LagzeroProcess.run(["support", "--output", file] + state)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("No agent runs"))
        let one = try await LagzeroProcess.run(["support", "0123456789abcdef01234567"] + state)
        #expect(one.status == 2 && one.errors.contains("no agent runs"))
        try await scratch.remove()
    }
}
