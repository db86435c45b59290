internal import Glibc

/// A `mongod` of the cache folder, with the libraries it needs.
package struct MongodBinary: Sendable {
    /// The servers that are tested; `make deps` fetches them.
    package enum Version: String, CaseIterable, Sendable {
        case v6_0_27 = "6.0.27"
        case v6_0_5 = "6.0.5"
        case v5_0_4 = "5.0.4"
        case v4_4_2 = "4.4.2"

        /// All but 6.0.5 were built against OpenSSL 1.1, which current distributions no longer carry.
        var needsOldOpenSSL: Bool { self != .v6_0_5 }
    }

    /// Nil for one that was named by its path.
    package let version: Version?
    package let path: String
    /// Folder for `LD_LIBRARY_PATH`; nil when the system's own libraries do.
    package let libraries: String?

    /// Looks the server up in `${LAGZERO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lagzero}/mongod/<version>/bin/mongod`.
    /// Without a version it is 6.0.27 or, where that is absent, 6.0.5. Throws `.missingProgram`.
    package static func find(_ version: Version? = nil) throws(SandboxError) -> MongodBinary {
        let folder = cacheFolder + "/mongod"
        let wanted: [Version] = version.map { [$0] } ?? [.v6_0_27, .v6_0_5]
        for version in wanted {
            let path = "\(folder)/\(version.rawValue)/bin/mongod"
            let libraries = version.needsOldOpenSSL ? "\(folder)/openssl-1.1" : nil
            if access(path, X_OK) == 0 {
                return MongodBinary(version: version, path: path, libraries: libraries)
            }
        }
        let names = wanted.map(\.rawValue).joined(separator: " or ")
        throw SandboxError(.missingProgram, "no mongod \(names) in \(folder); run `make deps`")
    }

    /// The program at this path, which may need OpenSSL 1.1 as most of ours do. Throws `.missingProgram`.
    package static func at(_ path: String) throws(SandboxError) -> MongodBinary {
        guard access(path, X_OK) == 0 else {
            throw SandboxError(.missingProgram, "\(path) is not there or not a program")
        }
        let libraries = cacheFolder + "/mongod/openssl-1.1"
        return MongodBinary(
            version: nil, path: path, libraries: access(libraries, R_OK) == 0 ? libraries : nil)
    }

    /// For people.
    package var name: String { version.map { "mongod \($0.rawValue)" } ?? path }

    private static var cacheFolder: String {
        if let folder = environment("LAGZERO_CACHE") { return folder }
        if let folder = environment("XDG_CACHE_HOME") { return folder + "/lagzero" }
        return (environment("HOME") ?? "/root") + "/.cache/lagzero"
    }
}

/// The value of an environment variable; nil when it is not set or empty.
func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}
