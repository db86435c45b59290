internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One request over a Unix socket and its answer, on a connection of its own.
struct HTTPExchange: Sendable {
    /// The path of the socket.
    let socket: String
    let method: HTTPMethod
    let uri: String
    var body = ByteBuffer()

    /// The answer did not come whole, or not in time.
    struct Incomplete: Error {}

    /// Gives what the answer holds to `take`, as it arrives; returns when that is all, with the status. Throws what NIO
    /// throws where nobody listens, `Incomplete`, and `CancellationError`.
    func run(_ take: (ByteBuffer) throws -> Void) async throws -> HTTPResponseStatus {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(unixDomainSocketPath: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { answer, request in
            var head = HTTPRequestHead(version: .http1_1, method: method, uri: uri)
            head.headers = [
                "host": "localhost", "connection": "close",
                "content-length": String(body.readableBytes),
            ]
            try await request.write(
                contentsOf: [.head(head), .body(.byteBuffer(body)), .end(nil)])
            var status: HTTPResponseStatus?
            for try await part in answer {
                switch part {
                case .head(let head): status = head.status
                case .body(let bytes): try take(bytes)
                case .end:
                    if let status { return status }
                }
            }
            try Task.checkCancellation()
            throw Incomplete()
        }
    }

    /// The whole answer. Throws `Incomplete` also after `limit`, and where it has more than `maximumBytes`.
    func answer(within limit: Duration, maximumBytes: Int) async throws -> ByteBuffer {
        try await withThrowingTaskGroup { group in
            group.addTask {
                var bytes = ByteBuffer()
                _ = try await run { part in
                    guard bytes.readableBytes + part.readableBytes <= maximumBytes else {
                        throw Incomplete()
                    }
                    bytes.writeImmutableBuffer(part)
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: limit)
                throw Incomplete()
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ByteBuffer()
        }
    }
}
