package import BSON

/// Where a change stream goes on: an opaque document whose `_data` begins with the cluster time.
package struct ResumeToken: Hashable, Sendable {
    package let document: Document

    package init(_ document: Document) { self.document = document.copied() }

    /// The cluster time in the token: `_data` is a hexadecimal key string whose first element is a timestamp (type byte
    /// 0x82, eight bytes, most significant first). Source: the server's `ResumeTokenData` and `KeyString`.
    package var time: Timestamp? {
        guard let text = document["_data"]?.string else { return nil }
        let digits = Array(text.utf8.prefix(18))
        guard digits.count == 18, digits.starts(with: "82".utf8),
            let bits = UInt64(String(decoding: digits[2...], as: UTF8.self), radix: 16)
        else { return nil }
        return Timestamp(bits: bits)
    }
}
