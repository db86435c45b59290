import Mongo
import Testing

@Suite struct ConnectionStringTests {
    @Test func aStringIsTakenApart() throws {
        let uri = try ConnectionString(
            "mongodb://ann:p%40ss%2F@a.example:27017,b.example/shop?replicaSet=rs&TLS=true")
        #expect(uri.username == "ann")
        #expect(uri.password == "p@ss/")
        #expect(uri.hosts == ["a.example:27017", "b.example"])
        #expect(uri.database == "shop")
        #expect(uri.options == ["replicaset": "rs", "tls": "true"])
        #expect(uri.usesTLS)
        #expect(!uri.isSRV)
    }

    @Test func noDescriptionShowsASecret() throws {
        let uri = try ConnectionString(
            "mongodb://ann:hunter2@h/?tlsCertificateKeyFilePassword=hunter3&authMechanismProperties=X:hunter4"
        )
        for text in ["\(uri)", String(reflecting: uri), "\([uri])"] {
            #expect(!text.contains("hunter"))
            #expect(text.contains("ann:***@h"))
        }
        var dumped = ""
        dump(uri, to: &dumped)
        #expect(!dumped.contains("hunter"))
    }

    @Test(arguments: [
        "http://h", "mongodb://", "mongodb://a,,b", "mongodb://@h", "mongodb://u:p@ss@h",
        "mongodb://u:p/ss@h",
        "mongodb://u:%zz@h", "mongodb://h/?a", "mongodb+srv://a,b", "mongodb+srv://a:27017",
    ])
    func whatIsNotValidIsRefused(_ text: String) {
        #expect(throws: MongoError.self) { try ConnectionString(text) }
    }

    @Test func aRefusalNeverRepeatsThePassword() {
        let error = #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://u:hun/ter2@h")
        }
        #expect(error?.message.contains("hun") == false)
        #expect(error?.message.contains("%2F") == true)
    }

    @Test func anOptionIsSetWithoutLosingTheOthers() throws {
        let uri = try ConnectionString("mongodb://h/?replicaSet=rs").setting([
            "directconnection": "false"
        ])
        #expect(uri.options == ["replicaset": "rs", "directconnection": "false"])
    }

    @Test func optionNamesAreWrittenAsTheDocumentationWritesThem() throws {
        let uri = try ConnectionString(
            "mongodb://h/?REPLICASET=rs&authsource=admin&TLScaFile=c&W=1")
        #expect(uri.description == "mongodb://h/?authSource=admin&replicaSet=rs&tlsCAFile=c&w=1")
    }

    /// As the shell does: one that is misspelled would have no effect, and nobody would know.
    @Test func unknownOptionsAreNamedAndRefused() {
        let error = #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://u:geheim@h/?replicaset=rs&authSorce=geheim")
        }
        #expect(error?.message.contains("authsorce is not a known option") == true)
        #expect(error?.message.contains("geheim") == false)
        // What stands before a = may be the rest of a password.
        let cut = #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://h/?tlsCertificateKeyFilePassword=ge&heim=x")
        }
        #expect(cut?.message.contains("heim") == false)
        #expect(cut?.message.contains("%26") == true)
    }

    @Test func whatIsShownAsASecretIsTakenFromTheOtherOne() throws {
        let stored = try ConnectionString(
            "mongodb://u:geheim@h/?tlsCertificateKeyFilePassword=key")
        let shown = try ConnectionString("\(stored)")
        #expect(try shown.takingSecrets(of: stored) == stored)
        // The same user without a password keeps it; another one has to bring it.
        let bare = try ConnectionString("mongodb://u@other/").takingSecrets(of: stored)
        #expect(bare.password == "geheim")
        #expect(try ConnectionString("mongodb://v@h/").takingSecrets(of: stored).password == nil)
        #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://v:***@h/").takingSecrets(of: stored)
        }
        #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://u:***@h/").takingSecrets(of: nil)
        }
        #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://h/?authMechanismProperties=***").takingSecrets(
                of: stored)
        }
        let typed = try ConnectionString("mongodb://u:new@h/").takingSecrets(of: stored)
        #expect(typed.password == "new")
    }

    @Test func aPasswordNeedsAUser() throws {
        let text = try ConnectionString("mongodb://u@h/").setting(password: "p@/x").secretText
        #expect(text == "mongodb://u:p%40%2Fx@h/")
        #expect(throws: MongoError.self) {
            try ConnectionString("mongodb://h/").setting(password: "x")
        }
    }
}
