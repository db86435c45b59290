import Glibc

/// What is read of the environment.
struct Environment: Sendable {
    static let sourceName = "LAGZERO_SOURCE"
    static let destinationName = "LAGZERO_DESTINATION"

    var source: String?
    var destination: String?

    var connectionStrings: [String] { [source, destination].compactMap(\.self) }

    /// Reads the connection strings and removes them, so that no child process inherits them. To be
    /// called before there are other threads.
    static func take() -> Environment {
        defer {
            unsetenv(sourceName)
            unsetenv(destinationName)
        }
        return Environment(source: value(sourceName), destination: value(destinationName))
    }

    /// Nil when it is not set or empty.
    private static func value(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
