import Agent
import HTTPTypes
import Hummingbird
import NIOCore
import RecordPages
import RecordStore
import Records
import WebPages
import Wording

/// How the office's other machines come here, on the screen of this one.
struct OfficeModel {
    struct On {
        let officeURL: String
        let others: [String]
        let hasOthers: Bool
        let qrPath: String
        let groups: [String]
        let keyGroups: [String]
        let lasts: String
        let isNobody: Bool
    }

    /// `nil` where other machines get nothing.
    let on: On?
}

extension AgentSite {
    func officePage(_ request: Request) async throws -> Response {
        try await show(request) { store, names in
            let people = try store.members(of: device.unit)
            let on = office.map { office in
                let urls = office.urls
                let certificate = office.certificate
                let date = ValueText.moment(certificate.end).split(separator: " ").first.map(String.init) ?? ""
                return OfficeModel.On(
                    officeURL: urls.first ?? "", others: Array(urls.dropFirst()), hasOthers: urls.count > 1,
                    qrPath: "/office/qr.svg", groups: certificate.fingerprint.groups,
                    keyGroups: certificate.keyFingerprint.groups,
                    lasts: Catalogue.text("office.lasts", names.language, ["date": date]),
                    isNobody: !people.contains { $0.verifier != nil })
            }
            return Page("office", title: Catalogue.text("office.title", names.language), OfficeModel(on: on))
        }
    }

    /// The first of the addresses as a picture.
    func officeQRCode() throws -> Response {
        guard let url = office?.urls.first, let code = QRCode(url) else { throw PagesError(.notFound) }
        return Response(
            status: .ok, headers: [.contentType: "image/svg+xml", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: code.svg)))
    }
}
