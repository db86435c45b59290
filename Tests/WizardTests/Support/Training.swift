import ControlAPI
import Terminal

@testable import Wizard

/// A program around the wizard that can let things happen, and a guide through a migration.
enum Training {
    static let guide = Guide(
        source: "shop-rs0", destination: "shop-atlas", organization: "Acme Cloud")

    /// With an application that writes.
    static var host: Host {
        var host = Host(
            band: "DEMO", key: .character("s"), label: "Stop the application",
            leave: "End the demo", leaving: "Again ends the demo.")
        host.obstacleToCutOver = "The application still writes: s stops it."
        host.faults = [
            Fault(
                .cutNetwork, setting: "Cut the network to shop-atlas",
                ending: "Bring the network to shop-atlas back", state: "network cut"),
            Fault(
                .stepDown, setting: "Step down the primary of shop-rs0", ending: nil,
                state: "election"),
            Fault(
                .killAgent, setting: "Kill the agent", ending: "Start another agent",
                state: "agent killed"),
        ]
        return host
    }
}

extension Host {
    /// As it is when that has begun, so many seconds after the sample's time.
    mutating func begin(_ kind: Fault.Kind, after seconds: Int64 = 0) {
        change(kind) { $0.append(.init(begunAt: Sample.time + seconds * 1_000)) }
    }

    mutating func end(_ kind: Fault.Kind, after seconds: Int64 = 0) {
        change(kind) { $0[$0.count - 1].endedAt = Sample.time + seconds * 1_000 }
    }

    private mutating func change(_ kind: Fault.Kind, _ body: (inout [Fault.Span]) -> Void) {
        for index in faults.indices where faults[index].kind == kind { body(&faults[index].spans) }
    }
}
