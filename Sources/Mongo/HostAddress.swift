/// A host and port as connection strings and `hello` name them.
package struct HostAddress: Hashable, Sendable {
    /// A name or number without brackets; the path for a Unix socket.
    package let host: String
    package let port: UInt16
    package let isSocketPath: Bool

    /// From `host`, `host:port`, `[::1]:port` or a percent-encoded path that ends in `.sock`. Nil when the port is no
    /// number from 1 to 65535.
    package init?(_ text: String) {
        if text.hasSuffix(".sock") {
            host = text.replacing("%2F", with: "/").replacing("%2f", with: "/")
            port = HostAddress.defaultPort
            isSocketPath = true
            return
        }
        isSocketPath = false
        if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
            host = String(text[text.index(after: text.startIndex)..<bracket])
            let rest = text[text.index(after: bracket)...]
            guard let port = HostAddress.port(rest) else { return nil }
            self.port = port
        } else {
            let colon = text.lastIndex(of: ":") ?? text.endIndex
            host = String(text[..<colon])
            guard let port = HostAddress.port(text[colon...]), !host.contains(":") else {
                return nil
            }
            self.port = port
        }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else { return nil }
    }

    private static let defaultPort: UInt16 = 27017

    /// From `""` or `":number"`.
    private static func port(_ text: Substring) -> UInt16? {
        if text.isEmpty { return defaultPort }
        guard text.first == ":", let number = UInt16(text.dropFirst()), number > 0 else {
            return nil
        }
        return number
    }
}

extension HostAddress: CustomStringConvertible {
    package var description: String {
        isSocketPath ? host : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
