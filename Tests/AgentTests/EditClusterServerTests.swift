import AgentClient
import BSON
import ControlAPI
import Foundation
import Mongo
import Sandbox
import Testing

/// A cluster of the inventory is edited, with a real agent and a server that asks for a login.
@Suite(.serialized) struct EditClusterServerTests {
    private static let first = Credentials(username: "anna", password: "first-geheim")
    private static let second = Credentials(username: "bert", password: "second-geheim")

    private func with(
        _ body: (AgentFixture, ReplicaSet, ControlAPI.Cluster) async throws -> Void
    ) async throws {
        try await AgentFixture.with { fixture in
            _ = try await fixture.start()
            var options = ReplicaSetOptions()
            options.name = "east"
            options.root = Credentials(username: "root", password: "root-geheim")
            let set = try await ReplicaSet.start(options)
            for user in [Self.first, Self.second] {
                try await set.createUser(user, roles: ["readAnyDatabase", "clusterMonitor"])
            }
            let cluster = try await fixture.client.add(
                NewCluster(
                    name: "shop", organization: "Acme", project: "web",
                    connectionString: Secret(set.uri(as: Self.first))))
            #expect(cluster.trouble == nil)
            do {
                try await body(fixture, set, cluster)
            } catch {
                try? await set.stop()
                throw error
            }
            try await set.stop()
        }
    }

    @Test func s21TheNameChangesAndTheSecretStays() async throws {
        try await with { fixture, _, cluster in
            var change = ClusterChange()
            change.name = "shop-old"
            let edited = try await fixture.client.edit(cluster: cluster.id, change)
            #expect(edited.name == "shop-old")
            #expect(edited.connectionString == cluster.connectionString)
            #expect(edited.trouble == nil)
        }
    }

    @Test func s21TheStringAsItIsShownKeepsItsPassword() async throws {
        try await with { fixture, _, cluster in
            #expect(!cluster.connectionString.contains(Self.first.password))
            var change = ClusterChange()
            change.connectionString = Secret(cluster.connectionString + "&appName=lagzero")
            let edited = try await fixture.client.edit(cluster: cluster.id, change)
            #expect(edited.connectionString.contains("appName=lagzero"))
            #expect(edited.trouble == nil && edited.facts?.replicaSet == "east")
        }
    }

