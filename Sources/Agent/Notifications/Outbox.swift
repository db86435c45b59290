internal import ControlAPI

/// A message on its way. It is in the store until every channel has taken it, so that a restart loses none; an agent that
/// is killed between a channel's taking it and the writing down of that sends it once more, under the same identifier.
struct OutgoingMessage: Hashable, Sendable {
    /// Of the store, given once.
    var id: Int64
    var migration: Identifier
    var occasion: Occasion.Kind
    var letter: Letter
    /// When the occasion came, milliseconds since 1970.
    var time: Int64
    /// Those that have not taken it yet.
    var channels: Set<Message.Channel>
    /// The end of the time to cut over that it tells of, milliseconds since 1970; nil where it tells of none.
    var deadline: Int64?

    var message: Message {
        Message(
            event: "\(occasion)", migration: migration, letter: letter, time: time,
            id: "\(occasion).\(migration).\(id)")
    }

    /// Whether it says nothing any more once that was told of its migration: nobody is to read of 12 hours after 3.
    func isSuperseded(by newer: Occasion.Kind) -> Bool {
        switch (occasion, newer) {
        case (.countdown, .countdown), (.headroom, .headroom): true
        default: false
        }
    }

    /// Whether its migration has moved on so that nobody is to read it any more: nothing can be cut over now, or there is
    /// another end to that than it says.
    func isUntrue(of live: LiveMigration) -> Bool {
        switch occasion {
        case .countdown, .inSync: break
        case .paused, .failed, .expired, .longCutover, .headroom: return false
        }
        if [.complete, .cancelled, .expired].contains(live.phase) { return true }
        guard let deadline, let end = live.cutover.deadlineAt else { return false }
        return abs(end - deadline) * live.cutover.speed >= Tuning.sameDeadline
    }
}

/// Which message goes out next, and when: a pure value. How often one was tried is forgotten with the agent: the next one
/// tries everything at once.
struct Outbox: Sendable {
    private struct Entry {
        var message: OutgoingMessage
        var failures = 0
        var dueAt: ContinuousClock.Instant?
    }

    private var entries: [Entry]

    /// Oldest first.
    init(_ messages: [OutgoingMessage] = []) { entries = messages.map { Entry(message: $0) } }

    var messages: [OutgoingMessage] { entries.map(\.message) }

    mutating func add(_ message: OutgoingMessage) { entries.append(Entry(message: message)) }

    /// The oldest that may be tried now.
    func next(at now: ContinuousClock.Instant) -> OutgoingMessage? {
        entries.first { entry in entry.dueAt.map { $0 <= now } ?? true }?.message
    }

    mutating func remove(_ id: Int64) { entries.removeAll { $0.message.id == id } }

    /// Some channels have taken it, or never will; it is gone when that is true of all.
    mutating func settle(_ id: Int64, _ channels: Set<Message.Channel>) {
        guard let index = entries.firstIndex(where: { $0.message.id == id }) else { return }
        entries[index].message.channels.subtract(channels)
        if entries[index].message.channels.isEmpty { entries.remove(at: index) }
    }

    /// It is tried again after a while. Returns whether it has failed for the first time.
    mutating func postpone(_ id: Int64, at now: ContinuousClock.Instant) -> Bool {
        guard let index = entries.firstIndex(where: { $0.message.id == id }) else { return false }
        let pauses = Tuning.deliveryPauses
        entries[index].dueAt = now + pauses[min(entries[index].failures, pauses.count - 1)]
        entries[index].failures += 1
        return entries[index].failures == 1
    }
}
