package import BSON
internal import CMongo
internal import Glibc

/// What can be learned of a host without the driver: its addresses, whether it takes connections, what it speaks.
///
/// Every call here blocks its thread within the given limit (name look-ups: as long as the system's resolver does), so
/// callers run it with `OwnThread`.
package enum HostProbe {
    // MARK: Names

    package enum Resolution: Hashable, Sendable {
        /// Numeric addresses.
        case addresses([String])
        /// No address, with the resolver's words.
        case failed(String)
    }

    package static func resolve(_ address: HostAddress) -> Resolution {
        guard !address.isSocketPath else { return .addresses([]) }
        do throws(ResolverError) {
            let found = try lookUp(address)
            return .addresses(found.map(\.text))
        } catch {
            return .failed(error.words)
        }
    }

    /// The hosts a connection string leads to; those of a mongodb+srv name come from DNS. Throws kind `network` when the
    /// look-up fails, and `invalid` when libmongoc does not accept the string.
    package static func seeds(of connectionString: ConnectionString) throws(MongoError) -> [String]
    {
        guard connectionString.isSRV else { return connectionString.hosts }
        cmongo_initialize()
        var failure = cmongo_error_t()
        guard let lines = cmongo_seeds(connectionString.secretText, &failure) else {
            throw MongoError(failure, while: .connecting)
        }
        defer { free(lines) }
        return String(cString: lines).split(separator: "\n").map(String.init)
    }

    // MARK: Questions

    /// Connects, runs one command on `admin`, and disconnects. A host that does not answer is told at once, not after the
    /// time for server selection: kind `serverSelection`. Blocks up to the string's connect and socket times.
    package static func ask(
        _ command: Document, of connectionString: ConnectionString
    ) throws(MongoError) -> Document {
        cmongo_initialize()
        var failure = cmongo_error_t()
        var answer = cmongo_bytes_t()
        let text = connectionString.secretText
        let isDone = command.withBytes { bytes in
            bytes.baseAddress.map { cmongo_ask(text, $0, bytes.count, &answer, &failure) } ?? false
        }
        let reply = answer.data.flatMap { data in
            Document(
                storage: Storage(adopting: data, count: answer.length), start: 0,
                limit: answer.length)
        }
        guard isDone else { throw MongoError(failure, while: .commanding, reply: reply) }
        guard let reply else {
            throw MongoError(kind: .driver, message: "the server's answer is not a BSON document")
        }
        return reply
    }

    // MARK: Connections

    package enum Reach: Hashable, Sendable {
        case open
        /// Nothing listens there.
        case refused
        /// No answer within the limit: a firewall that drops packets looks like this.
        case silent
        /// With the system's words.
        case unreachable(String)
    }

    /// Connects and disconnects.
    package static func reach(_ address: HostAddress, within limit: Duration) -> Reach {
        switch connected(address, until: .now + limit) {
        case .success(let descriptor):
            close(descriptor)
            return .open
        case .failure(let failure): return failure.reach
        }
    }

    /// How a host answers to the first bytes of a protocol.
    package enum Answer: Hashable, Sendable {
        /// In that protocol.
        case understood
        /// It closed the connection, or did not take it.
        case closed
        /// Nothing within the limit.
        case silent
        /// In some other protocol.
        case other
    }

    /// Whether the host answers to MongoDB's protocol as it is, without TLS.
    package static func answerToPlain(_ address: HostAddress, within limit: Duration) -> Answer {
        let number: Int32 = 0x6C_61_67_30
        return answer(address, to: Greeting.plain(request: number), within: limit) { header in
            func word(_ index: Int) -> Int32 {
                header.withUnsafeBytes {
                    Int32(littleEndian: $0.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
                }
            }
            guard header.count == Greeting.headerLength else { return false }
            return word(2) == number && Greeting.replyCodes.contains(word(3))
        }
    }

    /// Whether the host answers to a TLS handshake, be it with a refusal.
    package static func answerToTLS(_ address: HostAddress, within limit: Duration) -> Answer {
        answer(address, to: Greeting.clientHello, within: limit) { header in
            header.count >= 2 && [Greeting.handshake, Greeting.alert].contains(header[0])
                && header[1] == 3
        }
    }

    private static func answer(
        _ address: HostAddress, to greeting: [UInt8], within limit: Duration,
        isUnderstood: ([UInt8]) -> Bool
    ) -> Answer {
        let deadline = ContinuousClock.Instant.now + limit
        guard case .success(let descriptor) = connected(address, until: deadline) else {
            return .closed
        }
        defer { close(descriptor) }
        guard send(descriptor, greeting, greeting.count, Int32(MSG_NOSIGNAL)) == greeting.count
        else { return .closed }
        var header: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Greeting.headerLength)
        while header.count < Greeting.headerLength {
            guard wait(descriptor, for: POLLIN, until: deadline) else { break }
            let count = recv(descriptor, &chunk, Greeting.headerLength - header.count, 0)
            guard count > 0 else {
                if header.isEmpty { return .closed }
                break
            }
            header += chunk[..<count]
        }
        if header.isEmpty { return .silent }
        return isUnderstood(header) ? .understood : .other
    }
}

