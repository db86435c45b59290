import ControlAPI
import Testing

@testable import lagzero

@Suite struct ClustersTests {
    @Test func whatIsNotKnownOfAClusterIsADash() {
        var cluster = Cluster(
            id: Identifier(at: 1), project: Identifier(at: 2), name: "shop",
            connectionString: "mongodb://a/")
        cluster.facts = ClusterFacts()
        let lines = Clusters.details(cluster).dropFirst(3)
        #expect(lines.count == 7)
        #expect(lines.allSatisfy { $0.hasSuffix(" -") }, "\(lines)")
    }
}
