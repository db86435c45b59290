import ControlAPI
import Foundation
import Testing

@testable import Agent

@Suite struct MailTests {
    private func mail(_ subject: String, _ text: String, host: String = "bastion") -> String {
        let letter = Letter(subject: subject, text: text)
        let message = Message(
            event: "failed", letter: letter, time: 1_795_400_049_000, id: "failed.6a.7")
        return Mail(
            from: "root@bastion", to: ["anna@example.net", "ops"], message: message, host: host
        ).text
    }

    private func headers(_ mail: String) -> [String] {
        mail.components(separatedBy: "\n\n")[0].replacingOccurrences(of: "\n ", with: " ")
            .components(separatedBy: "\n")
    }

    @Test func aMailHasAllThatItNeeds() {
        let text = mail("a -> b: failed", "It has failed.\n")
        #expect(
            headers(text) == [
                "From: root@bastion", "To: anna@example.net, ops", "Subject: a -> b: failed",
                "Date: Mon, 23 Nov 2026 02:14:09 +0000", "Message-ID: <failed.6a.7@bastion>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=UTF-8",
                "Content-Transfer-Encoding: quoted-printable",
            ])
        #expect(text.hasSuffix("\n\nIt has failed.\n"))
    }

    @Test(arguments: [
        "shop\nBcc: eve@example.net", "shop\r\nBcc: eve@example.net", "shop\u{2028}Bcc: eve",
        "shop\u{0}\u{1b}[31m", "shop\u{85}x",
    ])
    func aNameBringsNoHeader(name: String) {
        let text = mail("\(name) -> b: failed", "\(name)\n\nover")
        let headers = headers(text)
        #expect(headers.count == 9)
        #expect(!headers.contains { $0.hasPrefix("Bcc") })
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || (0x20...0x7E).contains($0.value) })
    }

    @Test(arguments: [
        "Größe -> 漢字: failed", String(repeating: "ä", count: 200), "=?UTF-8?Q?=41?= -> b",
        String(repeating: "long ", count: 40),
    ])
    func aSubjectThatIsNotPlainIsEncodedInShortWords(subject: String) throws {
        let encoded = Mail.encoded(subject)
        let words = encoded.components(separatedBy: "\n ")
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        let decoded = try words.map { word in
            let base = word.dropFirst("=?UTF-8?B?".count).dropLast("?=".count)
            return String(
                decoding: try #require(Data(base64Encoded: String(base))), as: UTF8.self)
        }
        #expect(decoded.joined() == subject)
    }

    @Test func aTextIsQuoted() {
        #expect(Mail.quotedPrintable("a = b\nc ") == "a =3D b\nc=20")
        #expect(Mail.quotedPrintable("ä") == "=C3=A4")
        let long = Mail.quotedPrintable(String(repeating: "x=", count: 100))
        #expect(long.components(separatedBy: "\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(
            long.replacingOccurrences(of: "=\n", with: "").replacingOccurrences(
                of: "=3D", with: "=") == String(repeating: "x=", count: 100))
    }

    @Test func aHostNameThatIsNoneIsLeftOut() {
        #expect(mail("a", "b", host: "my host>").contains("<failed.6a.7@localhost>"))
    }

    @Test(arguments: [
        ("anna@example.net", true), ("root", true), ("anna+x@[::1]", false), ("", false),
        ("a b@c", false), ("a@b,c@d", false), ("a@b\nBcc:x", false), ("ä@b", false), ("-f", false),
    ])
    func anAddressCannotBeMore(text: String, isOne: Bool) {
        #expect(NotificationSettings.isAddress(text) == isOne)
    }
}
