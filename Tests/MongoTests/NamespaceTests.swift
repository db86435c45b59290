import Mongo
import Testing

@Suite struct NamespaceTests {
    @Test func namesThatOnlyUnicodeHoldsForEqualAreTwo() {
        let names = [Namespace("db", "\u{e9}"), Namespace("db", "e\u{301}")]
        #expect(names[0].collection == names[1].collection)
        #expect(names[0] != names[1])
        #expect(Set(names).count == 2)
        #expect((names[0] < names[1]) != (names[1] < names[0]))
        #expect(ExactName("\u{e9}") != ExactName("e\u{301}"))
        #expect(ExactName("a") == ExactName("a"))
    }

    @Test func theFirstDotSeparates() {
        #expect(Namespace("a.b.c") == Namespace("a", "b.c"))
        // To Unicode the dot and what follows are one character.
        #expect(Namespace("a.\u{301}b") == Namespace("a", "\u{301}b"))
        #expect(Namespace("a") == nil)
        #expect(Namespace(".a") == nil)
        #expect(Namespace("a.") == nil)
    }
}
