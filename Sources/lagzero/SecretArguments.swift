import Glibc

/// The command line, which every user of the host can read while the process runs.
enum SecretArguments {
    /// The arguments as they were given. The secrets among them are covered with `*` in the
    /// process's own memory, which is what `ps` shows from now on. To be called once, before
    /// anything else looks at the arguments.
    static func take() -> [String] {
        let arguments = CommandLine.arguments
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            let bytes = UnsafeMutableBufferPointer(start: argument, count: strlen(argument))
            let text = bytes.map(UInt8.init(bitPattern:))
            for position in Redaction.secretRanges(in: text).joined() {
                bytes[position] = CChar(bitPattern: UInt8(ascii: "*"))
            }
        }
        return arguments
    }
}
