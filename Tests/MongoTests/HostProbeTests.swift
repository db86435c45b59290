import Mongo
import Testing

struct HostAddressTests {
    @Test(arguments: [
        ("db.example", "db.example:27017"), ("db.example:1", "db.example:1"),
        ("[::1]", "[::1]:27017"),
        ("[fe80::1]:65535", "[fe80::1]:65535"), ("%2Ftmp%2Fmongodb-1.sock", "/tmp/mongodb-1.sock"),
    ])
    func hostsOfConnectionStringsAreUnderstood(text: String, shown: String) {
        #expect(HostAddress(text)?.description == shown)
    }

    @Test(arguments: ["a:0", "a:65536", "a:x", "a:", ":1", "[::1", "[::1]1", ""])
    func whatIsNoHostAndPortIsRefused(text: String) {
        #expect(HostAddress(text) == nil)
    }
}

struct HostProbeTests {
    @Test func numericAddressesResolveToThemselves() throws {
        let address = try #require(HostAddress("127.0.0.1:1"))
        #expect(HostProbe.resolve(address) == .addresses(["127.0.0.1"]))
    }

    @Test func aNameWithoutAddressFails() throws {
        let address = try #require(HostAddress("nothing.invalid:1"))
        guard case .failed(let words) = HostProbe.resolve(address) else {
            Issue.record("it resolved")
            return
        }
        #expect(!words.isEmpty)
    }

    @Test func aPortWithoutListenerRefuses() throws {
        // Nobody listens on port 1 of a test machine.
        let address = try #require(HostAddress("127.0.0.1:1"))
        #expect(HostProbe.reach(address, within: .seconds(5)) == .refused)
        #expect(HostProbe.answerToPlain(address, within: .seconds(5)) == .closed)
    }

    @Test func aMissingSocketFileRefuses() throws {
        let address = try #require(HostAddress("%2Fno%2Fsuch.sock"))
        #expect(HostProbe.reach(address, within: .seconds(5)) == .refused)
    }

    @Test func theHostsOfAStandardStringAreItsOwn() throws {
        let uri = try ConnectionString("mongodb://a:1,b:2/?replicaSet=rs")
        #expect(try HostProbe.seeds(of: uri) == ["a:1", "b:2"])
    }

    @Test func aCallThatDoesNotReturnIsGivenUp() async {
        let clock = ContinuousClock()
        let before = clock.now
        let answer = await OwnThread.run(within: .milliseconds(50)) { () -> Bool in
            while clock.now - before < .seconds(2) {}
            return true
        }
        #expect(answer == nil)
        #expect(await OwnThread.run(within: .seconds(60)) { 7 } == 7)
    }
}
