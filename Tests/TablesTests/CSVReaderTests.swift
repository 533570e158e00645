import Foundation
import Tables
import Testing
import Wording

/// Bytes handed out in pieces of `size`.
func source(_ bytes: [UInt8], by size: Int = 7) -> () throws -> [UInt8] {
    var rest = bytes[...]
    return {
        defer { rest = rest.dropFirst(size) }
        return Array(rest.prefix(size))
    }
}

@Suite struct CSVReaderTests {
    private func rows(_ bytes: [UInt8], by size: Int = 7) throws -> [CSVReader.Row] {
        var reader = try CSVReader(source(bytes, by: size))
        var rows: [CSVReader.Row] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    private func cells(_ text: String) throws -> [[String]] { try rows(Array(text.utf8)).map(\.cells) }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]), ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb\n1;2\t3\n", [["a", "b"], ["1;2", "3"]]), ("a\n1\n", [["a"], ["1"]]),
        ("\u{FEFF}a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a,b\n,\n\n,2\n", [["a", "b"], ["", "2"]]),
        ("a,b\n\"1\n2\",\"x\"\"y\"\n", [["a", "b"], ["1\n2", "x\"y"]]),
        ("a,b\n\"1\r\n2\",\n", [["a", "b"], ["1\r\n2", ""]]), ("a,b\n\"\",\"\"\nx,\n", [["a", "b"], ["x", ""]]),
        ("a,b\n  1 2  ,\t3\n", [["a", "b"], ["1 2", "\t3"]]), ("a,b\n\" 1 \" , \"2\"\n", [["a", "b"], [" 1 ", "2"]]),
        ("\"a,a,a\";b\n1;2\n", [["a,a,a", "b"], ["1", "2"]]), ("", []), ("\n\r\n \n", []),
        ("a,b,\n1,2,\n", [["a", "b", ""], ["1", "2", ""]]),
        ("ă,b\nĐường số 1,“2”\n", [["ă", "b"], ["Đường số 1", "“2”"]]),
    ])
    func tablesAreRead(text: String, expected: [[String]]) throws {
        for size in [1, 2, 3, 4096] {
            #expect(try rows(Array(text.utf8), by: size).map(\.cells) == expected, "\(size)")
        }
    }

    @Test(arguments: [
        ("a,b\n1,\"2", 2, "table.quote-open"), ("a,b\n1,\"2\"3\n", 2, "table.quote-stray"),
        ("a,b\n1,2\"3\n", 2, "table.quote-stray"), ("a,b\n\"x\ny\",1\n1,\u{0}\n", 4, "table.zero-byte"),
        ("a,b\n\"1,2\n3,4\n", 2, "table.quote-open"),
    ])
    func whatIsWrongIsSaidWithItsLine(text: String, line: Int, code: String) throws {
        let wrong = try rows(Array(text.utf8)).filter { $0.problem != nil }
        #expect(wrong.map(\.line) == [line])
        #expect(wrong.first?.problem?.code == code)
        #expect(wrong.first?.cells == [])
    }

    @Test(arguments: [
        ("a,b\n1,\"2", 2, "2"), ("a,b\n\"1,2\n3,4\n", 2, "2"), ("a,b\n\"1\n\r\n2\",\"3\n4\n", 2, "4"),
        ("a,b\n\"1\n2\",3\n4,\"5\n", 4, "4"), ("a,b\n\"\"\"1\n\",\"\n\"\"2", 2, "3"),
    ])
    func anOpenQuoteIsSaidWithTheLineItOpensIn(text: String, line: Int, opened: String) throws {
        let wrong = try rows(Array(text.utf8)).filter { $0.problem != nil }
        #expect(wrong.map(\.line) == [line])
        #expect(wrong.first?.problem?.details == ["line": opened])
    }

    @Test func readingGoesOnAfterAWrongRow() throws {
        let text = Array("a,b\n1,2\"\n3,4\n5,".utf8) + [0xFF] + Array("\n\"7\"x\n8,9\n".utf8)
        let rows = try rows(text)
        #expect(
            rows.map { $0.problem?.code ?? "" } == [
                "", "table.quote-stray", "", "table.not-utf8", "table.quote-stray", "",
            ])
        #expect(rows.map(\.line) == Array(1...6))
        #expect(rows.last?.cells == ["8", "9"])
    }

    @Test func textOfAnotherEncodingIsRefused() throws {
        #expect(
            try rows([0xFF, 0xFE] + Array("a".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }).first?.problem
                != nil)
        #expect(
            try rows(Array("a,b\n".utf8) + [0xE2, 0x82] + Array(",1\n".utf8)).last?.problem?.code == "table.not-utf8")
    }

    @Test func aRowOfTenMegabytesIsLetGoOf() throws {
        let text = "a,b\n\"" + String(repeating: "x", count: 10 << 20) + "\n\",1\n2,3\n"
        let rows = try rows(Array(text.utf8), by: 65_536)
        #expect(rows.map { $0.problem?.code ?? "" } == ["", "table.row-too-long", ""])
        #expect(rows.last?.cells == ["2", "3"])
        #expect(rows.last?.line == 4)
    }

    @Test func aRowOfTooManyCellsIsRefused() throws {
        let text = "a\n" + String(repeating: "1,", count: TableLimits.columns + 5) + "\n"
        #expect(try rows(Array(("a,b\n" + text.dropFirst(2)).utf8)).last?.problem?.code == "table.too-many-columns")
    }

    @Test(arguments: [
        ["", "1"], ["a\"b", "\""], [" x", "y "], ["a\nb", "c\r\nd"], ["1,2;3\t4", ","], ["\"\u{301}", " \u{301}x"],
        ["<b>&amp;</b>", "../../etc/passwd"], ["\u{202E}abc", "Bình Thuỷ"],
    ])
    func linesThatAreWrittenAreReadBack(cells: [String]) throws {
        for separator in [UInt8(ascii: ","), UInt8(ascii: ";")] {
            let heading = CSVLine.bytes(["a", "b"], separator: separator)
            let rows = try rows(heading + CSVLine.bytes(cells, separator: separator))
            #expect(rows.last?.cells == cells)
        }
    }
}

@Suite struct FormulaGuardTests {
    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+84", "'+84"), ("-5", "'-5"), ("@a", "'@a"), ("\tx", "'\tx"), ("\rx", "'\rx"),
        ("'=x", "''=x"), ("''-", "'''-"), ("x=1", "x=1"), ("'x", "'x"), ("'", "'"), ("", ""), (" =1", " =1"),
        ("＝1", "'＝1"), ("=\u{301}x", "'=\u{301}x"), ("'\u{301}=", "'\u{301}="),
    ])
    func formulasAreMadePlainAndBack(text: String, guarded: String) {
        #expect(FormulaGuard.guarded(text).unicodeScalars.elementsEqual(guarded.unicodeScalars))
        #expect(FormulaGuard.unguarded(guarded).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test func whatSomebodyElseWroteIsLeftAlone() {
        for text in ["=1", "-5", "'tis", "x"] { #expect(FormulaGuard.unguarded(text) == text) }
    }
}
