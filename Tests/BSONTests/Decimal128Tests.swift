import BSON
import Testing

@Suite struct Decimal128Tests {
    /// From the decimal128 test vectors of the BSON specification.
    @Test(
        arguments: [
            (0x3040_0000_0000_0000, 0, "0"),
            (0xB040_0000_0000_0000, 0, "-0"),
            (0x3040_0000_0000_0000, 1, "1"),
            (0xB040_0000_0000_0000, 1, "-1"),
            (0x3042_0000_0000_0000, 1, "1E1"),
            (0x3038_0000_0000_0000, 0xBC4_F13F, "197456191E-4"),
            (
                0x5FFE_314D_C644_8D93, 0x38C1_5B0A_0000_0000,
                "1000000000000000000000000000000000E6111"
            ),
            (0x0000_0000_0000_0000, 1, "1E-6176"),
            (0x7800_0000_0000_0000, 0, "Infinity"),
            (0xF800_0000_0000_0000, 0, "-Infinity"),
            (0x7C00_0000_0000_0000, 0, "NaN"),
            (0x7E00_0000_0000_0000, 0, "NaN"),
            (0xFC00_0000_0000_0012, 7, "NaN"),
        ] as [(UInt64, UInt64, String)])
    func aDecimalReadsInScientificNotation(high: UInt64, low: UInt64, text: String) {
        #expect(Decimal128(high: high, low: low).description == text)
    }

    @Test func theLargestCoefficientHasThirtyFourNines() {
        let largest = Decimal128(high: 0x3041_ED09_BEAD_87C0, low: 0x378D_8E63_FFFF_FFFF)
        #expect(largest.description == String(repeating: "9", count: 34))
    }

    @Test func aCoefficientBeyondThirtyFourDigitsIsZero() {
        let beyond = Decimal128(high: 0x3041_ED09_BEAD_87C0, low: 0x378D_8E64_0000_0000)
        #expect(beyond.description == "0")
        // The encoding with an implicit leading 0b100; its exponent stands two bits further right.
        #expect(Decimal128(high: 0x6C10_0000_0000_0000, low: 1).description == "0")
    }
}
