import Causality
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// The changes of a record and which of them each author had seen, as a graph with a lane for each machine: the oldest above.
struct CaseGraph {
    struct Node {
        let x: String
        let y: String
        let isContested: Bool
    }

    struct Line {
        let path: String
    }

    struct Entry {
        let entryLetter: String?
        let entryWho: String
        let entryWhen: String
        let entryDevice: String
        /// Whom the author had seen, in words.
        let entrySeen: String
    }

    let nodes: [Node]
    let lines: [Line]
    let entries: [Entry]
    let graphWidth: String
    let graphHeight: String
    let graphBox: String
    /// Whether older changes are left out.
    let isGraphCut: Bool

    /// Changes that are drawn, the newest.
    private static let most = 24
    /// Pixels of a lane and a row. The rows of the list beside it are as high.
    private static let lane = 22
    private static let row = 52

    /// - Parameter letters: the sides of the case.
    init(_ changes: [StoredChange], letters: [Dot: String], _ names: NameBook) {
        let shown = changes.filter { $0.decision != .refused }.suffix(Self.most)
        isGraphCut = shown.count < changes.count { $0.decision != .refused }
        var lanes: [ReplicaID] = []
        var nodes: [Node] = []
        var lines: [Line] = []
        var entries: [Entry] = []
        var places: [Dot: (x: Int, y: Int)] = [:]
        var before: [StoredChange] = []
        for (index, change) in shown.enumerated() {
            if !lanes.contains(change.dot.replica) { lanes.append(change.dot.replica) }
            let x = (lanes.firstIndex(of: change.dot.replica) ?? 0) * Self.lane + Self.lane / 2
            let y = index * Self.row + Self.row / 2
            places[change.dot] = (x, y)
            nodes.append(Node(x: String(x), y: String(y), isContested: letters[change.dot] != nil))
            let seen = before.filter { change.base.covers($0.dot, received: $0.received) }
            let direct = seen.filter { one in
                !seen.contains { $0.dot != one.dot && $0.base.covers(one.dot, received: one.received) }
            }
            for one in direct {
                guard let from = places[one.dot] else { continue }
                lines.append(Line(path: Self.path(from: from, to: (x, y))))
            }
            let unseen = before.filter { !change.base.covers($0.dot, received: $0.received) }
            entries.append(Self.entry(change, letters, unseen: unseen, isFirst: before.isEmpty && !isGraphCut, names))
            before.append(change)
        }
        self.nodes = nodes
        self.lines = lines
        self.entries = entries
        let (width, height) = (max(1, lanes.count) * Self.lane, max(1, shown.count) * Self.row)
        graphWidth = String(width)
        graphHeight = String(height)
        graphBox = "0 0 \(width) \(height)"
    }

    private static func path(from: (x: Int, y: Int), to: (x: Int, y: Int)) -> String {
        guard from.x != to.x else { return "M\(from.x) \(from.y)V\(to.y)" }
        // Down its own lane, then over, so that lines do not cross the dots between.
        let turn = to.y - row
        return
            "M\(from.x) \(from.y)V\(max(from.y, turn))C\(from.x) \(to.y - row / 2) \(to.x) \(to.y - row / 2) \(to.x) \(to.y)"
    }

    private static func entry(
        _ change: StoredChange, _ letters: [Dot: String], unseen: [StoredChange], isFirst: Bool, _ names: NameBook
    ) -> Entry {
        let language = names.language
        let who = unseen.suffix(3).map { one in letters[one.dot] ?? names.person(one.author) }
        return Entry(
            entryLetter: letters[change.dot], entryWho: names.person(change.author),
            entryWhen: ValueText.moment(change.time.milliseconds), entryDevice: names.device(change.dot.replica),
            entrySeen: isFirst
                ? Catalogue.text("case.graph.first", language)
                : unseen.isEmpty
                    ? Catalogue.text("case.graph.all", language)
                    : Catalogue.text("case.graph.unseen", language, ["who": who.joined(separator: ", ")]))
    }
}
