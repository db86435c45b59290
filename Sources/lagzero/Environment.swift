import Glibc

/// What is read of the environment.
struct Environment: Sendable {
    static let sourceName = "LAGZERO_SOURCE"
    static let destinationName = "LAGZERO_DESTINATION"

    var source: String?
    var destination: String?

    var connectionStrings: [String] { [source, destination].compactMap(\.self) }

    /// Reads the connection strings and removes them, so that no child process inherits them and /proc does not show
    /// them. To be called before there are other threads.
    static func take() -> Environment {
        Environment(source: take(sourceName), destination: take(destinationName))
    }

    /// Nil when it is not set or empty.
    private static func take(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        // Unsetting it leaves the bytes where they are.
        memset(value, 0, strlen(value))
        unsetenv(name)
        return text.isEmpty ? nil : text
    }
}
