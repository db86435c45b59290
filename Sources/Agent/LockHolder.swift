internal import FoundationEssentials
internal import Glibc

/// The agent that holds a state folder.
package struct LockHolder: Equatable, CustomStringConvertible, Sendable {
    /// Its number; nil where nothing tells it.
    package let process: Int?

    package init(process: Int?) { self.process = process }

    package var description: String { process.map { "process \($0)" } ?? "process unknown" }
}

/// What the kernel tells of the locks on files (proc_locks(5)). It is not there everywhere, and leaves out what another
/// process namespace holds.
package enum LockTable {
    package static let path = "/proc/locks"

    /// The process that has the file of the descriptor for itself, by `flock`; nil where it is not told.
    static func holder(of descriptor: Int32, in table: String) -> Int? {
        var information = stat()
        guard fstat(descriptor, &information) == 0 else { return nil }
        let device = UInt64(information.st_dev)
        let major = device >> 8 & 0xfff | device >> 32 & 0xffff_f000
        let minor = device & 0xff | device >> 12 & 0xffff_ff00
        let file = "\(hexadecimal(major)):\(hexadecimal(minor)):\(information.st_ino)"
        let text = (try? String(contentsOfFile: table, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n") {
            // Its number, the kind, whether it binds, the mode, the process, the file; who waits has an arrow before the kind.
            let parts = line.split(separator: " ")
            guard parts.count > 5, parts[1] == "FLOCK", parts[3] == "WRITE", parts[5] == file,
                let process = Int(parts[4]), process > 0
            else { continue }
            return process
        }
        return nil
    }

    /// At least two digits, as the kernel writes them.
    private static func hexadecimal(_ number: UInt64) -> String {
        (number < 16 ? "0" : "") + String(number, radix: 16)
    }
}
