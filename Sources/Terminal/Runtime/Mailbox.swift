internal import CTerminal
internal import Glibc
internal import Synchronization

/// Messages on their way to the thread of the terminal, and a descriptor that becomes readable when there are some.
final class Mailbox<Message: Sendable>: Sendable {
    /// For poll.
    let descriptor: Int32
    private let state = Mutex(State())

    private let input: Int32

    private struct State {
        var messages: [Message] = []
        var isClosed = false
        /// Whether the descriptor is readable, or about to be.
        var hasRung = false
    }

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
        let rings = state.withLock { state in
            if state.isClosed { return false }
            state.messages.append(message)
            if state.hasRung { return false }
            state.hasRung = true
            return true
        }
        if rings { _ = Glibc.write(input, [1], 1) }
    }

    /// Takes all.
    func take() -> [Message] {
        var bytes = [UInt8](repeating: 0, count: 16)
        _ = Glibc.read(descriptor, &bytes, bytes.count)
        return state.withLock { state in
            defer {
                state.messages = []
                state.hasRung = false
            }
            return state.messages
        }
    }

    func close() { state.withLock { $0 = State(isClosed: true) } }
}
