import Testing

@testable import lagzero

@Suite struct RedactionTests {
    @Test(arguments: [
        ("mongodb://u:secret@h", "mongodb://u:***@h"),
        ("mongodb+srv://u:secret@h/db?w=1", "mongodb+srv://u:***@h/db?w=1"),
        ("mongodb://u@h:1,i:2", "mongodb://u@h:1,i:2"),
        ("mongodb://h:27017", "mongodb://h:27017"),
        ("mongodb://u:@h", "mongodb://u:@h"),
        // Not percent-encoded, as people write them.
        ("mongodb://u:a/b@c?d@h", "mongodb://u:***@h"),
        ("Mongo://u:secret@h", "Mongo://u:***@h"),
        (
            "mongodb://h/?tlsCertificateKeyFilePassword=secret&w=1",
            "mongodb://h/?tlsCertificateKeyFilePassword=***&w=1"
        ),
        (
            "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:secret",
            "mongodb://h/?authMechanismProperties=***"
        ),
    ])
    func secretsOfAConnectionStringAreHidden(text: String, shown: String) {
        #expect(Redaction()(text) == shown)
        #expect(
            Redaction()("cannot connect to '\(text)': no answer")
                == "cannot connect to '\(shown)': no answer")
    }

    @Test func aKnownPasswordIsHiddenWhereverItStands() {
        let redaction = Redaction(connectionStrings: ["mongodb://u:pa%2Fss%20word@h"])
        #expect(redaction("it says pa%2Fss%20word") == "it says ***")
        #expect(redaction("it says pa/ss word") == "it says ***")
        let quoting = Redaction(connectionStrings: ["mongodb://u:hun%22ter%5C2@h"])
        #expect(quoting(#"it says hun"ter\2"#) == "it says ***")
        #expect(quoting(#"{"message": "hun\"ter\\2"}"#) == #"{"message": "***"}"#)
    }

    @Test func aMalformedConnectionStringIsRecognised() {
        let text = "mongodb://u:my secret's here@h"
        let redaction = Redaction(connectionStrings: [text])
        #expect(
            redaction("Unexpected argument '\(text)'") == "Unexpected argument 'mongodb://u:***@h'")
    }

    @Test func aShortPasswordTakesNoWordsOutOfMessages() {
        let redaction = Redaction(connectionStrings: ["mongodb://u:copy@h"])
        #expect(redaction("copying") == "copying")
    }

    @Test func textWithoutSecretsStaysAsItIs() {
        let text = "a  b\n'c' \"d\" https://example.org/x?y=1 <e>"
        #expect(Redaction(connectionStrings: ["--json", "x"])(text) == text)
    }
}