// MARK: - Sockets

private struct ResolverError: Error {
    let words: String
}

private struct Endpoint {
    let text: String
    let bytes: [UInt8]
    let family: Int32
}

private func lookUp(_ address: HostAddress) throws(ResolverError) -> [Endpoint] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(address.host, String(address.port), &hints, &list)
    guard status == 0 else { throw ResolverError(words: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(list) }
    var found: [Endpoint] = []
    var next = list
    while let entry = next?.pointee {
        next = entry.ai_next
        guard let socketAddress = entry.ai_addr else { continue }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        getnameinfo(
            socketAddress, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0,
            Int32(NI_NUMERICHOST))
        let bytes = UnsafeRawBufferPointer(start: socketAddress, count: Int(entry.ai_addrlen))
        found.append(
            Endpoint(
                text: String(
                    decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self),
                bytes: Array(bytes), family: entry.ai_family))
    }
    return found
}

private struct ConnectFailure: Error {
    let reach: HostProbe.Reach
}

/// A connected, non-blocking descriptor. Of several addresses, the first one that takes the connection.
private func connected(
    _ address: HostAddress, until deadline: ContinuousClock.Instant
) -> Result<Int32, ConnectFailure> {
    let endpoints: [Endpoint]
    if address.isSocketPath {
        guard let endpoint = socketEndpoint(address.host) else {
            return .failure(ConnectFailure(reach: .unreachable("the path is too long")))
        }
        endpoints = [endpoint]
    } else {
        do throws(ResolverError) {
            endpoints = try lookUp(address)
        } catch {
            return .failure(ConnectFailure(reach: .unreachable(error.words)))
        }
    }
    var worst = HostProbe.Reach.unreachable("it has no address")
    for (index, endpoint) in endpoints.enumerated() {
        // What is left is shared by the addresses that are left.
        let share = (deadline - .now) / (endpoints.count - index)
        switch connected(endpoint, until: .now + share) {
        case .success(let descriptor): return .success(descriptor)
        case .failure(let failure): worst = failure.reach
        }
    }
    return .failure(ConnectFailure(reach: worst))
}

private func connected(
    _ endpoint: Endpoint, until deadline: ContinuousClock.Instant
) -> Result<Int32, ConnectFailure> {
    let type =
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(endpoint.family, type, 0)
    guard descriptor >= 0 else { return .failure(ConnectFailure(errno)) }
    let status = endpoint.bytes.withUnsafeBytes { bytes in
        bytes.baseAddress.map {
            connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        } ?? -1
    }
    if status == 0 { return .success(descriptor) }
    var failure = errno
    if failure == EINPROGRESS {
        guard wait(descriptor, for: POLLOUT, until: deadline) else {
            close(descriptor)
            return .failure(ConnectFailure(reach: .silent))
        }
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
        if failure == 0 { return .success(descriptor) }
    }
    close(descriptor)
    return .failure(ConnectFailure(failure))
}

extension ConnectFailure {
    init(_ number: Int32) {
        switch number {
        case ECONNREFUSED, ENOENT: reach = .refused
        case ETIMEDOUT: reach = .silent
        default: reach = .unreachable(String(cString: strerror(number)))
        }
    }
}

private func socketEndpoint(_ path: String) -> Endpoint? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let isCopied = withUnsafeMutableBytes(of: &address.sun_path) { room in
        guard bytes.count < room.count else { return false }
        room.copyBytes(from: bytes)
        return true
    }
    guard isCopied else { return nil }
    return Endpoint(text: path, bytes: withUnsafeBytes(of: address) { Array($0) }, family: AF_UNIX)
}

/// Whether the descriptor became ready, or broken, before the deadline.
private func wait(
    _ descriptor: Int32, for events: Int32, until deadline: ContinuousClock.Instant
) -> Bool {
    while true {
        let left = deadline - .now
        let milliseconds =
            left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000
        guard milliseconds > 0 else { return false }
        var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        let status = poll(&request, 1, Int32(clamping: milliseconds))
        if status > 0 { return true }
        if status < 0, errno != EINTR { return false }
    }
}
