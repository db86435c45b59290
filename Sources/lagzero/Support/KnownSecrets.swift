import Agent
import ControlAPI

/// What is known of the secrets that may stand in what a bundle collects.
struct KnownSecrets {
    /// Connection strings, with their passwords.
    private(set) var texts: [String] = []
    /// Why some may be missing; nil where none is.
    private(set) var gap: String?

    /// `clusters`: those that there are; nil where that is not known. Blocks while it reads the file.
    init(_ file: SecretFile, of clusters: [ControlAPI.Cluster]?) {
        do {
            let secrets = try file.load()
            texts = secrets.values.map(\.revealed)
            guard let clusters else {
                if texts.isEmpty { gap = "neither the clusters nor their passwords can be read" }
                return
            }
            let missing = clusters.filter { secrets[$0.id] == nil }.map(\.name)
            guard !missing.isEmpty else { return }
            gap = "no connection string is stored of \(missing.joined(separator: ", "))"
        } catch {
            gap = (error as? ControlError)?.message ?? "\(error)"
        }
    }
}
