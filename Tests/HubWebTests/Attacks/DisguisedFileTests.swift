import Agent
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import HummingbirdTesting
import PageTesting
import RecordStore
import Records
import Testing
import WebPages

/// Files that are something else than they say: what is no photo is not taken, and what is kept runs nowhere.
@Suite struct DisguisedFileTests {
    private let siege: Siege

    init() throws { siege = try Siege(signingIn: ["viet", "hoa"]) }

    private static func upload(
        _ browser: PageClient, _ bytes: [UInt8], _ more: HTTPFields = [:]
    ) async throws -> PageClient.Reply {
        var headers = more
        headers[try #require(HTTPField.Name("X-Token"))] = try await Siege.token(browser)
        return try await browser.upload("/attachments", bytes, headers)
    }

    @Test(arguments: [
        "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>",
        "<?xml version=\"1.0\"?><svg><script>alert(1)</script></svg>",
        "<!doctype html><script>alert(1)</script>", "GIF89a<script>", "MZ", "#!/bin/sh\nrm -rf /", "PK\u{3}\u{4}",
        " \u{FFD8}", "RIFFxxxxWEBP",
    ]) func whatIsNoPhotoIsNotTaken(text: String) async throws {
        try await siege.storm { client, ward, _ in
            let browser = try await Siege.browser(client)
            for type in ["image/jpeg", "image/svg+xml", "text/html"] {
                let reply = try await Self.upload(
                    browser, Array(text.utf8),
                    [.contentType: type, .contentDisposition: "attachment; filename=\"../../x.jpg\""])
                #expect((400..<500).contains(reply.status), "\(reply.status)")
            }
            #expect(try ward.hub.blobs.all().isEmpty)
        }
    }

    /// A photo with a page in it is a photo to every browser, whatever it is asked for as.
    @Test(arguments: [[0xFF, 0xD8, 0xFF, 0xE0], Array("%PDF-1.7\n".utf8)] as [[UInt8]])
    func whatIsTakenIsNeverAPage(start: [UInt8]) async throws {
        let bytes = start + Array("<html><script>alert(document.cookie)</script>".utf8)
        try await siege.storm { client, _, _ in
            let browser = try await Siege.browser(client)
            let taken = try await Self.upload(browser, bytes)
            #expect(taken.status == 200, "\(taken.status) \(taken.html)")
            let hash = Hash256Text.of(taken.html)
            let isPhoto = start[0] == 0xFF
            for query in ["", "?type=text/html", "?.html"] {
                let reply = try await browser.get("/attachments/\(try #require(hash))\(query)", [.accept: "text/html"])
                #expect(reply.status == 200)
                #expect(reply.headers[.contentType] == (isPhoto ? "image/jpeg" : "application/pdf"))
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(reply.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
                let disposition = reply.headers[.contentDisposition] ?? ""
                #expect(
                    disposition.hasPrefix(isPhoto ? "inline; filename=\"" : "attachment; filename=\""), "\(disposition)"
                )
            }
            // Nobody else gets it for its address.
            let stranger = try await PageClient(client).get("/attachments/\(try #require(hash))")
            #expect(stranger.status == 303)
            let staff = try await Siege.browser(client, as: "hoa").get("/attachments/\(try #require(hash))")
            #expect(staff.status == 404)
        }
    }

    private enum Hash256Text {
        /// The first 64 hexadecimal digits of a text.
        static func of(_ text: String) -> String? {
            text.split { !$0.isHexDigit }.first { $0.count == 64 }.map(String.init)
        }
    }
}
