/// A line of pretty-printed JSON without the texts that may repeat a password which is not known.
///
/// Numbers stay, and texts that are names or words of this program. What was written by people, by servers or for people
/// to read is left out: nobody can say what stands in it.
enum VouchedLine {
    static let leftOut = "(left out)"

    /// Keys whose texts are names, versions, addresses or words of a list.
    private static let keys: Set<String> = [
        "id", "organization", "project", "source", "destination", "name", "sourceName",
        "destinationName", "connectionString", "destinationConnectionString", "replicaSet",
        "version", "host", "state", "check", "side", "phase", "pausedFrom", "code", "mode",
        "verify", "namespace", "appliedThrough",
    ]

    /// `line`: of an encoder that gives each value a line, so that no text goes on in the next one.
    static func of(_ line: String) -> String {
        let indentation = line.prefix { $0 == " " }
        guard line.dropFirst(indentation.count).hasPrefix("\"") else { return line }
        if line.contains(/^ *"\w+" : [^"]/) { return line }
        let comma = line.hasSuffix(",") ? "," : ""
        // A quotation mark within a text has a backslash before it, and so never ends a key here.
        guard let parts = line.wholeMatch(of: /( *"(\w+)" : ")(.*)",?/) else {
            return "\(indentation)\"\(leftOut)\"\(comma)"
        }
        let text = keys.contains(String(parts.2)) ? Redaction.shown(String(parts.3)) : leftOut
        return "\(parts.1)\(text)\"\(comma)"
    }
}
