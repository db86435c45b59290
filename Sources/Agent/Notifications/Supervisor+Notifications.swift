internal import ControlAPI
internal import FoundationEssentials
internal import Migration

/// Tells those who are not at a terminal what needs them.
///
/// Nothing is told twice, over restarts either: that it was told is written down together with the line in the event log
/// and with the message for everybody else.
struct Telling: Sendable {
    let settings: @Sendable () throws -> NotificationSettings
    let directions: Directions
    var told: [Identifier: [Occasion]] = [:]
    var outbox = Outbox()
    /// Migrations that are over, with all told.
    var settled: Set<Identifier> = []
    /// Messages of which the store does not know yet that channels have taken them: those that have not.
    var unwritten: [Int64: Set<Message.Channel>] = [:]
    /// Sends what is due, one after another.
    var sending: Task<Void, Never>?
}

extension Directions {
    /// Where no option names the folder it is found by the variables that every shell has.
    init(host: String, folder: AgentFolder) {
        var environment = ProcessInfo.processInfo.environment
        environment[AgentFolder.variable] = nil
        let isUsual = AgentFolder(environment: environment) == folder
        self.init(host: host, folder: isUsual ? nil : folder.path)
    }
}

extension Supervisor {
    /// Looks through all migrations for what is to be told, and sends what is due. `now`: milliseconds since 1970.
    func tellOccasions(at now: Int64 = Clock.now) async {
        let ids = state.migrations.map(\.id).filter { !telling.settled.contains($0) }
        for id in ids { await tellOccasions(of: id, at: now) }
        for (id, channels) in telling.unwritten { await keep(channels, ofMessage: id) }
        guard telling.sending == nil, telling.outbox.next(at: .now) != nil else { return }
        telling.sending = Task { await sendAll() }
    }

    private func tellOccasions(of id: Identifier, at now: Int64) async {
        guard let live = try? migration(id) else { return }
        await dropUntrue(of: live)
        var isAllTold = true
        for old in telling.told[id] ?? [] where old.isOver(live) { await forget(old, of: id) }
        for occasion in Occasion.all(of: live, at: now)
        where occasion.isNews(telling.told[id] ?? [], speed: live.cutover.speed) {
            do {
                try await tell(occasion, live, at: now)
            } catch {
                isAllTold = false
            }
        }
        // It may have been retried meanwhile.
        let isSame = (try? migration(id)).map {
            ($0.phase, $0.endedAt) == (live.phase, live.endedAt)
        }
        if live.phase.isFinal, isAllTold, isSame == true { telling.settled.insert(id) }
    }

    /// Nobody is to read what was true when it fell due and is not when it arrives; the event log keeps it.
    private func dropUntrue(of live: LiveMigration) async {
        let untrue = telling.outbox.messages
            .filter { $0.migration == live.id && $0.isUntrue(of: live) }
        for message in untrue {
            telling.outbox.remove(message.id)
            await keep([], ofMessage: message.id)
        }
    }

    /// After it was resumed: the next pause is another one.
    func forgetPause(of id: Identifier) async {
        let pause = Occasion(kind: .paused)
        if telling.told[id]?.contains(pause) == true { await forget(pause, of: id) }
    }

    /// What cannot be forgotten in the store is not forgotten here either.
    private func forget(_ occasion: Occasion, of id: Identifier) async {
        guard (try? await store.forget(occasion, of: id)) != nil else { return }
        telling.told[id]?.removeAll { $0 == occasion }
    }

    private func tell(_ occasion: Occasion, _ live: LiveMigration, at now: Int64) async throws {
        guard let number = await nextLine(of: live.id) else {
            throw ControlError(.store, "the event log cannot be read")
        }
        let line = LogLine(
            sequence: number, time: now, text: "notice: \(occasion.headline(live))")
        let old = telling.outbox.messages
            .filter { $0.migration == live.id && $0.isSuperseded(by: occasion.kind) }.map(\.id)
        do {
            let message = try await reportingTrouble {
                try await store.tell(
                    occasion, of: live.id, line, occasion.letter(live, telling.directions),
                    deadline: occasion.deadline(of: live), superseding: old)
            }
            telling.told[live.id, default: []].append(occasion)
            guard let message else { return giveBack(number, of: live.id) }
            for id in old { telling.outbox.remove(id) }
            telling.outbox.add(message)
            publish(.log(migration: live.id, line))
        } catch {
            giveBack(number, of: live.id)
            throw error
        }
    }

    // MARK: Sending

    private func sendAll() async {
        while !isStopping, let message = telling.outbox.next(at: .now) { await send(message) }
        telling.sending = nil
    }

    private func send(_ outgoing: OutgoingMessage) async {
        let failures = await attempt(outgoing)
        guard !failures.isEmpty else { return }
        let isFirst = telling.outbox.postpone(outgoing.id, at: .now)
        let isGivenUp = Clock.now - outgoing.time > Tuning.messageLife
        if isGivenUp {
            telling.outbox.remove(outgoing.id)
            await keep([], ofMessage: outgoing.id)
        }
        guard isFirst || isGivenUp else { return }
        let next =
            isGivenUp
            ? "It is given up." : "It is tried again; lagzero notify --test shows what is wrong."
        for failure in failures {
            await note("notice not sent: \(failure). \(next)", outgoing.migration)
        }
    }

    /// Hands a message over to those that have not taken it yet; returns why some of them have not.
    private func attempt(_ outgoing: OutgoingMessage) async -> [ControlError] {
        let settings: NotificationSettings
        do { settings = try telling.settings() } catch { return [ControlError(any: error)] }
        let delivery = Delivery(settings, host: telling.directions.host)
        var rest = outgoing.channels
        var failures: [ControlError] = []
        for channel in Message.Channel.allCases where outgoing.channels.contains(channel) {
            guard !isStopping else { break }
            let name = delivery.name(of: channel)
            do {
                if name != nil { try await delivery.send(outgoing.message, by: channel) }
            } catch {
                failures.append(ControlError(any: error))
                continue
            }
            rest.remove(channel)
            telling.outbox.settle(outgoing.id, [channel])
            await keep(rest, ofMessage: outgoing.id)
            if let name { await note("told by \(name)", outgoing.migration) }
        }
        return failures
    }

    private func keep(_ channels: Set<Message.Channel>, ofMessage id: Int64) async {
        do {
            try await store.keep(channels, ofMessage: id)
            telling.unwritten[id] = nil
        } catch {
            telling.unwritten[id] = channels
        }
    }

    private func note(_ text: String, _ id: Identifier) async {
        await note(LogEntry(time: Clock.now, text: text), id)
    }
}
