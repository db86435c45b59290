import Sandbox
import Testing

struct FaultProxyTests {
    private let server = EchoServer()
    private let hello = Array("hello".utf8)

    /// A proxy in front of the server, and a body that may block.
    private func withProxy(_ body: @escaping @Sendable (FaultProxy) throws -> Void) async throws {
        let proxy = try FaultProxy(to: server.port)
        defer { proxy.stop() }
        try await Thread.run { try body(proxy) }
    }

    @Test func everyByteArrivesInOrderBothWays() async throws {
        try await withProxy { [server] proxy in
            let client = try #require(EchoClient(port: proxy.port))
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            Thread.detach { [client = Unchecked(client)] in client.value.send(bytes) }
            #expect(client.receive(bytes.count) == bytes)
            #expect(server.received == bytes)
        }
    }

    @Test func theEndOfAConnectionIsPassedOn() async throws {
        let proxy = try FaultProxy(to: server.port)
        var client = EchoClient(port: proxy.port)
        client?.send(hello)
        #expect(client?.receive(5) == hello)
        #expect(proxy.connectionCount == 1)
        client = nil
        try await eventually("the connection ends") { proxy.connectionCount == 0 }
        #expect(proxy.bytesToServer == 5)
        #expect(proxy.bytesToClient == 5)
        proxy.stop()
    }

    @Test func aDelayHoldsEveryByteEachWay() async throws {
        try await withProxy { [hello] proxy in
            proxy.delay(milliseconds: 60)
            let client = try #require(EchoClient(port: proxy.port))
            let clock = ContinuousClock()
            let time = clock.measure {
                client.send(hello)
                #expect(client.receive(5) == hello)
            }
            #expect(time >= .milliseconds(120))
            proxy.heal()
            let fast = clock.measure {
                client.send(hello)
                #expect(client.receive(5) == hello)
            }
            #expect(fast < .milliseconds(120))
        }
    }

    @Test func aThrottledLineIsAsSlowAsAsked() async throws {
        try await withProxy { proxy in
            proxy.throttle(bytesPerSecond: 1_000_000)
            let client = try #require(EchoClient(port: proxy.port))
            let bytes = [UInt8](repeating: 7, count: 300_000)
            let time = ContinuousClock().measure {
                client.send(bytes)
                #expect(client.receive(bytes.count).count == bytes.count)
            }
            #expect(time >= .milliseconds(250))
            #expect(time < .seconds(5))
        }
    }

    @Test func aCutResetsAllConnectionsAndLetsNewOnesIn() async throws {
        try await withProxy { [hello] proxy in
            let client = try #require(EchoClient(port: proxy.port))
            client.send(hello)
            #expect(client.receive(5) == hello)
            proxy.cut()
            #expect(client.receive(1) == [])
            #expect(client.isClosed())
            let next = try #require(EchoClient(port: proxy.port))
            next.send(hello)
            #expect(next.receive(5) == hello)
        }
    }

    @Test func aRefusingProxyAcceptsNobodyUntilItHeals() async throws {
        let proxy = try FaultProxy(to: server.port)
        let port = proxy.port
        proxy.cut(refusing: true)
        try await eventually("connections are refused") { EchoClient(port: port) == nil }
        proxy.heal()
        try await eventually("connections are accepted") { EchoClient(port: port) != nil }
        proxy.cut(refusing: true)
        try await eventually("connections are refused again") { EchoClient(port: port) == nil }
        proxy.stop()
    }

    @Test(arguments: [FaultProxy.Direction.both, .toServer, .toClient])
    func aHalfOpenConnectionIsSilentAndDeliversAfterItHeals(
        direction: FaultProxy.Direction
    ) async throws {
        let proxy = try FaultProxy(to: server.port)
        let port = proxy.port
        let client = Unchecked(try #require(EchoClient(port: port)))
        client.value.send(hello)
        #expect(client.value.receive(5) == hello)
        proxy.halfOpen(direction)
        let late = Unchecked(try #require(EchoClient(port: port)))
        client.value.send(hello)
        late.value.send(hello)
        let isHeard = direction == .toClient
        if isHeard {
            try await eventually("the server hears") { server.received.count == 15 }
        }
        let silence = try await Thread.run { client.value.receive(1, patience: 50) }
        #expect(silence == [])
        #expect(!client.value.isClosed())
        #expect(server.received.count == (isHeard ? 15 : 5))
        proxy.heal()
        let answers = try await Thread.run {
            [client, late].map { $0.value.receive(5) }
        }
        #expect(answers == [hello, hello])
        proxy.stop()
    }

    @Test func requestsBeforeACutArriveLateWhenAsked() async throws {
        let proxy = try FaultProxy(to: server.port)
        let client = try #require(EchoClient(port: proxy.port))
        proxy.halfOpen()
        client.send(hello)
        proxy.cut(deliveringRequests: true)
        try await eventually("the client is cut off") { client.isClosed() }
        #expect(server.received == [])
        proxy.heal()
        try await eventually("the request arrives") { server.received == hello }
        proxy.stop()
    }

    @Test func aServerThatIsDownClosesTheConnection() async throws {
        let other = try FaultProxy(to: server.port)
        let proxy = try FaultProxy(to: other.port)
        other.stop()
        try await eventually("nothing listens") { EchoClient(port: other.port) == nil }
        let client = try #require(EchoClient(port: proxy.port))
        try await eventually("the connection is closed") { client.isClosed() }
        proxy.stop()
    }
}

/// For a connection that one thread uses after another.
struct Unchecked<T>: @unchecked Sendable {
    let value: T
    init(_ value: T) { self.value = value }
}
