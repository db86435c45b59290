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
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
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
        .target(name: "BSON", dependencies: ["CXXHash"], swiftSettings: strict),
        .target(name: "Mongo", dependencies: ["BSON", "CMongo"], swiftSettings: strict),
        .target(name: "Migration", dependencies: ["BSON", "Mongo"], swiftSettings: strictAndSafe),
        .target(name: "Sandbox", dependencies: ["BSON", "Mongo"], swiftSettings: strict),
        .executableTarget(
            name: "lagzero",
            dependencies: [
                "BSON", "Migration", "Mongo", "Sandbox",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "BSONTests", dependencies: ["BSON", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "MongoTests", dependencies: ["BSON", "Mongo", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "SandboxTests", dependencies: ["BSON", "Mongo", "Sandbox"], swiftSettings: strict),
        .testTarget(
            name: "MigrationTests", dependencies: ["BSON", "Migration", "Mongo", "Sandbox"],
            swiftSettings: strict),
        .testTarget(
            name: "lagzeroTests",
            dependencies: [
                "BSON", "Migration", "Mongo", "Sandbox", "lagzero",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
    ])
