/// A decimal taken apart: `(-1)^sign * coefficient * 10^exponent`.
///
/// Source: IEEE 754-2008 binary integer decimal, as in the BSON specification: exponent bias 6176,
/// 34 digits; a coefficient beyond 10^34 - 1 counts as zero.
extension Decimal128 {
    enum Parts {
        case finite(isNegative: Bool, coefficient: UInt128, exponent: Int)
        case infinity(isNegative: Bool)
        case notANumber
    }

    private static let largestCoefficient: UInt128 = 9_999_999_999_999_999_999_999_999_999_999_999

    var parts: Parts {
        let isNegative = high >> 63 == 1
        let combination = high >> 58 & 0x1F
        if combination == 0x1F { return .notANumber }
        if combination == 0x1E { return .infinity(isNegative: isNegative) }
        if combination >> 3 == 3 {
            // The form with an implicit leading 0b100: always beyond 34 digits, so zero.
            return .finite(
                isNegative: isNegative, coefficient: 0, exponent: Int(high >> 47 & 0x3FFF) - 6176)
        }
        let coefficient = UInt128(high & 0x1_FFFF_FFFF_FFFF) << 64 | UInt128(low)
        return .finite(
            isNegative: isNegative,
            coefficient: coefficient > Decimal128.largestCoefficient ? 0 : coefficient,
            exponent: Int(high >> 49 & 0x3FFF) - 6176)
    }
}

extension Decimal128: CustomStringConvertible {
    /// In scientific notation that parses back to the same number.
    package var description: String {
        switch parts {
        case .notANumber: "NaN"
        case .infinity(let isNegative): isNegative ? "-Infinity" : "Infinity"
        case .finite(let isNegative, let coefficient, let exponent):
            (isNegative ? "-" : "") + "\(coefficient)" + (exponent == 0 ? "" : "E\(exponent)")
        }
    }
}
