import Glibc
import Testing

@testable import Terminal

@Suite struct MailboxTests {
    private func isReadable(_ mailbox: Mailbox<Int>) -> Bool {
        var polled = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    @Test func itIsReadableUntilAllIsTaken() throws {
        let mailbox = try Mailbox<Int>()
        #expect(!isReadable(mailbox))
        mailbox.post(1)
        mailbox.post(2)
        #expect(isReadable(mailbox))
        #expect(mailbox.take() == [1, 2])
        #expect(!isReadable(mailbox))
        mailbox.post(3)
        #expect(isReadable(mailbox))
    }
}
