import Glibc
import Testing

@testable import Terminal

@Suite struct MailboxTests {
    private func isReadable(_ mailbox: Mailbox<Int>) -> Bool {
        var polled = pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    @Test func aMessageThatCanWaitWakesNobodyUp() throws {
        let mailbox = try Mailbox<Int>()
        mailbox.post(1, canWait: true)
        #expect(!isReadable(mailbox))
        mailbox.post(2)
        mailbox.post(3, canWait: true)
        #expect(isReadable(mailbox))
        #expect(mailbox.take() == [1, 2, 3])
        #expect(!isReadable(mailbox))
        mailbox.post(4, canWait: true)
        #expect(mailbox.take() == [4])
        mailbox.post(5)
        #expect(isReadable(mailbox))
    }
}
