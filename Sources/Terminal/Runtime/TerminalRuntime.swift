internal import CTerminal
internal import Foundation
internal import Synchronization

/// Shows a program on the terminal, on a full screen or line by line. One thread owns the terminal and waits for it, for
/// messages and for the next deadline at once; effects run as tasks, and come back as messages.
package final class TerminalRuntime<P: Program>: Sendable {
    private let options: TerminalOptions?
    private let plain: PlainOptions
    private let look: Look<P>
    private let atOnce: AtOnce<P>
    private let perform: Perform<P>
    private let mailbox: Mailbox<P.Message>

    /// Opens nothing yet. `options`: nil where there is no full screen. Throws when the process is out of descriptors.
    package init(
        _ type: P.Type = P.self, options: TerminalOptions?, plain: PlainOptions = PlainOptions(),
        look: @escaping Look<P> = { [] }, atOnce: @escaping AtOnce<P> = { _, _ in false },
        perform: @escaping Perform<P>
    ) throws {
        self.options = options
        self.plain = plain
        self.look = look
        self.atOnce = atOnce
        self.perform = perform
        mailbox = try Mailbox()
    }

    /// Sends messages to the program, before the run as well.
    package var sender: Sender<P.Message> {
        let mailbox = mailbox
        return Sender { mailbox.post($0) }
    }

    /// Runs the program until it exits or the terminal goes, then leaves the terminal as it was found. To be called
    /// once. Nothing of the cooperative pool is blocked. While it runs SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT and
    /// SIGWINCH are its own: no other thread may wait for them.
    package func run(_ model: P.Model) async throws -> (model: P.Model, ending: Ending) {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                // Not by Foundation, which may not know the thread yet.
                cterminal_name_thread("terminal")
                continuation.resume(with: Result { try self.runHere(model) })
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    /// The same on the calling thread, which it blocks.
    package func runHere(_ model: P.Model) throws -> (model: P.Model, ending: Ending) {
        let program = ProgramRun<P>(model, mailbox, look: look, atOnce: atOnce, perform)
        defer {
            program.cancelEffects()
            mailbox.close()
        }
        var isPlain = plain.isWanted || options == nil
        var reason = plain.reason
        while true {
            if isPlain {
                try runPlain(program, because: reason)
                reason = nil
            } else if let options {
                do {
                    let device = try TerminalDevice(options)
                    defer { device.close() }
                    ProgramLoop<P>(program, device, options).run()
                } catch {
                    guard P.plain(program.model) != nil else { throw error }
                    reason = "\(error) It is read line by line."
                }
            }
            if let ending = program.ending { return (program.model, ending) }
            isPlain.toggle()
        }
    }

    private func runPlain(_ program: ProgramRun<P>, because reason: String?) throws {
        let line = try plain.isTerminal ? TerminalLine(opening: plain.device) : TerminalLine()
        try line.enter()
        defer { line.close() }
        PlainLoop<P>(program, line, plain, hasScreen: options != nil && plain.isTerminal)
            .run(because: reason)
    }
}
