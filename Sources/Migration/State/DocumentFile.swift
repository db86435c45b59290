internal import BSON
internal import Glibc
internal import Synchronization

/// Documents on the disk of this host, first in, first out, for as long as this process lives: the file has no name, so
/// nothing of it is left behind, and it is never larger than its limit. Thread safe; every call blocks for the disk.
final class DocumentFile: Sendable {
    /// Bytes are numbered from the first one that was written to the empty file. Each stands at its number modulo the
    /// limit: what was read is overwritten.
    private struct State {
        var descriptor: Int32 = -1
        var readFrom = 0
        var end = 0
    }

    private let state = Mutex(State())
    /// Bytes that may wait in it.
    private let limit: Int
    private let folders: [String]

    /// `folders`: where the file may be, the first one that takes it.
    init(limit: Int, folders: [String] = DocumentFile.folders) {
        self.limit = limit
        self.folders = folders
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        if descriptor >= 0 { close(descriptor) }
    }

    var isEmpty: Bool { state.withLock { $0.readFrom == $0.end } }

    /// False when the document was not kept: the limit is reached, or the disk is full.
    func append(_ document: Document) -> Bool {
        state.withLock { state in
            guard state.end - state.readFrom + document.count <= limit else { return false }
            if state.descriptor < 0 { state.descriptor = open() }
            let isWritten = unsafe document.withBytes { bytes in
                places(from: state.end, count: bytes.count).allSatisfy { part in
                    let slice = unsafe UnsafeRawBufferPointer(rebasing: bytes[part.bytes])
                    return unsafe pwrite(
                        state.descriptor, slice.baseAddress, slice.count, part.offset)
                        == slice.count
                }
            }
            if isWritten { state.end += document.count }
            return isWritten
        }
    }

    /// Takes the oldest document out; nil when there is none. Throws where it cannot be read: it is lost to this process.
    func takeFirst() throws(MigrationError) -> Document? {
        let result = state.withLock { state -> Result<Document?, MigrationError> in
            guard state.readFrom < state.end else { return .success(nil) }
            guard let header = read(4, at: state.readFrom, of: state.descriptor) else {
                return .failure(DocumentFile.unreadable)
            }
            let size = header.reversed().reduce(0) { $0 << 8 | Int($1) }
            guard size >= 5, size <= state.end - state.readFrom,
                let bytes = read(size, at: state.readFrom, of: state.descriptor),
                let document = Document(bytes)
            else { return .failure(DocumentFile.unreadable) }
            state.readFrom += size
            if state.readFrom == state.end {
                ftruncate(state.descriptor, 0)
                (state.readFrom, state.end) = (0, 0)
            }
            return .success(document)
        }
        return try result.get()
    }

    static let unreadable = MigrationError(
        .unexpected,
        "what was set aside on this host's disk cannot be read: those changes are read from the source again when the migration is taken up"
    )

    private func read(_ count: Int, at position: Int, of descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let isRead = unsafe bytes.withUnsafeMutableBytes { bytes in
            places(from: position, count: count).allSatisfy { part in
                let slice = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[part.bytes])
                return unsafe pread(descriptor, slice.baseAddress, slice.count, part.offset)
                    == slice.count
            }
        }
        return isRead ? bytes : nil
    }

    /// Where so many bytes stand from this one on: in one place, or in two where the file ends between them.
    private func places(from position: Int, count: Int) -> [(offset: off_t, bytes: Range<Int>)] {
        let offset = position % limit
        let first = min(count, limit - offset)
        let places = [(off_t(offset), 0..<first), (0, first..<count)]
        return places.filter { !$0.1.isEmpty }
    }

    /// Where temporary files are kept that may be large.
    static var folders: [String] {
        let wanted = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) }
        return [wanted, "/var/tmp", "/tmp"].compactMap { $0 }
    }

    /// A file without a name; -1 where there is none.
    private func open() -> Int32 {
        for folder in folders {
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
