package import BSON
package import Mongo

/// What an application of the sandbox does.
package struct WorkloadOptions: Sendable {
    /// How often each kind of write comes, relative to the others.
    package struct Mix: Sendable {
        package var insert = 40
        package var update = 35
        package var replace = 10
        package var delete = 15

        package init() {}
    }

    /// Collections it writes to; made by the first write where they are absent.
    package var namespaces: [Namespace]
    /// Documents inserted, updated, replaced and deleted in a second, all namespaces together.
    package var writesPerSecond: Double
    package var mix = Mix()
    /// Definitions changed in a second (collections of every kind, views, renames, indexes, options, drops), with writes
    /// to them between, all in `definitionDatabases`; 0 for none.
    package var definitionsPerSecond = 0.0
    /// Databases that belong to the workload: it drops them now and then.
    package var definitionDatabases = ["workload_a", "workload_b"]
    /// Documents that are there already and are to be updated now and then; those of the first namespace.
    package var sample: SampleData?
    package var seed: UInt64 = 1
    /// Lanes that write at the same time. Each has documents of its own, so writes to one document have an order.
    package var lanes = 2
    /// Statements in a command, at most.
    package var statements = Tuning.workloadBatch
    /// Bytes of text in a document.
    package var textBytes = 100
    package var writeConcern: Document = ["w": "majority"]

    package init(_ namespaces: [Namespace], writesPerSecond: Double) {
        self.namespaces = namespaces
        self.writesPerSecond = writesPerSecond
    }
}
