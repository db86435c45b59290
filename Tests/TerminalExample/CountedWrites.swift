internal import Glibc
internal import Synchronization

/// How often the process has written to a terminal.
let terminalWrites = Atomic<Int>(0)

/// Stands before the C library's function, and counts.
@_cdecl("write")
func countedWrite(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    var settings = termios()
    let saved = errno
    if tcgetattr(descriptor, &settings) == 0 { terminalWrites.add(1, ordering: .relaxed) }
    errno = saved
    var part = iovec(iov_base: bytes, iov_len: count)
    return writev(descriptor, &part, 1)
}
