import Causality

/// What happened in a run, a line each, for people to read; its digest is the same wherever the run is.
struct Trace {
    private(set) var lines: [String] = []
    var step = 0

    mutating func note(_ who: String, _ what: String) { lines.append("\(step)\t\(who)\t\(what)") }

    var digest: String { Hash256.of(tag: "trace", Array(lines.joined(separator: "\n").utf8)).hex }
}
