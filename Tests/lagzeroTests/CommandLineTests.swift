import Foundation
import Testing

/// The program itself, without servers.
@Suite(.timeLimit(.minutes(10))) struct CommandLineTests {
    @Test(arguments: [["--help"], ["migrate", "--help"], ["help", "demo"], ["--version"]])
    func helpIsAnAnswer(arguments: [String]) async throws {
        let run = try await LagzeroProcess.run(arguments)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.errors.isEmpty)
    }

    @Test func theBenchmarkIsNotListed() async throws {
        let run = try await LagzeroProcess.run(["--help"])
        #expect(!run.output.contains("bench"))
    }

    @Test(arguments: [
        (["nonsense"], "nonsense"),
        (["migrate", "--nonsense"], "--nonsense"),
        (
            ["migrate"],
            "no source given: use --source URI, --source-file PATH or the variable LAGZERO_SOURCE"
        ),
        (["migrate", "--source", "mongodb://h"], "no destination given"),
        (
            ["migrate", "--source", "http://h", "--destination", "mongodb://h"],
            "--source: the connection string is not valid: it must start with mongodb://"
        ),
        (
            [
                "migrate", "--source", "mongodb://h", "--source-file", "x", "--destination",
                "mongodb://h",
            ],
            "give either --source or --source-file, not both"
        ),
        (
            [
                "migrate", "--source", "mongodb://h", "--destination", "mongodb://i",
                "--load-level", "7",
            ],
            "--load-level 7: it must be from 1 to 4"
        ),
        (
            [
                "migrate", "--source", "mongodb://h", "--destination", "mongodb://i", "--verify",
                "some",
            ],
            "'some' is invalid"
        ),
        (["demo", "--size", "0"], "--size 0"),
        (["demo", "--guide", "--rate", "0"], "--guide: there has to be an application"),
        (["demo", "--guide", "--unattended"], "--guide leads through the wizard"),
        (["demo", "--clock", "0"], "--clock 0: it must be from 1 to 36000"),
        (["demo", "--clock", "3600", "--unattended"], "--clock: a demo without the wizard"),
        (["demo", "--record", "/nonexistent/f", "--unattended"], "--record: a demo without the"),
        // Here is no terminal.
        (["demo", "--record", "/nonexistent/f"], "--record: a demo without the wizard"),
        // A real migration takes the time that it takes.
        (["--clock", "3600"], "--clock"),
        (["migrate", "--clock", "3600"], "--clock"),
        (["agent", "run", "--clock", "3600"], "--clock"),
        (["bench", "--scale", "0"], "--scale 0"),
    ])
    func wrongUsageIsSaidAndHasItsStatus(arguments: [String], message: String) async throws {
        let run = try await LagzeroProcess.run(arguments)
        #expect(run.status == 2)
        #expect(run.errors.contains(message))
        #expect(run.output.isEmpty)
    }

    @Test func theDemoOfAnInstalledProgramSaysHowToNameAServer() async throws {
        let run = try await LagzeroProcess.run(
            ["demo", "--unattended"], environment: ["LAGZERO_CACHE": "/nonexistent"])
        #expect(run.status == 1)
        #expect(run.errors.contains("--mongod"))
    }

    @Test(arguments: [
        ["migrate", "mongodb://u:hunter2hunter2@h"],
        ["migrate", "--source=mongodb://u:hunter2hunter2@h", "--destination", "x"],
        ["migrate", "--source", "mongodb://u:hunter2@hunter2@h", "--destination", "mongodb://h"],
        [
            "migrate", "--source", "mongodb://u:hunter2 'hunter2@h", "--destination",
            "mongodb://h:x:y",
        ],
        [
            "migrate", "--source", "mongodb://u:hunter2hunter2@h", "--destination",
            "mongodb://v:hunter2hunter2@h", "--verify", "some",
        ],
        [
            "migrate", "--source", "mongodb://u:hunter2hunter2@h", "--destination",
            "mongodb://v:hunter2hunter2@h", "--load-level", "mongodb://u:hunter2hunter2@h",
        ],
        ["mongodb://u:hunter2hunter2@h"],
        ["demo", "--mongod", "mongodb://u:hunter2hunter2@h"],
    ])
    func noPasswordIsRepeated(arguments: [String]) async throws {
        let run = try await LagzeroProcess.run(arguments)
        #expect(run.status != 0)
        #expect(!run.errors.contains("hunter2"))
        #expect(!run.output.contains("hunter2"))
    }

    @Test func theProcessListShowsNoPassword() async throws {
        let server = try SilentServer()
        let process = try LagzeroProcess([
            "migrate", "--source", "mongodb://u:hunter2hunter2@\(server.address)", "--destination",
            "mongodb://v:hunter2hunter2@\(server.address)/?tlsCertificateKeyFilePassword=hunter2hunter2",
        ])
        try await process.said("Destination")
        let limits = try String(contentsOfFile: "/proc/\(process.pid)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +1 +1 /#))
        let arguments = try #require(contents("/proc/\(process.pid)/cmdline"))
        #expect(arguments.contains("mongodb://u:**************@\(server.address)"))
        #expect(!arguments.contains("hunter2"))
        #expect(!process.errors.contains("hunter2"))
        process.send(SIGINT)
        #expect(try await process.status() == 130)
        withExtendedLifetime(server) {}
    }

    @Test func theEnvironmentOfTheProcessShowsNoPassword() async throws {
        let server = try SilentServer()
        let process = try LagzeroProcess(
            ["migrate", "--destination", "mongodb://\(server.address)"],
            environment: ["LAGZERO_SOURCE": "mongodb://u:hunter2hunter2@\(server.address)"])
        try await process.said("Destination")
        let environment = try #require(contents("/proc/\(process.pid)/environ"))
        #expect(!environment.contains("hunter2"))
        process.send(SIGINT)
        #expect(try await process.status() == 130)
        withExtendedLifetime(server) {}
    }

    @Test func connectionStringsMayComeFromTheEnvironment() async throws {
        let run = try await LagzeroProcess.run(
            ["migrate"], environment: ["LAGZERO_SOURCE": "mongodb://u:hunter2hunter2@h:a:b"])
        #expect(run.status == 2)
        #expect(run.errors.contains("no destination given"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalDuringTheValidationEndsIt(signal: Int32) async throws {
        let server = try SilentServer()
        let process = try LagzeroProcess([
            "migrate", "--source", "mongodb://\(server.address)", "--destination",
            "mongodb://\(server.address)",
        ])
        try await process.said("Destination")
        process.send(signal)
        #expect(try await process.status() == 130)
        #expect(process.errors.contains("stopped before anything was changed"))
        withExtendedLifetime(server) {}
    }

    /// Also where it has to be asked first what is left to be done.
    @Test func aSilentServerIsRefusedWithin15Seconds() async throws {
        let server = try SilentServer()
        let begin = ContinuousClock.now
        let uri = "mongodb://u:p@\(server.address)/?tls=true"
        let run = try await LagzeroProcess.run([
            "migrate", "--resume", "--source", uri, "--destination", uri,
        ])
        #expect(run.status == 3)
        #expect(ContinuousClock.now - begin < .seconds(15))
        withExtendedLifetime(server) {}
    }

    @Test func serversThatAreNotThereFailTheValidation() async throws {
        let run = try await LagzeroProcess.run([
            "migrate", "--json", "--source", "mongodb://127.0.0.1:1", "--destination",
            "mongodb://127.0.0.1:2",
        ])
        #expect(run.status == 3)
        #expect(run.errors.contains("\"phase\": \"preparing\""))
        #expect(run.errors.contains("\"blocking\": true"))
        #expect(
            run.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
    }

    /// The first bytes of a file whose parts end with zeros.
    private func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes[..<max(0, count)].map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
    }
}
