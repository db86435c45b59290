/// One way of migrating, as data: what it is called, the order of its pages, and what they say. Another way is another
/// value.
package struct Flow: Sendable, Hashable {
    /// What the pages of a way have in common; a step may have several pages.
    package enum Stage: String, Sendable, Codable, CaseIterable {
        case getStarted, setUp, validate, review, migrating, cutover
    }

    package struct Step: Sendable, Hashable {
        package var stage: Stage
        /// On the line of the steps.
        package var label: String
    }

    /// Something that has to be so before a migration begins.
    package struct Prerequisite: Sendable, Hashable {
        package var title: String
        /// What exactly, in one or two sentences.
        package var detail: String
    }

    /// On the card of the hub.
    package var card: String
    package var cardText: String
    /// On the first line of its pages.
    package var title: String
    package var steps: [Step]
    /// Says on *Get Started* what is going to happen.
    package var introduction: String
    package var prerequisites: [Prerequisite]
}

extension Flow {
    package static let fromAtlas = Flow(
        card: "Migrate from Atlas",
        cardText: "Copy, keep in step, cut over in seconds.",
        title: "Migration from Atlas to Atlas",
        steps: [
            Step(stage: .getStarted, label: "Get Started"),
            Step(stage: .setUp, label: "Set up"),
            Step(stage: .validate, label: "Validate"),
            Step(stage: .review, label: "Review & Confirm"),
            Step(stage: .migrating, label: "Migrating Data"),
            Step(stage: .cutover, label: "Cutover"),
        ],
        introduction:
            "Your source cluster is copied to a new destination cluster while your application goes on. Then every change is applied there too, until both are in sync and you choose the moment to cut over. At the end you point your application to the new cluster.",
        prerequisites: [
            Prerequisite(
                title: "A destination cluster that is new or empty",
                detail:
                    "As large as the source at least: free disk, memory, processors. Data that is there already can be cleared; you are asked for that later."
            ),
            Prerequisite(
                title: "Two replica sets of MongoDB 6.0 or newer",
                detail:
                    "The destination's version is the source's or a newer one. A source of 4.4 or 5.0 is taken too, with fewer guarantees; the validation names them."
            ),
            Prerequisite(
                title: "This host reaches every member of both",
                detail:
                    "Names resolve, firewalls and IP access lists let this host in, and the CA file is at hand where the servers' certificates need one."
            ),
            Prerequisite(
                title: "A user on the source",
                detail:
                    "It logs in with SCRAM and has the roles readAnyDatabase, backup and clusterMonitor."
            ),
            Prerequisite(
                title: "A user on the destination",
                detail:
                    "It has the roles readWriteAnyDatabase, restore and clusterMonitor, and dbAdminAnyDatabase where data is to be cleared."
            ),
            Prerequisite(
                title: "An oplog that lasts",
                detail:
                    "The source's oplog reaches further back than the copy will take; a larger one also bridges a night on which nothing answers."
            ),
            Prerequisite(
                title: "Your application reaches the destination",
                detail:
                    "Try it with mongosh from a host that runs the application, with the connection string it is going to use."
            ),
            Prerequisite(
                title: "A moment for the cutover",
                detail:
                    "Once in sync you have 120 hours, and more if you extend them. Then the application's writes stop for seconds."
            ),
        ])

    /// What the line of the steps says of a stage: nothing where the way has no such step.
    package func label(_ stage: Stage) -> String? { steps.first { $0.stage == stage }?.label }
}
