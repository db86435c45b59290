internal import Glibc

/// Everything in a file; nil when it cannot be read.
func readFile(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { return count == 0 ? bytes : nil }
        bytes.append(contentsOf: chunk[..<count])
    }
}

/// The same as text.
package func readText(_ path: String) -> String? {
    readFile(path).map { String(decoding: $0, as: UTF8.self) }
}

/// The names in a folder, `.` and `..` too; none when it cannot be read.
func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        names.append(
            withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            })
    }
    return names
}

/// Makes a file that only this user may read.
func writeFile(_ path: String, _ text: String) throws(SandboxError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SandboxError(.system, "\(path): \(errorText())") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
        throw SandboxError(.system, "\(path): \(errorText())")
    }
}

func makeFolder(_ path: String) throws(SandboxError) {
    guard mkdir(path, 0o700) == 0 else { throw SandboxError(.system, "\(path): \(errorText())") }
}

/// The end of a log, for an error message.
func lastLines(of path: String, count: Int = 5) -> String {
    let lines = readFile(path).map { String(decoding: $0.suffix(8192), as: UTF8.self) } ?? ""
    return lines.split(separator: "\n").suffix(count).joined(separator: "\n")
}
