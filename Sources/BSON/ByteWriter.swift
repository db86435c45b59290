internal import Glibc

/// Bytes that grow at the end, in a block that becomes a `Storage` without being copied.
struct ByteWriter: Sendable {
    /// The block and its one owner until `finish`.
    ///
    /// Changed only where it is known to have one owner.
    private final class Block: @unchecked Sendable {
        var base: UnsafeMutableRawPointer
        var capacity: Int
        var isTaken = false

        init(capacity: Int) {
            base = Storage.allocate(capacity)
            self.capacity = capacity
        }

        deinit { if !isTaken { free(base) } }
    }

    private var block: Block
    private(set) var count = 0

    init(reserving capacity: Int) { block = Block(capacity: Swift.max(capacity, 16)) }

    mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        block.base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        makeRoom(for: bytes.count)
        (block.base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(contentsOf bytes: [UInt8]) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }

    /// In the byte order of BSON.
    mutating func append(integer number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// Overwrites four bytes that are there already.
    mutating func patch(_ number: UInt32, at position: Int) {
        makeRoom(for: 0)
        block.base.storeBytes(of: number.littleEndian, toByteOffset: position, as: UInt32.self)
    }

    /// The bytes as a storage; the writer must not be used afterwards. Copies only where the writer itself was copied.
    mutating func take() -> Storage {
        guard isKnownUniquelyReferenced(&block) else {
            return Storage(copying: UnsafeRawBufferPointer(start: block.base, count: count))
        }
        block.isTaken = true
        return Storage(adopting: block.base, count: count)
    }

    private mutating func makeRoom(for size: Int) {
        let isShared = !isKnownUniquelyReferenced(&block)
        guard isShared || count + size > block.capacity else { return }
        let grown = Block(capacity: Swift.max(block.capacity * 2, count + size))
        grown.base.copyMemory(from: block.base, byteCount: count)
        block = grown
    }
}
