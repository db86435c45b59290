import Terminal
import Testing

@testable import Wizard

/// Connection strings as they are shown, and as they are completed.
@Suite struct ConnectionFieldTests {
    @Test(arguments: [
        ("mongodb://anna:geheim@h.example.net/", "mongodb://anna:***@h.example.net/"),
        ("mongodb://anna:ge@he:im/@h/", "mongodb://anna:***@h/"),
        ("mongodb://anna@h/", "mongodb://anna@h/"),
        ("mongodb://a:27017,b:27018/?replicaSet=rs0", "mongodb://a:27017,b:27018/?replicaSet=rs0"),
        ("mongodb://[::1]:27017/", "mongodb://[::1]:27017/"),
        (
            "mongodb://h/?tls=true&tlsCertificateKeyFilePassword=geheim&w=1",
            "mongodb://h/?tls=true&tlsCertificateKeyFilePassword=***&w=1"
        ),
        (
            "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:geheim",
            "mongodb://h/?authMechanismProperties=***"
        ),
        // As far as it is typed, a port may still become a password.
        ("mongodb://anna:ge", "mongodb://anna:***"),
        ("mongodb://h:2701", "mongodb://h:***"),
        ("mongodb://h:27017,ge", "mongodb://h:***"),
        ("mongodb+srv://h", "mongodb+srv://h"),
        ("mongo", "mongo"), ("mongodb:/", "mongodb:/"), ("mongodb+srv:", "mongodb+srv:"),
        // Without a scheme nothing tells where a login is.
        ("anna:hunter2@h/", "anna:***"), ("mongodb:/anna:hunter2@h/", "mongodb:***"),
        ("anna:hunter2://h/", "anna:***"), ("http://anna:hunter2@h/", "http:***"),
        ("h/?tlsCertificateKeyFilePassword=geheim", "h/?tlsCertificateKeyFilePassword=***"),
        // No port, or one that a password may begin with.
        ("mongodb://anna:123456/7ab", "mongodb://anna:***"),
        ("mongodb://anna:1234?x", "mongodb://anna:***"),
        ("mongodb://anna:12,34/x", "mongodb://anna:***"),
        ("mongodb://anna:/", "mongodb://anna:***"),
        ("mongodb://anna:x@hunter2:geheim", "mongodb://anna:***@hunter2:***"),
        // Hosts and ports, and nothing else.
        ("mongodb://db1.example.net:27017/shop", "mongodb://db1.example.net:27017/shop"),
        ("mongodb://127.0.0.1:31001/?w=1", "mongodb://127.0.0.1:31001/?w=1"),
        ("mongodb://a:31001,b:31002/", "mongodb://a:31001,b:31002/"),
        ("mongodb://a,b,c/?replicaSet=rs0", "mongodb://a,b,c/?replicaSet=rs0"),
        ("mongodb://anna:geheim@h:31001/x", "mongodb://anna:***@h:31001/x"),
    ])
    func noSecretIsShown(text: String, shown: String) {
        #expect(ConnectionText(text).shown == shown)
    }

    /// The `@` that is the last one now may be one of a password that is not encoded as it should be.
    @Test(arguments: [
        ("mongodb://anna:p@", "mongodb://anna:***@"),
        ("mongodb://anna:p@geh", "mongodb://anna:***@***"),
        ("mongodb://anna:p@geh/e", "mongodb://anna:***@***"),
        ("mongodb://anna:p@geh:12", "mongodb://anna:***@***"),
        ("mongodb://anna@corp:12", "mongodb://anna@corp:***"),
        (
            "mongodb://anna@h/?tlsCertificateKeyFilePassword=x",
            "mongodb://anna@h/?tlsCertificateKeyFilePassword=***"
        ),
        ("mongodb://anna@h.example.net", "mongodb://anna@h.example.net"),
        ("mongodb://anna:p@h.example.net/", "mongodb://anna:***@***"),
        ("mongodb://anna:***@h:310", "mongodb://anna:***@***"),
        ("mongodb://a:31001,b:31002/", "mongodb://a:***"),
        ("mongodb://1234:99/", "mongodb://1234:***"),
        ("mongodb://127.0.0.1:31001/", "mongodb://127.0.0.1:31001/"),
        ("mongodb://a:27017,b:27018/", "mongodb://a:27017,b:27018/"),
    ])
    func noSecretIsShownWhileItIsTyped(text: String, shown: String) {
        #expect(ConnectionText(text).shownSoFar == shown)
    }

