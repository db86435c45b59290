import Glibc
import Sandbox
import Synchronization
import Testing

@Suite struct ProcessActivityTests {
    @Test func whatThisProcessDoesIsCounted() throws {
        let before = try #require(ProcessActivity(pid: getpid()))
        var sum: UInt64 = 0
        var after = before
        while after.cpuSeconds < before.cpuSeconds + 0.01 {
            for number in 0..<10_000 { sum &+= UInt64(number) &* sum | 1 }
            after = try #require(ProcessActivity(pid: getpid()))
        }
        #expect(sum != 0)
        var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
        nanosleep(&pause, nil)
        let rested = try #require(ProcessActivity(pid: getpid()))
        #expect(rested.wakeUps > before.wakeUps)
    }

    private static let seen = Mutex<ProcessActivity?>(nil)

    @Test func aThreadThatHasEndedTakesNothingAway() throws {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                var pause = timespec(tv_sec: 0, tv_nsec: 100_000)
                for _ in 0..<1_000 { nanosleep(&pause, nil) }
                ProcessActivityTests.seen.withLock { $0 = ProcessActivity(pid: getpid()) }
                return nil
            }, nil)
        pthread_join(thread, nil)
        let before = try #require(Self.seen.withLock { $0 })
        let after = try #require(ProcessActivity(pid: getpid()))
        #expect(after.wakeUps < before.wakeUps)
        #expect(after.since(before).wakeUps >= 0)
        #expect(after.since(after).wakeUps == 0)
    }

    @Test func memoryIsCountedInBytes() throws {
        let use = try #require(MemoryUse(pid: getpid()))
        #expect(use.residentBytes >= use.proportionalBytes)
        #expect(use.proportionalBytes >= use.privateBytes)
        #expect(use.residentBytes >= use.anonymousBytes)
        #expect(use.anonymousBytes > 1 << 20)
    }

    @Test func aProcessThatIsNotThereHasNone() {
        #expect(ProcessActivity(pid: -1) == nil)
        #expect(MemoryUse(pid: -1) == nil)
    }
}
