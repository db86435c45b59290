package import ControlAPI
internal import FoundationEssentials
internal import Glibc

/// The connection strings with their passwords, apart from everything else: a file that only its owner may read.
package struct SecretFile: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Empty where there is no file. Throws `unsafeFiles` when others may read it.
    package func load() throws -> [Identifier: Secret] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT { return [:] }
        guard descriptor >= 0 else {
            throw ControlError(.store, "cannot open \(path): \(systemText())")
        }
        defer { close(descriptor) }
        var information = stat()
        guard fstat(descriptor, &information) == 0, information.st_mode & 0o077 == 0 else {
            throw ControlError(
                .unsafeFiles, "others may read or change \(path), which holds passwords",
                remedy: "chmod 600 \(path), and change the passwords")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        guard let stored = try? JSONDecoder().decode([String: Secret].self, from: Data(bytes))
        else {
            throw ControlError(
                .store, "\(path) is damaged",
                remedy:
                    "move it away, then give each cluster its connection string again, with lagzero clusters edit NAME --uri-file FILE"
            )
        }
        return stored.reduce(into: [:]) { all, pair in
            if let id = Identifier(pair.key) { all[id] = pair.value }
        }
    }

    /// Replaces the file whole: a crash leaves the old one or the new one.
    package func save(_ secrets: [Identifier: Secret]) throws {
        let pairs = secrets.map { ($0.key.text, $0.value) }
        let bytes = Array(try JSONEncoder().encode(Dictionary(uniqueKeysWithValues: pairs)))
        let new = path + ".new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SecretFile.unwritable(new)
        }
        defer { close(descriptor) }
        let written = write(descriptor, bytes, bytes.count)
        if written >= 0, written < bytes.count { errno = ENOSPC }
        guard written == bytes.count, fsync(descriptor) == 0, rename(new, path) == 0 else {
            let error = SecretFile.unwritable(path)
            unlink(new)
            throw error
        }
    }

    private static func unwritable(_ path: String) -> ControlError {
        ControlError(
            .store, "cannot write \(path): \(systemText())",
            remedy: "make room there, or see the folder's owner and permissions")
    }
}
