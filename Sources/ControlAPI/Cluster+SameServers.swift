extension Cluster {
    /// Whether it is another entry of the inventory for the same servers, as far as can be told: the connection strings
    /// name a server in common, or the replica sets have one name and a member in common.
    package func hasServers(of other: Cluster) -> Bool {
        if id == other.id || !seeds.isDisjoint(with: other.seeds) { return true }
        guard let facts, let others = other.facts, facts.replicaSet == others.replicaSet else {
            return false
        }
        let members = Set(facts.members.map { $0.host.lowercased() })
        return others.members.contains { members.contains($0.host.lowercased()) }
    }

    /// What the connection string names: `host:port`, or the one name of an SRV record.
    private var seeds: Set<String> {
        guard let scheme = connectionString.firstRange(of: "://") else { return [] }
        let authority = connectionString[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let isSRV = connectionString[..<scheme.lowerBound].hasSuffix("+srv")
        let names = authority.split(separator: "@").last?.split(separator: ",") ?? []
        return Set(
            names.map { name in
                // An address in brackets has colons, too.
                let hasPort = name.last { $0 == ":" || $0 == "]" } == ":"
                return (isSRV || hasPort ? String(name) : name + ":27017").lowercased()
            })
    }
}
