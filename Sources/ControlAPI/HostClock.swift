internal import Glibc

/// The clock that all processes of a host share, and nobody can set.
package enum HostClock {
    /// Milliseconds since the host was started: for how long something takes, and how long ago it was asked for.
    package static var uptime: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
