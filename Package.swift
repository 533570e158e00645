// swift-tools-version:6.2
import PackageDescription

// The graph of targets is the architecture (docs/architecture.md). A target is split only to keep a dependency out of it.

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbirdHTTP2: Target.Dependency = .product(name: "HummingbirdHTTP2", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")

let package = Package(
    name: "PhuSa",
    defaultLocalization: "vi",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "phusa", targets: ["phusa"]),
        .executable(name: "phusa-hub", targets: ["phusa-hub"]),
        .executable(name: "phusa-sim", targets: ["phusa-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", from: "1.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.20.0", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.8.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(
            name: "CQrEncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "Wording"),
        .target(name: "Causality", dependencies: ["Wording", crypto]),
        .target(name: "Records", dependencies: ["Causality", "Wording", crypto]),
        .target(name: "Tables", dependencies: ["Records", "Wording"]),
        .target(name: "SyncProtocol", dependencies: ["Causality", "Records", "Wording", "CZlib", crypto]),
        .target(
            name: "RecordStore",
            dependencies: ["Causality", "Records", "SyncProtocol", "Wording", crypto, cryptoExtras, grdb, sqlite]),
        .target(
            name: "Agent",
            dependencies: ["Causality", "Records", "SyncProtocol", "RecordStore", "Wording", "CCurl", crypto, grdb]),
        .target(
            name: "Hub",
            dependencies: [
                "Causality", "Records", "SyncProtocol", "RecordStore", "Wording", crypto, grdb,
            ]),
        .target(
            name: "WebPages",
            dependencies: ["Records", "Wording", hummingbird, mustache, crypto, logging, lifecycle],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")]),
        // Apart from WebPages, which knows no store, since agent and hub show a record alike and never import each other.
        .target(
            name: "RecordPages",
            dependencies: [
                "Causality", "Records", "SyncProtocol", "RecordStore", "Wording", "WebPages", "CQrEncode", hummingbird,
            ],
            resources: [.embedInCode("Templates")]),
        .target(
            name: "AgentWeb",
            dependencies: [
                "Agent", "Causality", "Records", "RecordStore", "RecordPages", "WebPages", "Wording", crypto,
                hummingbird, hummingbirdTLS, logging, lifecycle, x509,
            ], resources: [.embedInCode("Templates")]),
        .target(
            name: "HubWeb",
            dependencies: [
                "Hub", "Causality", "Records", "RecordStore", "RecordPages", "SyncProtocol", "Tables", "WebPages",
                "Wording", hummingbird, hummingbirdHTTP2, hummingbirdTLS, logging, lifecycle,
            ], resources: [.embedInCode("Templates")]),
        .target(
            name: "CDiskFaults", cSettings: [.treatAllWarnings(as: .error), .enableWarning("all")],
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "Simulator",
            dependencies: [
                "Causality", "Records", "SyncProtocol", "RecordStore", "Agent", "CDiskFaults", "Hub", "Wording", crypto,
                grdb,
            ]),
        .target(
            name: "Commands",
            dependencies: ["Causality", "Records", "SyncProtocol", "RecordStore", "Tables", "Wording", arguments]),
        .executableTarget(
            name: "phusa",
            dependencies: ["Agent", "AgentWeb", "WebPages", "Commands", "Records", "RecordStore", "Wording", arguments]),
        .executableTarget(
            name: "phusa-hub",
            dependencies: [
                "Hub", "HubWeb", "WebPages", "Commands", "Records", "RecordStore", "Wording", "CMalloc", arguments,
            ]),
        .executableTarget(name: "phusa-sim", dependencies: ["Simulator", "Commands", "Wording", arguments]),
        .executableTarget(
            name: "phusa-bench",
            dependencies: ["Agent", "Hub", "Records", "RecordStore", "SyncProtocol", "Wording", arguments]),
        .testTarget(name: "WordingTests", dependencies: ["Wording"]),
        .testTarget(name: "CausalityTests", dependencies: ["Causality"]),
        .testTarget(name: "RecordsTests", dependencies: ["Causality", "Records", "Wording"]),
        .testTarget(name: "TablesTests", dependencies: ["Records", "Tables", "Wording"]),
        .testTarget(name: "SyncProtocolTests", dependencies: ["Causality", "Records", "SyncProtocol", "Wording"]),
        .testTarget(
            name: "RecordStoreTests",
            dependencies: ["Causality", "Records", "SyncProtocol", "RecordStore", "Wording", grdb]),
        .testTarget(
            name: "HubTests",
            dependencies: ["Agent", "Causality", "Hub", "Records", "RecordStore", "SyncProtocol", "Wording", grdb]),
        .testTarget(
            name: "AgentTests",
            dependencies: [
                "Agent", "Causality", "Hub", "PageTesting", "Records", "RecordStore", "SyncProtocol", "Wording", grdb,
            ]),
        .target(
            name: "PageTesting",
            dependencies: [
                "Agent", "Hub", "Records", "RecordStore", "SyncProtocol", "Wording", hummingbird, hummingbirdTesting,
            ], path: "Tests/PageTesting"),
        .testTarget(name: "WebPagesTests", dependencies: ["WebPages", "Records", "Wording"]),
        .testTarget(
            name: "AgentWebTests",
            dependencies: [
                "AgentWeb", "Agent", "Hub", "PageTesting", "Records", "RecordStore", "WebPages", "Wording",
                hummingbird, hummingbirdTesting,
            ]),
        .testTarget(
            name: "HubWebTests",
            dependencies: [
                "HubWeb", "Agent", "AgentWeb", "Causality", "Hub", "PageTesting", "Records", "RecordStore",
                "SyncProtocol",
                "WebPages",
                "Wording",
                hummingbird, hummingbirdTesting,
            ]),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Agent", "Causality", "Hub", "RecordStore", "Records", "SyncProtocol", "Wording", crypto, grdb,
            ]),
        .testTarget(
            name: "FieldTests",
            dependencies: ["Agent", "Causality", "Hub", "Records", "RecordStore", "SyncProtocol", "Wording"]),
        .testTarget(name: "EndToEnd", dependencies: ["Simulator", "phusa", "phusa-hub"]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Agent", "Causality", "Hub", "Records", "RecordStore", "Simulator", "SyncProtocol", "Wording",
                "phusa-sim", grdb,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer brings its own main, so the fuzzer is a target only where scripts/soak asks for it.
if Context.environment["PHUSA_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "phusa-fuzz", dependencies: ["Causality", "Records", "SyncProtocol"],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}

for target in package.targets where target.type != .system {
    var settings = target.swiftSettings ?? []
    settings += [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
    target.swiftSettings = settings
}