    /// Whatever somebody calls a user and takes as a password.
    @Test func noPartOfAPasswordIsShownAtAnyPrefix() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ab19@@.././??:,=&%[]-")
        for _ in 0..<40 {
            let password = String((1...12).map { _ in alphabet.randomElement(using: &random)! })
            for user in ["anna", "1234", "anna.lee", "anna@corp.com"] {
                for scheme in ["mongodb://", "mongodb+srv://"] {
                    let text = "\(scheme)\(user):\(password)@db1.example.net:27017/?w=1"
                    var field = ConnectionField()
                    for (typed, character) in text.enumerated() {
                        _ = field.handle(.character(character))
                        guard typed >= scheme.count + user.count else { continue }
                        let shown = field.line.replacing("***", with: "")
                        let isHidden = [":", ":@", "@:"].contains { scheme + user + $0 == shown }
                        #expect(isHidden, "\(text.prefix(typed + 1)) is shown as \(shown)")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        (
            "mongodb://anna:geheim@db1.example.net:27017,db2.example.net:31001/shop?w=1",
            "mongodb://anna:***@db1.example.net:27017,db2.example.net:31001/shop?w=1"
        ),
        ("mongodb://anna:geheim@db1:27017,db2:27", "mongodb://anna:***@db1:27017"),
        ("mongodb+srv://anna:geheim@shop.example.net", "mongodb+srv://anna:***@shop.example.net"),
        (
            "mongodb://anna:geheim@db1.example.net/?tlsCertificateKeyFilePassword=x",
            "mongodb://anna:***@db1.example.net/?tlsCertificateKeyFilePassword=***"
        ),
        ("mongodb://db1.example.net:27017,db2.ex", "mongodb://db1.example.net:27017,db2.ex"),
        ("mongodb://10.0.0.1:31001,10.0.0.2:31", "mongodb://10.0.0.1:31001,10.0.0.2:31"),
        // What may be of a password is not kept.
        ("mongodb://anna:p@ss.w/rd", "mongodb://anna:***@***"),
        ("mongodb://anna:p@ss:12,x", "mongodb://anna:***@***"),
        ("mongodb://anna.b.c:27", "mongodb://anna.b.c:***"),
        ("mongodb://anna:27017", "mongodb://anna:***"),
        ("mongodb://anna@corp.example.net:27", "mongodb://anna@corp.example.net:***"),
        ("anna:geheim", "anna:***"),
    ])
    func theHostsTypedSoFarAreKeptAndNoSecret(text: String, kept: String) {
        var field = ConnectionField()
        _ = field.handle(.paste(text))
        #expect(field.withoutSecrets.text == kept)
    }

    @Test func whatTheAgentHasShownStaysReadableWhileItsHostsAreChanged() {
        var field = ConnectionField("mongodb://anna:***@h:3100")
        _ = field.handle(.character("1"))
        #expect(field.lines.first == "mongodb://anna:***@h:31001")
        for _ in 0..<10 { _ = field.handle(.backspace) }
        for character in "x@ge" { _ = field.handle(.character(character)) }
        #expect(field.lines.first == "mongodb://anna:***@***")
    }

    @Test func theHostsAreShownWhereTheFieldIsLeft() {
        var field = ConnectionField()
        _ = field.handle(.paste("mongodb://anna:p@db1"))
        #expect(field.lines.first == "mongodb://anna:***@***")
        field.leave()
        #expect(field.lines.first == "mongodb://anna:***@db1")
        _ = field.handle(.character("0"))
        #expect(field.lines.first == "mongodb://anna:***@***")
    }

    @Test func aPasswordIsPutInOnlyWhereOneIsMissing() {
        #expect(
            ConnectionText("mongodb://anna@h/").adding(password: "p:1@/")
                == "mongodb://anna:p%3A1%40%2F@h/")
        for text in ["mongodb://anna:x@h/", "mongodb://h:1/?w=1"] {
            #expect(ConnectionText(text).adding(password: "other") == text)
        }
        #expect(ConnectionText("mongodb://anna@h/").adding(password: "") == "mongodb://anna@h/")
    }

