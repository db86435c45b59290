internal import Glibc

/// The thread of a proxy: owns its connections, waits for all of them at once.
final class ProxyLoop {
    private final class Pair {
        let client: Int32
        /// Negative until there is a connection to the server, or an attempt.
        var server: Int32 = -1
        var isConnected = false
        /// The client was reset by us and is only kept until its requests have arrived.
        var isClientGone = false
        /// To be closed by a reset, which also throws away what the kernel has not sent yet.
        var isCut = false
        var requests = ProxyStream()
        var replies = ProxyStream()
        /// What the last attempt to write ended with.
        var requestStep = ProxyStream.Step.idle
        var replyStep = ProxyStream.Step.idle

        init(client: Int32) { self.client = client }

        var isFinished: Bool { requests.isFinished && replies.isFinished }
    }

    private let core: ProxyCore
    private var faults = ProxyFaults()
    private var pairs: [Pair] = []
    private var requestThrottle = Throttle()
    private var replyThrottle = Throttle()
    private var traffic = ProxyTraffic()
    private var polls: [pollfd] = []

    init(_ core: ProxyCore) { self.core = core }

    func run() {
        while true {
            adopt(core.faults)
            if faults.isStopped { break }
            let now = monotonicNanoseconds()
            for pair in pairs { advance(pair, now: now) }
            closeFinished()
            traffic.connections = pairs.count { !$0.isClientGone }
            traffic.held = pairs.reduce(0) { $0 + $1.requests.queuedBytes }
            core.publish(traffic)
            wait(now: now)
        }
        for pair in pairs { abort(pair) }
        closeFinished()
        core.publish(ProxyTraffic(toServer: traffic.toServer, toClient: traffic.toClient))
        shutdown(core.listener, Int32(SHUT_RD))
    }

    /// Acts on what was changed since the last round.
    private func adopt(_ new: ProxyFaults) {
        if new.cuts != faults.cuts {
            // Who has connected before the cut, seen by us or not, is cut.
            accept()
            for pair in pairs {
                if new.isDeliveringRequests { dropClient(of: pair) } else { abort(pair) }
            }
            closeFinished()
        }
        // A listening socket that is shut down keeps its port and refuses until it listens again.
        if new.isRefusing, !faults.isRefusing { shutdown(core.listener, Int32(SHUT_RD)) }
        if !new.isRefusing, faults.isRefusing { listen(core.listener, SOMAXCONN) }
        requestThrottle.bytesPerSecond = new.bytesPerSecond
        replyThrottle.bytesPerSecond = new.bytesPerSecond
        faults = new
    }

    private func dropClient(of pair: Pair) {
        guard !pair.isClientGone else { return }
        // What the client had sent before the cut may still stand in the socket.
        while pair.requests.wantsInput, isReadable(pair.client) {
            guard pair.requests.read(from: pair.client, due: 0) else { break }
        }
        pair.requests.end(due: 0)
        pair.replies.abandon()
        pair.isClientGone = true
        reset(pair.client)
    }

    private func abort(_ pair: Pair) {
        pair.isCut = true
        pair.requests.abandon()
        pair.replies.abandon()
    }

    private func closeFinished() {
        pairs.removeAll { pair in
            guard pair.isFinished else { return false }
            for descriptor in [pair.isClientGone ? -1 : pair.client, pair.server]
            where descriptor >= 0 {
                if pair.isCut { reset(descriptor) } else { close(descriptor) }
            }
            return true
        }
    }

    // MARK: Forwarding

    private func advance(_ pair: Pair, now: UInt64) {
        if pair.server < 0, !faults.holdsRequests { connectToServer(pair) }
        if pair.isConnected, !faults.holdsRequests {
            let budget = requestThrottle.budget(now: now)
            let (count, step) = pair.requests.write(to: pair.server, now: now, budget: budget)
            requestThrottle.use(count)
            traffic.toServer += count
            pair.requestStep = step
        } else {
            pair.requestStep = .idle
        }
        if !pair.isClientGone, !faults.holdsReplies {
            let budget = replyThrottle.budget(now: now)
            let (count, step) = pair.replies.write(to: pair.client, now: now, budget: budget)
            replyThrottle.use(count)
            traffic.toClient += count
            pair.replyStep = step
        } else {
            pair.replyStep = .idle
        }
    }

