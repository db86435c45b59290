/// *Migrate from Atlas*, as document 001 has it.
extension Flow {
    static let fromAtlas = Flow(
        id: "fromAtlas",
        card: Card(
            title: "Migrate from Atlas", text: "Copy, keep in step, then cut over."),
        title: "Migration from Atlas to Atlas",
        steps: [
            Step(stage: .getStarted, label: "Get Started"),
            Step(stage: .setUp, label: "Set up", name: "Set up Migration"),
            Step(stage: .validate, label: "Validate"),
            Step(stage: .review, label: "Review & Confirm"),
            Step(stage: .migrating, label: "Migrating Data"),
            Step(stage: .cutover, label: "Cutover"),
        ],
        getStarted: fromAtlasStart,
        setUp: SetUp(
            heading: "Set up Migration",
            source: .init(long: "Connect to your source cluster", short: "Source cluster"),
            destination: .init(
                long: "Connect your destination cluster", short: "Destination cluster"),
            organization: "Organization",
            settings: "Additional settings",
            fields: [
                .init(part: .sourceOrganization, label: "Organization"),
                .init(part: .sourceProject, label: "Project"),
                .init(part: .sourceCluster, label: "Cluster"),
                .init(part: .destinationProject, label: "Project"),
                .init(part: .destinationCluster, label: "Cluster"),
                .init(part: .verify, label: "Verify data post-migration (recommended)"),
                .init(part: .clear, label: "Clear any existing data on your destination cluster?"),
                .init(part: .loadLevel, label: "Load level"),
            ],
            next: "Continue",
            validating: "Validating..."),
        validate: Validate(
            again: "Validate again", next: "Continue", validating: "Validating..."),
        review: Review(
            source: "Source",
            destination: "Destination",
            verify: "Verify data post-migration",
            verified: "Every document is compared before the cutover.",
            unverified: "Please verify your data yourself afterwards.",
            clear: "Clear any existing data",
            cleared: "Deleted for good at the start: {contents}",
            kept: "What is there stays.",
            loadLevel: "Load level",
            validation: "Validation"),
        start: Start(
            button: "Start Migration",
            starting: "Starting...",
            question: "Start to migrate {source} to {destination}?",
            resumeQuestion:
                "Go on to migrate {source} to {destination}?\n\nIt goes on where it stopped.",
            undoQuestion:
                "Go on to migrate {source} to {destination}?\n\nIts cutover is not finished. It is undone first: {source} "
                + "takes writes again.",
            finishQuestion:
                "Go on with the cutover to {destination}?\n\nIt accepts writes already. What is left of that "
                + "cutover is done; what applications write there stays.",
            clearing: "First {destination} is cleared. Deleted for good: {contents}",
            advice:
                "The source goes on serving. Let nobody else write to the destination meanwhile."
        ),
        migrating: Migrating(
            title: "Migrating Data",
            applying: "Applying new writes",
            copying: "Copying data",
            finalizing: "Finalizing the migration",
            verifying: "Running the verification",
            lag: "Lag behind source",
            inSync: "Your source and destination clusters are in sync.",
            isReady: "Ready for Cutover",
            cutover: "Cutover to your destination cluster"),
        timer: Timer(
            hours: 120,
            extensionHours: 24,
            warningHours: 6,
            errorHours: 1,
            offerMinutes: 10,
            left: "left to cut over",
            leftShort: "left",
            expires: "Expires in {time}: cut over, or extend.",
            expired:
                "Expired. lagzero no longer follows {source}; what was copied stays on {destination}.",
            extend: "Extend Sync",
            extending: "{hours} hours are added to the time to cut over."),
        verification: Verification(
            yourself: "off: please verify your data yourself",
            yourselfShort: "off: please verify yourself",
            yourselfTiny: "off: verify yourself",
            hint: "Verify your data by comparing document counts and hashes.",
            off:
                "Verification was off: please verify your data yourself, by comparing document counts and hashes.",
            counts: "The counts were compared. Compare hashes yourself, where it matters.",
            full: "lagzero has verified the data, for all supported types."),
        inSync: InSync(
            title: "In sync",
            explanation:
                "Cutover is a three-step process. Your application is down from the moment you stop its writes until you start it on {destination}. lagzero's part of that begins when you confirm that writes have stopped; its seconds are counted on the screen. The next page stops nothing yet.",
            ready: "I'm ready to cutover"),
        proceed: Proceed(
            title: "Proceed to cutover",
            heading: "Before you stop anything",
            source: "Source",
            destination: "Destination",
            takesOver: "takes over",
            proceed: "Proceed to cutover"),
        cutover: Cutover(
            title: "Cutover",
            stopWrites: "1 Stop writes",
            finalizing: "2 Finalize",
            connect: "3 Connect",
            stopNow: "Stop writes to your source cluster now.",
            stopped: "I confirm that I've stopped writes to my source cluster",
            finalize: "Finalize migration",
            downtime: "Application downtime"),
        success: Success(
            title: "Success",
            heading: "You have successfully migrated to Atlas",
            changes: "Synced changes",
            downtime: "Application downtime",
            aboutDowntime: "last write seen to destination accepting writes",
            duration: "Duration",
            copied: "Initial data copied",
            verification: "Verification",
            source: "Source",
            point: "Verify that your data is there, then point your application at:",
            pointShort: "Then point your application at:",
            connect: "Connect to your new cluster",
            methods: "Connect to Atlas"))

    private static let fromAtlasStart = GetStarted(
        introduction:
            "Your source cluster is copied to a new destination cluster while your application goes on. Then every change is applied there too, until both are in sync and you choose the moment to cut over. At the end you point your application to the new cluster.",
        organization: "Organization you start from",
        aboutOrganization: "The destination can only be a cluster of this organization.",
        checklist: "Before you begin",
        prerequisites: [
            .init(
                title: "A destination cluster that is new or empty",
                detail:
                    "As large as the source at least: free disk, memory, processors. Data that is there already can be cleared; you are asked for that later."
            ),
            .init(
                title: "Two replica sets of MongoDB 6.0 or newer",
                detail:
                    "The destination's version is the source's or a newer one. A source of 4.4 or 5.0 is taken too, with fewer guarantees; the validation names them."
            ),
            .init(
                title: "This host reaches every member of both",
                detail:
                    "Names resolve, firewalls and IP access lists let this host in, and the CA file is at hand where the servers' certificates need one."
            ),
            .init(
                title: "A user on the source",
                detail:
                    "It logs in with SCRAM and has the roles readAnyDatabase, backup and clusterMonitor."
            ),
            .init(
                title: "A user on the destination",
                detail:
                    "It has the roles readWriteAnyDatabase, restore and clusterMonitor, and dbAdminAnyDatabase where data is to be cleared."
            ),
            .init(
                title: "An oplog that lasts",
                detail:
                    "The source's oplog reaches further back than the copy will take; a larger one also bridges a night on which nothing answers."
            ),
            .init(
                title: "Your application reaches the destination",
                detail:
                    "Try it with mongosh from a host that runs the application, with the connection string it is going to use."
            ),
            .init(
                title: "A moment for the cutover",
                detail:
                    "Once in sync you have {hours} hours, and more if you extend them. Then the application's writes stop for seconds."
            ),
        ],
        next: "Get Started",
        aboutNext: "Get Started leads to the choice of the clusters.")
}
