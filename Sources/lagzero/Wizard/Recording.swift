import Foundation
import Glibc
import Synchronization
import Terminal

/// A session as it is shown, written as asciicast 2 (docs.asciinema.org/manual/asciicast/v2): a line that says what it
/// is, then one for each frame and each size. Nothing that is typed is in it, nor what goes to the clipboard.
///
/// It is written behind the frames. Where that fails it ends, and the session goes on. Where nothing is shown no file is
/// left, so that who begins once more can give the same name.
final class Recording: Sendable {
    private let path: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "lagzero.recording")
    private let state = Mutex<(size: Size?, trouble: String?)>((nil, nil))

    /// Throws a `UsageError` where there is such a file already, or none can be made. It is for its owner only.
    init(path: String) throws {
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw UsageError("--record \(path): \(String(cString: strerror(errno)))")
        }
        // Not before: the file of somebody else is not removed.
        self.path = path
        descriptor = opened
    }

    deinit {
        close(descriptor)
        if state.withLock({ $0.size == nil }) { unlink(path) }
    }

    /// Does not wait until it is written.
    func add(_ frame: FrameReport) {
        queue.async { [self] in
            state.withLock { state in
                guard state.trouble == nil else { return }
                if !writeAll(lines(frame, after: state.size), to: descriptor) {
                    state.trouble = String(cString: strerror(errno))
                }
                state.size = frame.size
            }
        }
    }

    /// When all is written; why a part is missing, nil where none is.
    func end() -> String? {
        queue.sync {}
        return state.withLock { $0.trouble }.map { "The recording \(path) is not complete: \($0)" }
    }

    private func lines(_ frame: FrameReport, after last: Size?) -> String {
        let (seconds, attoseconds) = frame.uptime.components
        let time = Double(seconds) + (Double(attoseconds) / 1e18 * 1e3).rounded() / 1e3
        let content = String(decoding: frame.content, as: UTF8.self)
        let shown = "[\(time), \"o\", \(Self.quoted(content))]\n"
        let (columns, rows) = (frame.size.columns, frame.size.rows)
        guard let last else {
            let begun = Int(Date().timeIntervalSince1970)
            return "{\"version\": 2, \"width\": \(columns), \"height\": \(rows), "
                + "\"timestamp\": \(begun), \"title\": \"lagzero\"}\n" + shown
        }
        let resized = last == frame.size ? "" : "[\(time), \"r\", \"\(columns)x\(rows)\"]\n"
        return resized + shown
    }

    private static func quoted(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
