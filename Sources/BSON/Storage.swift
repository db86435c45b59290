internal import Glibc

/// One block of bytes that never changes after it was made; documents are slices of it.
///
/// A reply of a server is one storage of up to 48 MB, and every document in it shares that storage,
/// so nothing is copied between the reader and the writer of a migration. Written before `init`
/// returns, then only read: that is why it may cross threads unchecked.
package final class Storage: @unchecked Sendable {
    package let base: UnsafeRawPointer
    package let count: Int

    /// Takes ownership of a block that came from `malloc`; it is released with `free`.
    package init(adopting base: UnsafeMutableRawPointer, count: Int) {
        self.base = UnsafeRawPointer(base)
        self.count = count
    }

    /// Copies the bytes.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        let block = Storage.allocate(bytes.count)
        if let source = bytes.baseAddress, !bytes.isEmpty {
            block.copyMemory(from: source, byteCount: bytes.count)
        }
        self.init(adopting: block, count: bytes.count)
    }

    deinit { free(UnsafeMutableRawPointer(mutating: base)) }

    /// A block from `malloc`; running out of memory ends the process, as everywhere in Swift.
    static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        guard let block = malloc(Swift.max(count, 1)) else {
            fatalError("out of memory: \(count) bytes")
        }
        return block
    }

    func load<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
        T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    func byte(at offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }
}
