internal import BSON
internal import Glibc
internal import Synchronization

/// Documents on the disk of this host, first in, first out, for as long as this process lives: the file has no name, so
/// nothing of it is left behind. Thread safe; every call blocks for the disk.
final class DocumentFile: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var readFrom: off_t = 0
        var end: off_t = 0
    }

    private let state = Mutex(State())
    /// Bytes that may wait in it.
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    var isEmpty: Bool { state.withLock { $0.readFrom == $0.end } }

    /// False when the document was not kept: the limit is reached, or the disk is full.
    func append(_ document: Document) -> Bool {
        state.withLock { state in
            guard Int(state.end) + document.count <= limit else { return false }
            if state.descriptor < 0 { state.descriptor = DocumentFile.open() }
            let written = unsafe document.withBytes { bytes in
                unsafe pwrite(state.descriptor, bytes.baseAddress, bytes.count, state.end)
            }
            guard written == document.count else { return false }
            state.end += off_t(written)
            return true
        }
    }

    /// Takes the oldest document out; nil when there is none.
    func takeFirst() -> Document? {
        state.withLock { state in
            guard state.readFrom < state.end else { return nil }
            var size: Int32 = 0
            let count = unsafe pread(state.descriptor, &size, 4, state.readFrom)
            guard count == 4, size >= 5 else { return nil }
            var bytes = [UInt8](repeating: 0, count: Int(size))
            guard
                unsafe pread(state.descriptor, &bytes, bytes.count, state.readFrom) == bytes.count
            else { return nil }
            state.readFrom += off_t(size)
            if state.readFrom == state.end {
                ftruncate(state.descriptor, 0)
                (state.readFrom, state.end) = (0, 0)
            }
            return Document(bytes)
        }
    }

    /// A file without a name, where temporary files are kept that may be large; -1 where there is none.
    private static func open() -> Int32 {
        let wanted = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }
        for folder in [wanted, "/var/tmp", "/tmp"].compactMap({ $0 }) {
            var path = Array("\(folder)/lagzero-XXXXXX".utf8CString)
            let descriptor = unsafe mkstemp(&path)
            guard descriptor >= 0 else { continue }
            unsafe unlink(path)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor
        }
        return -1
    }
}
