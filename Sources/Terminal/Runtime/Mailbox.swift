internal import CTerminal
internal import Glibc
internal import Synchronization

/// Messages on their way to the thread of the terminal, and a descriptor that becomes readable when there are some.
final class Mailbox<Message: Sendable>: Sendable {
    /// For poll.
    let descriptor: Int32
    private let state = Mutex<(messages: [Message], isClosed: Bool)>(([], false))

    private let input: Int32

    init() throws {
        var (output, input): (Int32, Int32) = (-1, -1)
        guard cterminal_pipe(&output, &input) else {
            throw TerminalError("No descriptor is left: \(errno)")
        }
        descriptor = output
        self.input = input
    }

    deinit {
        Glibc.close(descriptor)
        Glibc.close(input)
    }

    func post(_ message: Message) {
        let isFirst = state.withLock { state in
            if state.isClosed { return false }
            state.messages.append(message)
            return state.messages.count == 1
        }
        if isFirst { _ = Glibc.write(input, [1], 1) }
    }

    /// Takes all.
    func take() -> [Message] {
        var bytes = [UInt8](repeating: 0, count: 16)
        _ = Glibc.read(descriptor, &bytes, bytes.count)
        return state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    func close() { state.withLock { $0 = ([], true) } }
}
