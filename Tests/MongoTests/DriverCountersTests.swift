import Foundation
import Mongo
import Testing

struct DriverCountersTests {
    @Test func theDriversCountersLeaveNoFileBehindWhenTheProcessIsKilled() throws {
        _ = try ConnectionString("mongodb://localhost:1")
        #expect(!FileManager.default.fileExists(atPath: "/dev/shm/mongoc-\(getpid())"))
    }
}
