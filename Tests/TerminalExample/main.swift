internal import Foundation
internal import Synchronization
internal import Terminal

// Shows a counter until q. With a path as argument it says there, at the end, how it ended, what each frame
// cost, and how many writes there were.
guard let options = TerminalOptions(environment: ProcessInfo.processInfo.environment) else {
    FileHandle.standardOutput.write(Data("plain mode\n".utf8))
    exit(3)
}

final class Reports: Sendable {
    let bytes = Mutex<[Int]>([])
    /// Answers that are looked for.
    let left = Mutex<[Counter.Message]>([])
}

let reports = Reports()
var counted = options
counted.onFrame = { frame in reports.bytes.withLock { $0.append(frame.bytes) } }
do {
    let runtime = try TerminalRuntime(
        Counter.self, options: counted,
        look: {
            reports.left.withLock { left in
                defer { left = [] }
                return left
            }
        }
    ) { effect, send in
        await Task.yield()
        if effect == .leave {
            reports.left.withLock { $0.append(.answered) }
        } else {
            send(.answered)
        }
    }
    let end = try await runtime.run(Counter.Model())
    if let path = CommandLine.arguments.dropFirst().first {
        let bytes = reports.bytes.withLock { $0.map(String.init).joined(separator: " ") }
        let writes = terminalWrites.load(ordering: .relaxed)
        try "\(end.ending.rawValue)\n\(end.model.count)\n\(bytes)\n\(writes)\n".write(
            toFile: path, atomically: true, encoding: .utf8)
    }
} catch {
    FileHandle.standardOutput.write(Data("\(error)\n".utf8))
    exit(4)
}
