import ControlAPI
import Terminal

@testable import Wizard

/// The pages before a migration, on the way that leads from the first organization to the second.
extension ScreenPilot {
    /// *Set up Migration* with nothing chosen.
    static func setUp(
        _ agent: ScriptedAgent = ScriptedAgent(), size: Size = Size(80, 24),
        glyphs: Glyphs = .unicode
    ) -> ScreenPilot {
        var world = World(me: Sample.me)
        world.snapshot = agent.snapshot
        let page = SetUpMigration(.fromAtlas, organization: Sample.cloud.id, in: world)
        return ScreenPilot(.setUp(page), agent: agent, size: size, glyphs: glyphs)
    }

    /// With the clusters chosen, from the focus on the first list on.
    static func chosen(
        from source: String = "shop-rs0", to destination: String = "shop-atlas",
        _ agent: ScriptedAgent = ScriptedAgent(), size: Size = Size(80, 24)
    ) -> ScreenPilot {
        var pilot = setUp(agent, size: size)
        pilot.choose("Acme", "shop", source)
        pilot.press(.tab, .tab)
        pilot.choose(destination)
        return pilot
    }

    /// Takes an item of each list, beginning with the one that has the focus; ends on the last of them.
    mutating func choose(_ names: String...) {
        for (index, name) in names.enumerated() {
            if index > 0 { press(.tab) }
            press(.enter)
            type(name)
            press(.enter)
        }
    }

    /// Lets the newest validation end with these rows.
    mutating func endValidation(_ rows: [ValidationRow]) {
        agent.changeValidation { run in
            run.rows = rows
            run.endedAt = Sample.time + 4_000
            run.isPassed = !rows.contains(where: \.isBlocking)
        }
        hear()
    }

    var setUpPage: SetUpMigration? {
        for case .setUp(let page) in pages { return page }
        return nil
    }

    var setup: MigrationSetup? { setUpPage?.draft.setup(world) }
}
