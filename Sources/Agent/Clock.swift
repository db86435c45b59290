internal import Glibc

enum Clock {
    /// Milliseconds since 1970, by a clock that may be set: for what is shown and kept.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

func systemText(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
