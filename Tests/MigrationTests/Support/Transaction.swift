import BSON
import Mongo

/// A transaction of an application, statement by statement, on a lane of its own.
actor Transaction {
    private let lane: Lane
    private let number: Int64
    private var hasStarted = false

    /// `number`: must rise from one transaction of the lane to the next.
    init(_ lane: Lane, number: Int64) {
        self.lane = lane
        self.number = number
    }

    @discardableResult
    func perform(_ command: Document, on database: String) async throws -> Document {
        let reply = try await lane.perform(marked(command), on: database)
        hasStarted = true
        return reply
    }

    func commit() async throws {
        try await lane.perform(
            marked(["commitTransaction": 1, "writeConcern": ["w": "majority"]]), on: "admin")
    }

    func abort() async throws {
        try await lane.perform(marked(["abortTransaction": 1]), on: "admin")
    }

    private func marked(_ command: Document) -> Document {
        var marked = command.setting("txnNumber", to: .int64(number))
            .setting("autocommit", to: false)
        if !hasStarted { marked = marked.setting("startTransaction", to: true) }
        return marked
    }
}

extension Transaction {
    /// Begins a transaction on a new lane, does something in it, and commits it.
    static func run(_ lane: Lane, number: Int64, _ commands: [Document]) async throws {
        let transaction = Transaction(lane, number: number)
        for command in commands { try await transaction.perform(command, on: "shop") }
        try await transaction.commit()
    }
}
