import BSON
import Foundation
import Mongo
import Sandbox
import Testing

@testable import Migration

@Suite struct SpillFileTests {
    @Test func documentsComeBackInTheirOrder() throws {
        let file = DocumentFile(limit: 1 << 20)
        #expect(file.isEmpty)
        for round in 0..<3 {
            for number in 0..<10 { #expect(file.append(["n": .integer(round * 10 + number)])) }
            for number in 0..<10 {
                #expect(try file.takeFirst()?["n"]?.integer == round * 10 + number)
            }
            #expect(file.isEmpty)
            #expect(try file.takeFirst() == nil)
        }
    }

    @Test func aFullFileTakesNoMore() throws {
        let document: Document = ["n": .int64(1)]
        let file = DocumentFile(limit: 2 * document.count)
        #expect(file.append(document))
        #expect(file.append(document))
        #expect(!file.append(document))
        #expect(try file.takeFirst() == document)
    }

    /// Only what waits in it counts, however much went through.
    @Test func roomIsUsedAgain() throws {
        let file = DocumentFile(limit: 1_000)
        var written = 0
        var read = 0
        for _ in 0..<200 {
            while file.append(["n": .integer(written), "text": "what stands across the end"]) {
                written += 1
            }
            #expect(written - read > 10)
            for _ in 0..<7 {
                #expect(try file.takeFirst()?["n"]?.integer == read)
                read += 1
            }
        }
        while let document = try file.takeFirst() {
            #expect(document["n"]?.integer == read)
            read += 1
        }
        #expect(read == written)
        #expect(file.isEmpty)
    }

    /// The disk gives back something else, or nothing.
    @Test func whatCannotBeReadIsSaid() throws {
        let folder = try ScratchFolder()
        let file = DocumentFile(limit: 1_000, folders: [folder.path])
        #expect(file.append(["n": 1]))
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let own = descriptors.map { "/proc/self/fd/\($0)" }.first {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: $0)
            return target?.hasPrefix(folder.path + "/lagzero-") ?? false
        }
        #expect(truncate(try #require(own), 0) == 0)
        #expect(throws: MigrationError.self) { try file.takeFirst() }
    }

    /// Keys of the file hold the position, and are applied as those that were never there.
    @Test func keysOfTheFileHoldThePosition() throws {
        let collection = uuid(1)
        let dirty = DirtySet(token: ResumeToken([:]), time: .init(seconds: 1, increment: 0))
        dirty.update { keys in
            keys.register(collection, isExclusive: false)
            for number in 1...3 {
                let time = Timestamp(seconds: 1, increment: UInt32(number))
                let generation = keys.begin(at: time)
                _ = keys.add(
                    rawID(.integer(number)), of: collection, time: time, generation: generation)
                keys.advance(to: ResumeToken([:]), time: time)
            }
        }
        let file = SpillFile(dirty: dirty, status: Status())
        let drained = dirty.update { keys in
            var round = keys.free
            return keys.drain(&round, limit: 2, maximumBytes: 1_000)
        }
        #expect(file.keep(try #require(drained)))
        #expect(file.hasKeys(of: collection))
        #expect(dirty.backlog == 1)
        #expect(dirty.appliedThrough == Timestamp(seconds: 1, increment: 0))
        dirty.update { $0.setEligible(collection, true) }
        try applyAll(dirty)
        #expect(dirty.appliedThrough == Timestamp(seconds: 1, increment: 0))
        #expect(try file.bringSomeBack())
        #expect(file.isEmpty)
        #expect(try applyAll(dirty) == [1, 2])
        #expect(dirty.appliedThrough == Timestamp(seconds: 1, increment: 3))
    }

    @discardableResult
    private func applyAll(_ dirty: DirtySet) throws -> [Int] {
        let work = try #require(dirty.take(limit: 10, maximumBytes: 1_000))
        dirty.update { $0.complete(work, answeredAt: work.newest) }
        return work.keys.compactMap { $0.ids.first?.value?.integer }.sorted()
    }
}
