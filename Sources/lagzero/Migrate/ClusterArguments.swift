import ArgumentParser
import Glibc
import Mongo

/// Which clusters: each from the command line, a file or the environment.
struct ClusterArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Connection string of the source. A password in it is hidden from the process list at once; a file keeps it out altogether.",
            valueName: "uri"))
    var source: String?

    @Option(help: ArgumentHelp("The same for the destination.", valueName: "uri"))
    var destination: String?

    @Option(
        help: ArgumentHelp(
            "File with the connection string of the source, readable by its owner only.",
            valueName: "path"), completion: .file())
    var sourceFile: String?

    @Option(
        help: ArgumentHelp("The same for the destination.", valueName: "path"), completion: .file())
    var destinationFile: String?

    /// Throws `UsageError` where one is missing, given twice or not valid.
    func connectionStrings(
        in surroundings: Surroundings
    ) throws(UsageError) -> (source: ConnectionString, destination: ConnectionString) {
        let environment = surroundings.environment
        let source = try Self.choose(
            "source", argument: source, file: sourceFile,
            variable: (Environment.sourceName, environment.source))
        let destination = try Self.choose(
            "destination", argument: destination, file: destinationFile,
            variable: (Environment.destinationName, environment.destination))
        surroundings.console.hide([source.text, destination.text])
        return (try Self.parse(source), try Self.parse(destination))
    }

    /// A text and where it came from.
    private struct Found {
        let text: String
        let origin: String
    }

    private static func choose(
        _ role: String, argument: String?, file: String?, variable: (name: String, value: String?)
    ) throws(UsageError) -> Found {
        switch (argument, file, variable.value) {
        case (.some, .some, _):
            throw UsageError("give either --\(role) or --\(role)-file, not both")
        case (let text?, nil, _): return Found(text: text, origin: "--\(role)")
        case (nil, let path?, _):
            return Found(text: try ConnectionFile.read(path), origin: "--\(role)-file \(path)")
        case (nil, nil, let text?): return Found(text: text, origin: variable.name)
        case (nil, nil, nil):
            throw UsageError(
                "no \(role) given: use --\(role) URI, --\(role)-file PATH or the variable \(variable.name)"
            )
        }
    }

    private static func parse(_ found: Found) throws(UsageError) -> ConnectionString {
        do {
            return try ConnectionString(found.text)
        } catch {
            throw UsageError("\(found.origin): \(error.message)")
        }
    }
}

/// A file that holds one connection string and that nobody else may read.
enum ConnectionFile {
    /// The only line of the file that is neither empty nor begins with `#`.
    static func read(_ path: String) throws(UsageError) -> String {
        let lines = try lines(path)
        guard lines.count == 1, let line = lines.first else {
            throw UsageError(
                "\(path): it must hold one connection string, and has \(lines.count) lines")
        }
        return line
    }

    /// The lines that are neither empty nor begin with `#`, without the white space around them.
    static func lines(_ path: String) throws(UsageError) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw UsageError("\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        try check(descriptor, path)
        return try contents(of: descriptor, path).split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
            .map { String($0.reversed().drop(while: \.isWhitespace).reversed()) }
    }

    private static func check(_ descriptor: Int32, _ path: String) throws(UsageError) {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else {
            throw UsageError("\(path): \(String(cString: strerror(errno)))")
        }
        guard information.st_mode & S_IFMT != S_IFDIR else {
            throw UsageError("\(path): this is a folder")
        }
        guard information.st_mode & 0o077 == 0 else {
            throw UsageError("\(path): others may read or change this file; `chmod 600` it first")
        }
    }

    private static func contents(of descriptor: Int32, _ path: String) throws(UsageError) -> String
    {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= Tuning.connectionFileLimit {
            let count = Glibc.read(descriptor, &part, part.count)
            if count == 0 { break }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw UsageError("\(path): \(String(cString: strerror(errno)))")
            }
            bytes += part[..<count]
        }
        guard bytes.count <= Tuning.connectionFileLimit else {
            throw UsageError("\(path): the file is too large")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw UsageError("\(path): it is not UTF-8")
        }
        return text
    }
}
