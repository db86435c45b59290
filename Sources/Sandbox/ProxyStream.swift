internal import Glibc

/// One direction of a proxied connection: bytes that were read and wait for their time to be written.
struct ProxyStream {
    enum Step {
        /// Nothing to do before more is read.
        case idle
        /// The other side takes no more at the moment.
        case blocked
        /// Bytes are due at this time.
        case waiting(until: UInt64)
        /// Everything including the end has been handed on, or can never be.
        case finished
    }

    private struct Chunk {
        let due: UInt64
        /// Empty for the end of the stream.
        let bytes: [UInt8]
    }

    private var queue: [Chunk] = []
    /// Chunks of the queue that are done, and bytes of the one after them.
    private var doneChunks = 0
    private var doneBytes = 0
    private(set) var queuedBytes = 0
    private var hasEnded = false
    private(set) var isFinished = false

    /// Whether more should be read.
    var wantsInput: Bool { !hasEnded && queuedBytes < Tuning.proxyQueueBytes }

    /// Reads what is there. False when the connection is broken.
    mutating func read(from descriptor: Int32, due: UInt64) -> Bool {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Tuning.proxyChunkBytes) {
            buffer, initialized in
            count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            initialized = max(count, 0)
        }
        guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
        if count == 0 { end(due: due) } else { enqueue(Chunk(due: due, bytes: bytes)) }
        return true
    }

    /// No more will be read; what is queued is still handed on.
    mutating func end(due: UInt64) {
        guard !hasEnded else { return }
        hasEnded = true
        enqueue(Chunk(due: due, bytes: []))
    }

    /// Nothing will be handed on any more.
    mutating func abandon() {
        hasEnded = true
        isFinished = true
        queue = []
        doneChunks = 0
        queuedBytes = 0
    }

    /// Writes what is due, at most `budget` bytes of it. Returns how many were written and what to wait for.
    mutating func write(to descriptor: Int32, now: UInt64, budget: Int) -> (
        written: Int, next: Step
    ) {
        var written = 0
        while !isFinished, doneChunks < queue.count {
            let chunk = queue[doneChunks]
            guard chunk.due <= now else { return (written, .waiting(until: chunk.due)) }
            if chunk.bytes.isEmpty {
                shutdown(descriptor, Int32(SHUT_WR))
                abandon()
                break
            }
            let wanted = min(chunk.bytes.count - doneBytes, budget - written)
            guard wanted > 0 else { return (written, .waiting(until: now + 2_000_000)) }
            let count = chunk.bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + doneBytes }, wanted, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                if errno == EAGAIN || errno == EINTR { return (written, .blocked) }
                abandon()
                break
            }
            written += count
            advance(by: count, of: chunk.bytes.count)
        }
        return (written, isFinished ? .finished : .idle)
    }

    private mutating func enqueue(_ chunk: Chunk) {
        queue.append(chunk)
        queuedBytes += chunk.bytes.count
    }

    private mutating func advance(by count: Int, of size: Int) {
        queuedBytes -= count
        doneBytes += count
        guard doneBytes == size else { return }
        doneBytes = 0
        doneChunks += 1
        if doneChunks == queue.count || doneChunks > 64 {
            queue.removeFirst(doneChunks)
            doneChunks = 0
        }
    }
}

/// How many bytes a slow line takes: a bucket that fills at the line's rate and holds a short window of it.
struct Throttle {
    var bytesPerSecond: Int? {
        didSet { if bytesPerSecond != oldValue { tokens = 0 } }
    }
    private var tokens = 0.0
    private var last: UInt64 = 0

    /// Bytes that may be written now.
    mutating func budget(now: UInt64) -> Int {
        guard let bytesPerSecond else { return .max }
        let rate = Double(bytesPerSecond)
        let capacity = max(rate * Tuning.proxyThrottleWindow, 1)
        tokens = min(tokens + Double(now - min(last, now)) / 1e9 * rate, capacity)
        last = now
        return Int(tokens)
    }

    mutating func use(_ count: Int) {
        if bytesPerSecond != nil { tokens -= Double(count) }
    }
}