    @Test func s21APasswordThatIsTypedAnewIsUsedAndKeptOverARestart() async throws {
        try await with { fixture, set, cluster in
            let new = "third-geheim"
            _ = try await set.lane.run(["updateUser": "anna", "pwd": .string(new)], on: "admin")
            #expect(try await fixture.client.test(cluster: cluster.id).trouble != nil)
            var change = ClusterChange()
            change.password = Secret(new)
            let edited = try await fixture.client.edit(cluster: cluster.id, change)
            #expect(edited.trouble == nil)
            #expect(edited.connectionString == cluster.connectionString)
            let process = try await fixture.client.snapshot().agent.process
            #expect(try await fixture.run(["agent", "stop"]).status == 0)
            _ = try await fixture.start()
            #expect(try await fixture.client.snapshot().agent.process != process)
            #expect(try await fixture.client.test(cluster: cluster.id).trouble == nil)
            // The secrets are where they belong, and nowhere else.
            let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path)
            for file in files where !file.hasPrefix("agent.sock") {
                let path = fixture.folder.path + "/" + file
                guard let data = FileManager.default.contents(atPath: path) else { continue }
                let isKept = data.firstRange(of: Data(new.utf8)) != nil
                #expect(isKept == (path == fixture.folder.secrets), "\(file)")
            }
        }
    }

    @Test func s21AnotherUserNeedsItsOwnPassword() async throws {
        try await with { fixture, _, cluster in
            var change = ClusterChange()
            change.connectionString = Secret(
                cluster.connectionString.replacing("anna", with: "bert"))
            let error = await #expect(throws: ControlError.self) {
                try await fixture.client.edit(cluster: cluster.id, change)
            }
            #expect(error?.message.contains("password of bert is not known") == true)
            change.password = Secret(Self.second.password)
            let edited = try await fixture.client.edit(cluster: cluster.id, change)
            #expect(edited.trouble == nil)
            #expect(edited.connectionString.contains("bert:***@"))
        }
    }

    @Test func s21ANameThatIsTakenOrEmptyIsRefusedAndNothingChanges() async throws {
        try await with { fixture, set, cluster in
            _ = try await fixture.client.add(
                NewCluster(
                    name: "other", organization: "Acme", project: "web",
                    connectionString: Secret(set.uri(as: Self.second))))
            for (name, code) in [("other", ControlError.Code.conflict), ("", .invalid)] {
                var change = ClusterChange()
                change.name = name
                change.password = Secret("not-the-one")
                let error = await #expect(throws: ControlError.self) {
                    try await fixture.client.edit(cluster: cluster.id, change)
                }
                #expect(error?.code == code)
            }
            #expect(try await fixture.client.test(cluster: cluster.id).trouble == nil)
        }
    }

    @Test func s21WhileAMigrationRunsOverItOnlyTheNameChanges() async throws {
        try await with { fixture, set, _ in
            var options = ReplicaSetOptions()
            options.name = "west"
            let destination = try await ReplicaSet.start(options)
            let source = try await fixture.client.add(
                NewCluster(
                    name: "source", organization: "Acme", project: "web",
                    connectionString: Secret(set.uri)))
            let target = try await fixture.client.add(
                NewCluster(
                    name: "target", organization: "Acme", project: "web",
                    connectionString: Secret(destination.uri)))
            let setup = MigrationSetup(source: source.id, destination: target.id)
            let run = try await fixture.client.validate(setup)
            try await eventually("the validation ends", within: .seconds(120)) {
                try await fixture.client.snapshot().validations.contains {
                    $0.id == run && $0.endedAt != nil
                }
            }
            let id = try await fixture.client.start(setup, by: fixture.asker)
            var change = ClusterChange()
            change.password = Secret("another")
            let error = await #expect(throws: ControlError.self) {
                try await fixture.client.edit(cluster: source.id, change)
            }
            #expect(error?.code == .conflict)
            change = ClusterChange()
            change.name = "source-2"
            #expect(try await fixture.client.edit(cluster: source.id, change).name == "source-2")
            try await fixture.client.cancel(id, confirmedName: "target", by: fixture.asker)
            try await eventually("the engine has ended", within: .seconds(60)) {
                try await fixture.client.snapshot().migrations.allSatisfy { !$0.isRunning }
            }
            change = ClusterChange()
            change.connectionString = Secret(source.connectionString + "&appName=x")
            #expect(try await fixture.client.edit(cluster: source.id, change).trouble == nil)
            try await destination.stop()
        }
    }

    @Test func s21FromTheCommandLine() async throws {
        try await with { fixture, set, cluster in
            let password = fixture.scratch.path + "/password"
            try Data((Self.second.password + "\n").utf8).write(to: URL(filePath: password))
            _ = try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: password)
            let uri = fixture.scratch.path + "/uri"
            try Data(set.uri(as: Credentials(username: "bert", password: "***")).utf8)
                .write(to: URL(filePath: uri))
            _ = try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: uri)
            let none = try await fixture.run(["clusters", "edit", "shop"])
            #expect(none.status == 2)
            let edited = try await fixture.run([
                "clusters", "edit", "shop", "--name", "shop-2", "--uri-file", uri,
                "--password-file", password,
            ])
            #expect(edited.status == 0, "\(edited.text)")
            #expect(edited.text.contains("Cluster        shop-2"))
            #expect(edited.text.contains("bert:***@"))
            #expect(!edited.text.contains(Self.second.password))
            let bad = try await fixture.run([
                "clusters", "edit", "shop-2", "--ca-file", "/nowhere/ca.pem",
            ])
            #expect(bad.status == 1, "\(bad.text)")
            #expect(bad.text.contains("tlsCAFile=%2Fnowhere%2Fca.pem"))
            #expect(bad.text.contains("Not reached"))
        }
    }
}
