internal import ControlAPI
internal import FoundationEssentials
internal import Glibc
package import Hummingbird
package import Logging
internal import NIOCore
internal import Synchronization

/// `MigrationControl` over HTTP on the Unix socket: `POST /v1/request?asked=N`; `GET /v1/events?after=N`, which sends one JSON
/// object a line for as long as the client stays; and `GET /v1/alive`, which answers with one such line.
package enum Server {
    package static func application(
        _ supervisor: Supervisor, socket: String, requests: RequestsUnderWay, logger: Logger
    ) -> some ApplicationProtocol {
        let router = Router()
        router.post("/v1/request") { request, _ in
            let body = try await request.body.collect(upTo: Tuning.requestBytes)
            let asked = request.uri.queryParameters.get("asked", as: Int64.self)
            requests.begin()
            defer { requests.end() }
            return try await answer(Array(body.readableBytesView), asked, supervisor)
        }
        router.get("/v1/events") { request, _ in
            let after = request.uri.queryParameters.get("after", as: Int64.self)
            return Response(
                status: .ok, headers: [.contentType: ndjson],
                body: events(supervisor, after: after))
        }
        router.get("/v1/alive") { _, _ in
            Response(
                status: .ok, headers: [.contentType: ndjson],
                body: ResponseBody(byteBuffer: try line(await supervisor.alive())))
        }
        return Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .unixDomainSocket(path: socket), serverName: "lagzero"),
            // Nobody else comes into its folder; the socket says so, too.
            onServerRunning: { _ in chmod(socket, 0o600) },
            logger: logger)
    }

    /// What was asked of an agent that hung is not done when it wakes up: whoever asked has been told that nobody
    /// answers, and has acted on it.
    private static func answer(
        _ body: [UInt8], _ asked: Int64?, _ supervisor: Supervisor
    ) async throws -> Response {
        let answer: ControlAnswer
        do {
            let request = try JSONDecoder().decode(ControlRequest.self, from: Data(body))
            let age = asked.map { HostClock.uptime - $0 } ?? 0
            guard request.isQuestion || age <= Tuning.requestAge else {
                throw ControlError(
                    .agentSilent,
                    "the agent did not go on for \(age / 1_000) s, and has done nothing",
                    remedy: "ask again, if it is still wanted")
            }
            answer = try await supervisor.answer(request)
        } catch is DecodingError {
            answer = .error(
                ControlError(
                    .invalid, "the agent does not understand the request",
                    remedy: "use the agent and the wizard of one version"))
        } catch {
            answer = .error(ControlError(any: error))
        }
        var status = HTTPResponse.Status.ok
        if case .error = answer { status = .unprocessableContent }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder().encode(answer))))
    }

    private static let ndjson = "application/x-ndjson"

    private static func line(_ event: Event) throws -> ByteBuffer {
        var bytes = ByteBuffer(bytes: try JSONEncoder().encode(event))
        bytes.writeInteger(UInt8(ascii: "\n"))
        return bytes
    }

    private static func events(_ supervisor: Supervisor, after: Int64?) -> ResponseBody {
        ResponseBody { writer in
            for await event in await supervisor.watch(after: after) {
                try await writer.write(try line(event))
            }
            try await writer.finish(nil)
        }
    }
}

/// How many requests are being carried out: a stop waits for them.
package final class RequestsUnderWay: Sendable {
    private let count = Mutex(0)

    var isAny: Bool { count.withLock { $0 > 0 } }

    func begin() { count.withLock { $0 += 1 } }

    func end() { count.withLock { $0 -= 1 } }
}
