import Foundation
import Testing

/// Text files of the repository that tests keep up to date: `LAGZERO_SCREENSHOTS=1` writes them; otherwise they are
/// compared, and what is stale fails.
struct StoredTexts {
    private static let isWriting = ProcessInfo.processInfo.environment["LAGZERO_SCREENSHOTS"] == "1"
    static let root = URL(filePath: #filePath)
        .appending(components: "..", "..", "..", "..").standardized
    private let folder: URL

    /// `path`: from the root of the repository.
    init(in path: String) {
        folder = Self.root.appending(path: path)
    }

    func expect(_ text: String, in file: String) throws {
        let url = folder.appending(component: file)
        if Self.isWriting { return try text.write(to: url, atomically: true, encoding: .utf8) }
        guard let stored = try? String(contentsOf: url, encoding: .utf8) else {
            Issue.record("\(file) is missing: make screenshots")
            return
        }
        guard stored != text else { return }
        let old = stored.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(old, new).prefix { $0 == $1 }.count
        Issue.record(
            """
            \(file) is stale from line \(line + 1) on: make screenshots
            - \(line < old.count ? old[line] : "")
            + \(line < new.count ? new[line] : "")
            """)
    }

    /// The first block of literal text below a heading is this one; the rest of the file is somebody's.
    func expect(_ text: String, below heading: String, of file: String) throws {
        let url = folder.appending(component: file)
        let stored = try String(contentsOf: url, encoding: .utf8)
        let begin = try #require(stored.range(of: "\n\(heading)\n"))
        let open = try #require(
            stored.range(of: "```\n", range: begin.upperBound..<stored.endIndex))
        let close = try #require(stored.range(of: "```", range: open.upperBound..<stored.endIndex))
        let new = stored.replacingCharacters(in: open.upperBound..<close.lowerBound, with: text)
        try expect(new, in: file)
    }

    /// The names of all functions in the Swift files below the folder.
    func functions() throws -> Set<String> {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return try (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
            .reduce(into: []) { names, file in
                let text = try String(contentsOf: file, encoding: .utf8)
                names.formUnion(text.matches(of: /func (\w+)/).map { String($0.output.1) })
            }
    }

    /// No file is left of what is not written any more.
    func expectNothingBut(_ files: [String]) throws {
        let manager = FileManager.default
        let present = try manager.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
        let old = Set(present).subtracting(files)
        if Self.isWriting {
            for file in old { try manager.removeItem(at: folder.appending(component: file)) }
        } else {
            #expect(old.isEmpty, "not written by any test")
        }
    }
}