    private func connectToServer(_ pair: Pair) {
        pair.server = streamSocket(nonBlocking: true)
        let status = withLoopbackAddress(core.target) { connect(pair.server, $0, $1) }
        if status == 0 {
            connected(pair)
        } else if errno != EINPROGRESS {
            abort(pair)
        }
    }

    private func connected(_ pair: Pair) {
        pair.isConnected = true
        sendAtOnce(pair.server)
    }

    // MARK: Waiting

    /// Waits for the next event and reads what came. In `polls`: the wake-up, the listener, then two for each pair.
    private func wait(now: UInt64) {
        polls.removeAll(keepingCapacity: true)
        polls.append(pollfd(fd: core.wake, events: Int16(POLLIN), revents: 0))
        polls.append(
            pollfd(fd: faults.isRefusing ? -1 : core.listener, events: Int16(POLLIN), revents: 0))
        var deadline = UInt64.max
        for pair in pairs {
            let isConnecting = pair.server >= 0 && !pair.isConnected
            let client = pair.isClientGone ? -1 : pair.client
            polls.append(
                interest(client, reads: pair.requests.wantsInput, pair.replyStep, &deadline))
            var server = interest(
                pair.server, reads: pair.isConnected && pair.replies.wantsInput, pair.requestStep,
                &deadline)
            if isConnecting {
                server.fd = pair.server
                server.events |= Int16(POLLOUT)
            }
            polls.append(server)
        }
        poll(until: deadline, now: now)
        var bytes: [UInt8] = Array(repeating: 0, count: 64)
        if polls[0].revents != 0 { _ = read(core.wake, &bytes, bytes.count) }
        let due = faults.delay == 0 ? 0 : monotonicNanoseconds() + faults.delay
        for (index, pair) in pairs.enumerated() {
            receive(
                pair, client: polls[2 + 2 * index].revents, server: polls[3 + 2 * index].revents,
                due: due)
        }
        if polls[1].revents != 0 { accept() }
    }

    private func poll(until deadline: UInt64, now: UInt64) {
        let wait =
            deadline == .max
            ? -1 : Int32(min((deadline - min(now, deadline) + 999_999) / 1_000_000, 3_600_000))
        _ = Glibc.poll(&polls, nfds_t(polls.count), wait)
    }

    /// A descriptor nothing is wanted of is left out: its hang-up would otherwise wake the thread again and again.
    private func interest(
        _ descriptor: Int32, reads: Bool, _ step: ProxyStream.Step, _ deadline: inout UInt64
    ) -> pollfd {
        var events: Int32 = reads ? POLLIN : 0
        switch step {
        case .blocked: events |= POLLOUT
        case .waiting(let time): deadline = min(deadline, time)
        case .idle, .finished: break
        }
        return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
    }

    private func receive(_ pair: Pair, client: Int16, server: Int16, due: UInt64) {
        if server != 0, !pair.isConnected {
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(pair.server, SOL_SOCKET, SO_ERROR, &code, &size)
            if code == 0 { connected(pair) } else { abort(pair) }
            return
        }
        // A side that was reset can take no more; what it had sent is still handed on.
        if client != 0, pair.requests.wantsInput, !pair.requests.read(from: pair.client, due: due) {
            pair.requests.end(due: due)
            pair.replies.abandon()
        }
        if server != 0, pair.replies.wantsInput, !pair.replies.read(from: pair.server, due: due) {
            pair.replies.end(due: due)
            pair.requests.abandon()
        }
    }

    private func accept() {
        while true {
            let client = Glibc.accept(core.listener, nil, nil)
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            sendAtOnce(client)
            pairs.append(Pair(client: client))
        }
    }
}

private func isReadable(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&entry, 1, 0) > 0
}

/// No waiting for more bytes to fill a packet.
private func sendAtOnce(_ descriptor: Int32) {
    var yes: Int32 = 1
    setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
}

/// Closes with a reset, as a broken line does.
private func reset(_ descriptor: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close(descriptor)
}
