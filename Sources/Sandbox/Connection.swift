internal import Glibc
internal import Synchronization

/// A descriptor that may be closed from any thread, once; writing never raises SIGPIPE.
final class Connection: Sendable {
    let descriptor: Int32
    private let isOpen = Mutex(true)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    /// Sends a short line; lost when the other side or this one is closed.
    func send(_ text: String) {
        isOpen.withLock {
            let bytes = Array(text.utf8)
            if $0 { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
        }
    }

    func close() {
        isOpen.withLock {
            if $0 { _ = Glibc.close(descriptor) }
            $0 = false
        }
    }
}
