internal import BSON

/// The first bytes a client sends, in the two protocols a MongoDB server may speak.
enum Greeting {
    /// Length of MongoDB's message header: length, request number, number answered to, code.
    static let headerLength = 16
    /// OP_REPLY and OP_MSG.
    static let replyCodes: [Int32] = [1, 2013]

    /// An OP_MSG with the command that every version answers without a login.
    static func plain(request: Int32) -> [UInt8] {
        let command: Document = ["isMaster": 1, "$db": "admin"]
        let body: [UInt8] = [0, 0, 0, 0, 0] + command.bytes
        let header = [Int32(headerLength + body.count), request, 0, 2013]
        return header.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
            + body
    }

    /// TLS record types.
    static let alert: UInt8 = 0x15
    static let handshake: UInt8 = 0x16

    /// A ClientHello of TLS 1.2 (RFC 5246, 7.4.1.2) with the usual suites; it asks for no server name.
    static var clientHello: [UInt8] {
        let suites: [UInt16] = [
            0xC02F, 0xC030, 0xC02B, 0xC02C, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
        ]
        let groups: [UInt16] = [0x001D, 0x0017, 0x0018]
        let signatures: [UInt16] = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
        let extensions =
            `extension`(0x000A, sized(bytes(groups)))
            + `extension`(0x000B, [1, 0])
            + `extension`(0x000D, sized(bytes(signatures)))
        let random = (0..<32).map { _ in UInt8.random(in: 0...255) }
        let hello: [UInt8] =
            [3, 3] + random + [0] + sized(bytes(suites)) + [1, 0] + sized(extensions)
        return [handshake, 3, 1] + sized([1, 0] + sized(hello))
    }

    private static func `extension`(_ type: UInt16, _ content: [UInt8]) -> [UInt8] {
        bytes([type]) + sized(content)
    }

    private static func bytes(_ words: [UInt16]) -> [UInt8] {
        words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    /// The content behind its length in two bytes.
    private static func sized(_ content: [UInt8]) -> [UInt8] {
        bytes([UInt16(content.count)]) + content
    }
}