    @Test(arguments: [
        ("mongodb+srv://anna@shop.example.net/", "shop"), ("mongodb://h:27017/", "h"),
        ("mongodb://a.example.net,b.example.net/?replicaSet=rs0", "a"), ("mongodb://", ""),
    ])
    func aNameIsProposed(text: String, name: String) {
        #expect(ConnectionText(text).name == name)
    }

    @Test func whatWasPastedWithSpacesAndNewlinesIsOneLine() {
        var field = ConnectionField()
        _ = field.handle(.paste("  mongodb://h/\n"))
        #expect(field.text == "mongodb://h/")
        _ = field.handle(.backspace)
        _ = field.handle(.character("?"))
        #expect(field.text == "mongodb://h?")
        _ = field.handle(.control("u"))
        #expect(field.isEmpty)
        let isTabTaken = field.handle(.tab)
        #expect(!isTabTaken)
    }

    @Test func theCursorGoesAnywhereOnlyWhileNothingIsHidden() {
        var field = ConnectionField("mongodb://h.example.net/")
        _ = field.handle(.left)
        _ = field.handle(.character("x"))
        #expect(field.text == "mongodb://h.example.netx/")
        var hidden = ConnectionField()
        _ = hidden.handle(.paste("mongodb://u:secret@h/"))
        for _ in 0..<8 { _ = hidden.handle(.left) }
        _ = hidden.handle(.character("x"))
        #expect(hidden.text == "mongodb://u:secret@h/x")
    }

    @Test func whatTheAgentHasShownIsReadableUntilItIsChanged() {
        var field = ConnectionField("mongodb://h:31001/")
        #expect(field.lines.first == "mongodb://h:31001/")
        _ = field.handle(.end)
        _ = field.handle(.character("x"))
        #expect(field.lines.first == "mongodb://h:***")
    }

    @Test(arguments: [
        ("mongodb://h", "mongodb://h/?tlsCAFile=%2Fc"),
        ("mongodb://h/", "mongodb://h/?tlsCAFile=%2Fc"),
        ("mongodb://u:p@h/d?a=b", "mongodb://u:p@h/d?a=b&tlsCAFile=%2Fc"),
        ("mongodb://h/?tlscafile=x&a=b", "mongodb://h/?a=b&tlsCAFile=%2Fc"),
        ("mongodb://h/?", "mongodb://h/?tlsCAFile=%2Fc"),
    ])
    func aCAFileIsPutInOnce(text: String, with: String) {
        #expect(ConnectionText(text).setting(caFile: "/c") == with)
        #expect(ConnectionText(with).caFile == "/c")
        #expect(ConnectionText(text).setting(caFile: "") == text)
    }
}

extension ConnectionField {
    fileprivate var line: String {
        var canvas = Canvas(Size(200, 1))
        draw(in: canvas.bounds, isFocused: true, on: &canvas)
        return canvas.lines[0]
    }

    fileprivate var lines: [String] {
        var canvas = Canvas(Size(60, 1))
        draw(in: canvas.bounds, isFocused: true, on: &canvas)
        return canvas.lines
    }
}
