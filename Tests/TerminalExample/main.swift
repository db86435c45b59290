internal import Foundation
internal import Synchronization
internal import Terminal

// Shows a counter until q. With a path as argument it says there, at the end, how it ended, what each frame
// cost, how many writes there were, and after how many frames the first effect began.
guard let options = TerminalOptions(environment: ProcessInfo.processInfo.environment) else {
    FileHandle.standardOutput.write(Data("plain mode\n".utf8))
    exit(3)
}

final class Reports: Sendable {
    let bytes = Mutex<[Int]>([])
    let framesBeforeEffect = Mutex<Int?>(nil)
    /// Answers that are looked for.
    let left = Mutex<[Counter.Message]>([])
}

let reports = Reports()
var counted = options
if let only = ProcessInfo.processInfo.environment["ONLY_TERM"] { counted.terms = [only] }
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
        let frames = reports.bytes.withLock { $0.count }
        reports.framesBeforeEffect.withLock { $0 = $0 ?? frames }
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
        let frames = reports.framesBeforeEffect.withLock { $0 ?? 0 }
        let lines = [end.ending.rawValue, "\(end.model.count)", bytes, "\(writes)", "\(frames)"]
        try lines.map { $0 + "\n" }.joined().write(
            toFile: path, atomically: true, encoding: .utf8)
    }
} catch {
    FileHandle.standardOutput.write(Data("\(error)\n".utf8))
    exit(4)
}
