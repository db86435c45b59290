package import ControlAPI
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// Signs of life of an agent that wake nobody up: what was asked at one look is answered by the next. Of an agent that
/// has ended, or does not go on, none comes.
package final class Pulse: Sendable {
    private let path: String
    private let state = Mutex(State())

    private struct State {
        /// Nil while there is no connection.
        var descriptor: Int32?
        var askedAt: ContinuousClock.Instant?
        /// Of the answer that is waited for; nil where nothing was asked.
        var answer: [UInt8]?
    }

    /// Connects to nothing yet.
    init(_ folder: AgentFolder) { path = folder.socket }

    deinit { state.withLock { Self.hangUp(&$0) } }

    /// The answer that has come since the last look; nil where none has. Does not block.
    package func look() -> Event? {
        state.withLock { state in
            let event = Self.take(&state)
            Self.ask(&state, path)
            return event
        }
    }

    private static func take(_ state: inout State) -> Event? {
        guard let descriptor = state.descriptor, var answer = state.answer else { return nil }
        var buffer = [UInt8](repeating: 0, count: Tuning.pulseBytes)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { hangUp(&state) }
            return nil
        }
        answer += buffer[..<count]
        guard answer.count <= Tuning.pulseBytes else {
            hangUp(&state)
            return nil
        }
        guard let body = body(answer) else {
            state.answer = answer
            return nil
        }
        state.answer = nil
        return try? JSONDecoder().decode(Event.self, from: Data(body))
    }

    /// What follows the head of an HTTP answer; nil before its last byte, a line feed.
    private static func body(_ answer: [UInt8]) -> ArraySlice<UInt8>? {
        guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound,
            end < answer.count, answer.last == UInt8(ascii: "\n")
        else { return nil }
        return answer[end...]
    }

    private static func ask(_ state: inout State, _ path: String) {
        let now = ContinuousClock.now
        guard state.answer == nil, state.askedAt.map({ now - $0 >= Tuning.pulse }) ?? true else {
            return
        }
        state.askedAt = now
        if state.descriptor == nil { state.descriptor = UnixSocket.connect(path, canWait: false) }
        guard let descriptor = state.descriptor else { return }
        let question = Array("GET /v1/alive HTTP/1.1\r\nHost: lagzero\r\n\r\n".utf8)
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        guard send(descriptor, question, question.count, flags) == question.count else {
            return hangUp(&state)
        }
        state.answer = []
    }

    private static func hangUp(_ state: inout State) {
        if let descriptor = state.descriptor { close(descriptor) }
        state.descriptor = nil
        state.answer = nil
    }
}
