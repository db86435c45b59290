import Glibc
import Sandbox
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
