// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with: Swift 6 mode, explicit existentials and imports, and no
/// warning left standing.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

/// The targets without C pointers: every unsafe use is an error.
let strictAndSafe: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
    name: "lagzero",
    products: [.executable(name: "lagzero", targets: ["lagzero"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        .target(
            name: "CMongo",
            cSettings: [
                // Where Debian's libmongoc-dev puts its headers.
                .unsafeFlags(["-I/usr/include/libmongoc-1.0", "-I/usr/include/libbson-1.0"]),
                .treatAllWarnings(as: .error),
            ],
            linkerSettings: [.linkedLibrary("mongoc-1.0"), .linkedLibrary("bson-1.0")]),
        .target(name: "CXXHash", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "CPrefetch", cSettings: [.treatAllWarnings(as: .error)]),
        .target(
            name: "CTerminal",
            cSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(name: "BSON", dependencies: ["CXXHash"], swiftSettings: strict),
        .target(name: "Mongo", dependencies: ["BSON", "CMongo"], swiftSettings: strict),
        .target(
            name: "Migration", dependencies: ["BSON", "Mongo", "CPrefetch"],
            swiftSettings: strictAndSafe),
        .target(
            name: "Terminal",
            dependencies: ["CTerminal", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        // What plays the user's terminal: for the tests and the benchmark.
        .target(name: "TerminalEmulator", dependencies: ["Terminal"], swiftSettings: strict),
        .target(name: "ControlAPI", swiftSettings: strictAndSafe),
        .target(
            name: "Agent",
            dependencies: [
                "BSON", "ControlAPI", "Migration", "Mongo",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .target(
            name: "AgentClient",
            dependencies: [
                "ControlAPI",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(
            name: "Wizard", dependencies: ["ControlAPI", "Terminal"], swiftSettings: strictAndSafe),
        .target(name: "Sandbox", dependencies: ["BSON", "Mongo"], swiftSettings: strict),
        .executableTarget(
            name: "lagzero",
            dependencies: [
                "Agent", "AgentClient", "BSON", "ControlAPI", "Migration", "Mongo", "Sandbox",
                "Terminal", "TerminalEmulator", "Wizard",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        // What the tests of the terminal run in a pseudo-terminal.
        .executableTarget(
            name: "terminal-example", dependencies: ["Terminal"], path: "Tests/TerminalExample",
            swiftSettings: strict),
        // Tells whether two clusters hold the same, and changes what one holds of its migration.
        .target(
            name: "MigrationTesting", dependencies: ["BSON", "Mongo"],
            path: "Tests/MigrationTesting", swiftSettings: strict),
        .testTarget(
            name: "BSONTests", dependencies: ["BSON", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "MongoTests", dependencies: ["BSON", "Mongo", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "SandboxTests", dependencies: ["BSON", "Mongo", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "TerminalTests",
            dependencies: ["Terminal", "TerminalEmulator", "terminal-example"],
            swiftSettings: strict),
        .testTarget(
            name: "MigrationTests",
            dependencies: ["BSON", "Migration", "MigrationTesting", "Mongo", "Sandbox"],
            swiftSettings: strict),
        .testTarget(
            name: "ControlAPITests", dependencies: ["ControlAPI"], swiftSettings: strict),
        .testTarget(
            name: "WizardTests",
            dependencies: ["ControlAPI", "Terminal", "TerminalEmulator", "Wizard"],
            exclude: ["Golden"], swiftSettings: strict),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "AgentClient", "BSON", "ControlAPI", "Migration", "MigrationTesting",
                "Mongo", "Sandbox",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "lagzeroTests",
            dependencies: [
                "Agent", "AgentClient", "BSON", "ControlAPI", "Migration", "MigrationTesting",
                "Mongo",
                "Sandbox", "Terminal", "TerminalEmulator", "lagzero",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
    ])
