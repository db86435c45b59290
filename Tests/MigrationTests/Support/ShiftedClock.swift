import Foundation
import Sandbox

/// The wall clock of programs that are started with it, which can be set while they run. libfaketime cannot be used: it
/// changes the environment before Swift has found the arguments beside it.
final class ShiftedClock: Sendable {
    /// What a shell says before it becomes the program.
    let exports: String
    private let folder: ScratchFolder
    private let offset: URL

    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long offset(void) {
            char digits[32] = {0};
            int file = open(getenv("LAGZERO_CLOCK"), O_RDONLY | O_CLOEXEC);
            if (file < 0) return 0;
            long length = read(file, digits, sizeof digits - 1);
            close(file);
            return length > 0 ? atol(digits) : 0;
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
            int result = syscall(SYS_clock_gettime, clock, now);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += offset();
            return result;
        }

        int gettimeofday(struct timeval *now, void *zone) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            now->tv_sec = exact.tv_sec;
            now->tv_usec = exact.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *now) {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            if (now) *now = exact.tv_sec;
            return exact.tv_sec;
        }

        """

    init() throws {
        folder = try ScratchFolder()
        let place = URL(filePath: folder.path)
        offset = place.appending(path: "offset")
        let (code, library) = (place.appending(path: "clock.c"), place.appending(path: "clock.so"))
        try Self.source.write(to: code, atomically: false, encoding: .utf8)
        // Where Swift is, clang is, too.
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library.path, code.path]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else {
            throw SandboxError(.ended, "clang does not compile \(code.path)")
        }
        exports = "export LD_PRELOAD=\(library.path) LAGZERO_CLOCK=\(offset.path);"
        try set(0)
    }

    /// Seconds by which it is ahead of this host's clock.
    func set(_ seconds: Int) throws {
        try "\(seconds)".write(to: offset, atomically: true, encoding: .utf8)
    }
}
