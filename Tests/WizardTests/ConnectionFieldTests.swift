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
        ("mongo", "mongo"),
    ])
    func noSecretIsShown(text: String, shown: String) {
        #expect(ConnectionText(text).shown == shown)
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
        var hidden = ConnectionField("mongodb://u:secret@h/")
        for _ in 0..<8 { _ = hidden.handle(.left) }
        _ = hidden.handle(.character("x"))
        #expect(hidden.text == "mongodb://u:secret@h/x")
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
