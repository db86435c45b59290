import Testing

@testable import Sandbox

@Suite struct LoopbackPortTests {
    @Test func noPortIsGivenTwice() throws {
        let ports = try (0..<250).map { _ in try LoopbackPort.free() }
        #expect(Set(ports).count == ports.count)
    }

    /// Also while nothing listens there yet, or not for a moment.
    @Test func otherProcessesSeeThatAPortIsTaken() throws {
        let port = try LoopbackPort.free()
        #expect(!LoopbackPort.isListening(port))
        let block = port - port % Tuning.portBlock
        #expect(try abstractSockets().contains("@lagzero-ports-\(block)"))
    }

    /// The names that processes of this system hold now.
    private func abstractSockets() throws -> Set<Substring> {
        let lines = String(decoding: try #require(readFile("/proc/net/unix")), as: UTF8.self)
        return Set(lines.split(separator: "\n").compactMap { $0.split(separator: " ").last })
    }
}
