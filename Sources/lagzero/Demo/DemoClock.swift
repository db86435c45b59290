import ControlAPI
import Foundation
import Sandbox

/// How fast the time to cut over passes in a demo. That is written in the folder of its agent, where each that is started
/// there finds it, whoever starts it; no option and no variable sets it for any other.
enum DemoClock {
    /// Makes the folder where there is none.
    static func set(_ speed: Int, in folder: AgentFolder) throws {
        try FileManager.default.createDirectory(
            atPath: folder.path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try Data("\(speed)\n".utf8).write(to: URL(filePath: folder.clock), options: .atomic)
    }

    /// 1 where nobody has set it. Throws where it is set in a folder that is no demo's: a real migration takes the time
    /// that it takes.
    static func speed(in folder: AgentFolder) throws -> Int {
        guard let bytes = FileManager.default.contents(atPath: folder.clock) else { return 1 }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard let speed = Int(text), Tuning.demoClockSpeeds.contains(speed) else {
            throw ControlError(
                .store, "\(folder.clock) does not say how fast the time of a demo passes",
                remedy: "remove it")
        }
        let around = URL(filePath: folder.path).deletingLastPathComponent().path
        guard ScratchFolder.isInUse(around) else {
            throw ControlError(
                .store, "\(folder.clock) has the time to cut over pass faster, and this is no demo",
                remedy: "remove it")
        }
        return speed
    }
}
