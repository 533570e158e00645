import Agent
import Foundation
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Texts that a spreadsheet would run, in every table that is taken home.
@Suite struct FormulaTests {
    private static let formulas = [
        "=HYPERLINK(\"http://evil\",\"x\")", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\u{FF1D}1", "'=1", "=1;=2",
        "=cmd|' /C calc'!A0",
        "\"=1", "x\n=1+1", " =1",
    ]
    private let siege: Siege

    init() throws { siege = try Siege() }

    /// The cells of a table, as a spreadsheet splits it.
    private static func cells(_ text: String, separator: Character) -> [String] {
        var (cells, cell, isQuoted) = ([String](), "", false)
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if character == "\"", isQuoted, rest.first == "\"" {
                cell.append(rest.removeFirst())
            } else if character == "\"" {
                isQuoted.toggle()
            } else if !isQuoted, [separator, "\r\n", "\n"].contains(character) {
                cells.append(cell)
                cell = ""
            } else {
                cell.append(character)
            }
        }
        return cells + [cell]
    }

    /// Whether a spreadsheet takes the cell for something to work out. Numbers are none.
    private static func runs(_ cell: String) -> Bool {
        guard let first = cell.unicodeScalars.first else { return false }
        let openers: Set<Unicode.Scalar> = [
            "=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}",
        ]
        return openers.contains(first) && Double(cell.replacing(",", with: ".")) == nil
    }

    @Test func noTableHoldsAFormula() async throws {
        let ward = siege.ward
        for (number, formula) in Self.formulas.enumerated() {
            try ward.save(
                ward.a,
                [
                    ("key", .set(.text("\(formula)\(number)"))), ("note", .set(.text(formula))),
                    ("value", .set(.decimal(DecimalNumber("-1.5")!))),
                ], by: "lan")
        }
        try ward.sync(ward.a, ward.b)
        // A decision whose reason and values are formulas.
        let word = try ward.shared()
        for (device, note) in [(ward.a, "=1+1"), (ward.b, "@x")] {
            try ward.save(device, [("note", .set(.text(note)))], to: word, by: "lan")
        }
        try ward.sync(ward.a, ward.b, ward.a)
        _ = try ward.hub.settle(word, ["note": .value(.text("+9"))], reason: "=evil()", author: "viet")
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            for (path, separator) in [
                ("/records/export?form=reading&as=csv", Character(",")),
                ("/records/export?form=reading&as=excel", ";"), ("/conflicts/settled/file", ","),
            ] {
                let reply = try await browser.get(path)
                #expect(reply.status == 200 && reply.html.contains("=") && reply.html.count > 100, "\(path)")
                let text = reply.html.hasPrefix("\u{FEFF}") ? String(reply.html.dropFirst()) : reply.html
                let wrong = Self.cells(text, separator: separator).filter(Self.runs)
                #expect(wrong == [], "\(path)")
            }
        }
    }
}
