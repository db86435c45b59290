import Migration
import Mongo
import Testing

@Suite struct NamespaceFilterTests {
    private func filter(include: [String] = [], exclude: [String] = []) -> NamespaceFilter {
        NamespaceFilter(
            include: include.compactMap { .init($0) }, exclude: exclude.compactMap { .init($0) })
    }

    @Test func everythingOfUsersIsMigratedWithoutPatterns() {
        let filter = filter()
        #expect(filter.contains(Namespace("shop", "items")))
        #expect(filter.contains(Namespace("shop", "system.js")))
        #expect(filter.contains(Namespace("shop", "system.buckets.series")))
        #expect(!filter.contains(Namespace("shop", "system.views")))
        // A prefix for the server, and none for Unicode.
        let buckets = Namespace("shop", "system.buckets.\u{301}series")
        #expect(buckets.isBuckets && filter.contains(buckets))
        #expect(buckets.withoutBucketsPrefix == Namespace("shop", "\u{301}series"))
        #expect(!filter.contains(Namespace("shop", "system.\u{301}")))
    }

    @Test(arguments: ["admin", "config", "local", "lagzero_internal"])
    func internalDatabasesAreNeverMigrated(_ database: String) {
        #expect(!filter().contains(Namespace(database, "items")))
        #expect(!filter(include: ["\(database).*"]).contains(Namespace(database, "items")))
    }

    @Test func anExclusionWinsOverAnInclusion() {
        let filter = filter(include: ["shop.*"], exclude: ["shop.logs"])
        #expect(filter.contains(Namespace("shop", "items")))
        #expect(!filter.contains(Namespace("shop", "logs")))
        #expect(!filter.contains(Namespace("shops", "items")))
    }

    @Test func bucketsFollowTheirCollection() {
        let filter = filter(exclude: ["plant.series"])
        #expect(!filter.contains(Namespace("plant", "system.buckets.series")))
        #expect(filter.contains(Namespace("plant", "system.buckets.other")))
    }

    @Test func aCollectionsNameMayHaveDotsAndStars() {
        let filter = filter(include: ["shop.a.b*"])
        #expect(filter.contains(Namespace("shop", "a.b*")))
        #expect(!filter.contains(Namespace("shop", "a.bc")))
    }

    @Test(arguments: ["", "shop", "shop.", ".items", "*", "*.*", "sh*p.items", "my shop.items"])
    func whatIsNoPatternIsRefused(_ text: String) {
        #expect(NamespaceFilter.Pattern(text) == nil)
    }
}
